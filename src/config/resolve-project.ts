import { isAbsolute, relative } from 'node:path';
import { PamojaError } from '../kernel/errors.js';
import { suggestion } from '../kernel/nearest.js';
import type {
  EntityConfig,
  EntityMapping,
  Feed,
  FieldMapping,
  Project,
  ProjectConfig,
  Source,
  SourceConfig,
} from '../model/config.js';
import { type Entity, type Field, fieldOf, inReferenceOrder, wholeOf } from '../model/entity.js';
import { PROVENANCE, UNIFIED } from '../model/unified.js';

type Locate = (path: readonly PropertyKey[]) => string;

const NULL_WORDS = ['NULL', 'N/A', '#N/A'];

/** Fills in defaults, merges entities and checks what a schema cannot: names that refer to each other. */
export function resolveProject(config: ProjectConfig, root: string, locate: Locate): Project {
  const entities = mergeEntities(config, locate);
  const used = new Set(Object.values(config.sources).flatMap((source) => Object.keys(source.entities)));
  const project: Project = {
    name: config.name ?? 'pamoja',
    root,
    schema: config.schema ?? 'public',
    bookkeeping: config.bookkeeping ?? 'pamoja',
    timezone: config.timezone ?? 'Africa/Nairobi',
    country: config.country ?? 'KE',
    currency: config.currency ?? '',
    rejects: { maxShare: config.rejects?.maxShare ?? 0.1, minRows: config.rejects?.minRows ?? 100 },
    maxVanished: config.maxVanished ?? 0.5,
    orderIntegrity: config.orderIntegrity ?? 'whole',
    grants: config.grants ?? [],
    memoryMb: config.memoryMb,
    sources: [],
    entities: entities.filter(
      (entity) =>
        UNIFIED.some((known) => known.name === entity.name) ||
        used.has(entity.name) ||
        config.entities?.[entity.name],
    ),
  };
  project.sources = Object.entries(config.sources).map(([name, source], i) =>
    resolveSource(name, source, i, project, config, locate),
  );
  return project;
}

function resolveSource(
  name: string,
  config: SourceConfig,
  index: number,
  project: Project,
  whole: ProjectConfig,
  locate: Locate,
): Source {
  const { entities, path, ...rest } = config;
  const feeds = Object.entries(entities).map(([entity, mapping]) =>
    resolveFeed(name, entity, mapping, project, whole, (inner) =>
      locate(['sources', name, 'entities', entity, ...inner]),
    ),
  );
  if (config.delivery === 'period' && config.period === undefined) {
    throw new PamojaError('PAM-CFG-003', 'needs to know which period a file restates.', {
      where: locate(['sources', name, 'delivery']),
      next: String.raw`Add period: a pattern for the file name, such as '(\d{4}-\d{2})'.`,
    });
  }
  const paths = (Array.isArray(path) ? path : [path]).map((each) =>
    isAbsolute(each) ? relative(project.root, each).replaceAll('\\', '/') : each,
  );
  return {
    ...rest,
    name,
    path: paths,
    delivery: config.delivery ?? 'snapshot',
    vanished: config.vanished ?? (config.delivery === 'period' ? 'delete' : 'keep'),
    priority: config.priority ?? index + 1,
    nulls: config.nulls ?? NULL_WORDS,
    decimal: config.decimal ?? '.',
    timezone: config.timezone ?? project.timezone,
    currency: config.currency ?? project.currency,
    country: config.country ?? project.country,
    feeds,
  };
}

function resolveFeed(
  source: string,
  entityName: string,
  mapping: EntityMapping,
  project: Project,
  config: ProjectConfig,
  locate: Locate,
): Feed {
  const entity = project.entities.find((each) => each.name === entityName);
  if (entity === undefined) {
    throw new PamojaError('PAM-CFG-004', `There is no entity "${entityName}".`, {
      where: locate([]),
      next:
        suggestion(
          entityName,
          project.entities.map((each) => each.name),
        ) || 'Declare it under entities.',
    });
  }
  const fields: Record<string, FieldMapping> = {};
  for (const [name, given] of Object.entries(mapping.fields)) {
    const field = fieldOf(entity, name);
    if (field === undefined) {
      throw new PamojaError('PAM-CFG-004', `${entityName} has no field "${name}".`, {
        where: locate(['fields', name]),
        next: suggestion(
          name,
          entity.fields.map((each) => each.name),
        ),
      });
    }
    fields[name] = typeof given === 'string' ? { from: given } : given;
    checkMapping(source, field, fields[name], config, project, (inner) => locate(['fields', name, ...inner]));
  }
  const key = mapping.key === undefined ? [] : Array.isArray(mapping.key) ? mapping.key : [mapping.key];
  const whole = wholeOf(entity);
  if (key.length === 0 && whole === undefined) {
    throw new PamojaError(
      'PAM-CFG-003',
      'is missing: it names the column that tells one record from another.',
      {
        where: locate(['key']),
        next: 'Add: key: id',
      },
    );
  }
  if (whole !== undefined && fields[whole.name] === undefined) {
    throw new PamojaError(
      'PAM-CFG-003',
      `is missing: every one of ${entityName} is part of one of ${whole.entity}.`,
      {
        where: locate(['fields', whole.name]),
      },
    );
  }
  return { source, entity: entityName, key, each: mapping.each, where: mapping.where, fields };
}

function checkMapping(
  source: string,
  field: Field,
  mapping: FieldMapping,
  config: ProjectConfig,
  project: Project,
  locate: Locate,
): void {
  const origins = [mapping.from, mapping.constant, mapping.sql].filter((each) => each !== undefined).length;
  if (origins !== 1 && !(origins === 0 && mapping.default !== undefined)) {
    throw new PamojaError('PAM-CFG-003', 'needs exactly one of from, constant and sql.', {
      where: locate([]),
    });
  }
  if (field.type !== 'reference') {
    const misplaced = (['source', 'by'] as const).find((word) => mapping[word] !== undefined);
    if (misplaced === undefined) return;
    throw new PamojaError('PAM-CFG-003', `only a reference has "${misplaced}".`, {
      where: locate([misplaced]),
    });
  }
  const target = project.entities.find((each) => each.name === field.entity) as Entity;
  if (mapping.by !== undefined && fieldOf(target, mapping.by) === undefined) {
    throw new PamojaError('PAM-CFG-004', `${target.name} has no field "${mapping.by}".`, {
      where: locate(['by']),
      next: suggestion(
        mapping.by,
        target.fields.map((each) => each.name),
      ),
    });
  }
  if (mapping.by !== undefined && target.kind === 'document' && mapping.by !== 'order_number' && field.part) {
    throw new PamojaError('PAM-CFG-003', 'a part names its whole by key.', { where: locate(['by']) });
  }
  const from = mapping.source ?? source;
  if (mapping.by === undefined && config.sources[from]?.entities[target.name] === undefined) {
    const giving = Object.keys(config.sources).filter((each) => config.sources[each]?.entities[target.name]);
    throw new PamojaError(
      'PAM-CFG-004',
      `source "${from}" gives no ${target.name}, so its keys are not known.`,
      {
        where: locate([mapping.source === undefined ? 'from' : 'source']),
        next:
          giving.length > 0
            ? `Add: source: ${giving[0]}, or by: with a field of ${target.name}.`
            : `Map ${target.name} first.`,
      },
    );
  }
}

function mergeEntities(config: ProjectConfig, locate: Locate): Entity[] {
  const entities = UNIFIED.map((known) => extend(known, config.entities?.[known.name] ?? {}));
  for (const [name, extra] of Object.entries(config.entities ?? {})) {
    if (UNIFIED.some((known) => known.name === name)) continue;
    const fresh: Entity = {
      name,
      kind: 'document',
      description: '',
      id: `${name.replace(/s$/, '')}_id`,
      fields: [],
    };
    entities.push(withProvenance(extend(fresh, extra)));
  }
  for (const entity of entities)
    checkEntity(entity, entities, (path) => locate(['entities', entity.name, ...path]));
  try {
    return inReferenceOrder(entities);
  } catch (error) {
    throw new PamojaError('PAM-CFG-003', (error as Error).message, { where: locate(['entities']) });
  }
}

/** A known entity keeps its columns and their order; what is added comes after, or changes the rules of a field. */
function extend(entity: Entity, extra: EntityConfig): Entity {
  const { fields: added = {}, ...rest } = extra;
  const fields = entity.fields.map((field) => ({ ...field, ...added[field.name] }));
  for (const [name, field] of Object.entries(added)) {
    if (!fields.some((known) => known.name === name)) fields.push({ description: '', ...field, name });
  }
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...entity, ...given, fields };
}

/** Every document says which source and key it comes from: that is its link. */
function withProvenance(entity: Entity): Entity {
  if (entity.kind === 'master') return entity;
  const added = PROVENANCE.filter((field) => !entity.fields.some((each) => each.name === field.name));
  return { ...entity, fields: [...entity.fields, ...added] };
}

function checkEntity(entity: Entity, entities: readonly Entity[], locate: Locate): void {
  for (const field of entity.fields) {
    const known = entities.some((each) => each.name === field.entity);
    if (field.type === 'reference' && !known) {
      throw new PamojaError('PAM-CFG-004', `there is no entity "${field.entity ?? ''}" to refer to.`, {
        where: locate(['fields', field.name, 'entity']),
        next: suggestion(
          field.entity ?? '',
          entities.map((each) => each.name),
        ),
      });
    }
  }
  const named = [
    ...(entity.measures ?? []).flatMap((measure) => [measure.field, measure.currency ?? measure.field]),
    ...(entity.identifiers ?? []).flatMap((identifier) => [identifier.field, ...(identifier.guard ?? [])]),
    ...(entity.equations ?? []).flatMap((equation) => [equation.field, ...equation.needs]),
  ];
  for (const name of named) {
    if (fieldOf(entity, name) === undefined) {
      throw new PamojaError('PAM-CFG-004', `${entity.name} has no field "${name}".`, {
        where: locate([]),
        next: suggestion(
          name,
          entity.fields.map((each) => each.name),
        ),
      });
    }
  }
}
