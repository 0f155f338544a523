import { isAbsolute, relative } from 'node:path';
import { PamojaError } from '../kernel/errors.js';
import { suggestion } from '../kernel/nearest.js';
import type {
  EntityMapping,
  Feed,
  FieldMapping,
  Project,
  ProjectConfig,
  Source,
  SourceConfig,
} from '../model/config.js';
import { type Entity, type Field, fieldOf, wholeOf } from '../model/entity.js';
import { UNIFIED } from '../model/unified.js';
import { checkPlace } from './check-source.js';
import type { Locate } from './locate.js';
import { mergeEntities } from './merge-entities.js';

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
    threads: config.threads,
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
  project.entities = project.entities.map((entity) => withUntold(entity, project.sources));
  return project;
}

/** The time of a change that no source tells stays what a trigger makes it. */
function withUntold(entity: Entity, sources: readonly Source[]): Entity {
  const feeds = sources.flatMap((source) => source.feeds).filter((feed) => feed.entity === entity.name);
  if (feeds.some((feed) => feed.fields.updated_at !== undefined)) return entity;
  const fields = entity.fields.map((field) =>
    field.name === 'updated_at' ? { ...field, untold: true } : field,
  );
  return { ...entity, fields };
}

function resolveSource(
  name: string,
  config: SourceConfig,
  index: number,
  project: Project,
  whole: ProjectConfig,
  locate: Locate,
): Source {
  const { entities, path = [], ...rest } = config;
  checkPlace(config, (inner) => locate(['sources', name, ...inner]));
  const feeds = Object.entries(entities).map(([entity, mapping]) =>
    resolveFeed(name, entity, mapping, project, whole, (inner) =>
      locate(['sources', name, 'entities', entity, ...inner]),
    ),
  );
  if (Object.keys(config.entities).length === 0) {
    throw new PamojaError('PAM-CFG-003', 'is empty, so nothing would be read.', {
      where: locate(['sources', name, 'entities']),
    });
  }
  if (config.delivery === 'addition' && config.vanished !== undefined && config.vanished !== 'keep') {
    throw new PamojaError('PAM-CFG-003', 'an addition never says what vanished.', {
      where: locate(['sources', name, 'vanished']),
    });
  }
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
  if (field.provenance !== undefined) {
    throw new PamojaError('PAM-CFG-003', 'is filled by Pamoja, with where the row comes from.', {
      where: locate([]),
    });
  }
  if (mapping.severity === 'fix') {
    throw new PamojaError(
      'PAM-CFG-003',
      'fix is for equations; a field can be rejected, blanked or warned of.',
      {
        where: locate(['severity']),
      },
    );
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
  const giving = Object.keys(config.sources).filter((each) => config.sources[each]?.entities[target.name]);
  if (mapping.by === undefined && !giving.includes(from)) {
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
