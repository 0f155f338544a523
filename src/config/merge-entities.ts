import { PamojaError } from '../kernel/errors.js';
import { suggestion } from '../kernel/nearest.js';
import type { EntityConfig, ProjectConfig } from '../model/config.js';
import { type Entity, fieldOf, inReferenceOrder } from '../model/entity.js';
import { PROVENANCE, UNIFIED } from '../model/unified.js';
import { partSums } from '../model/whole-equation.js';
import type { Locate } from './locate.js';
import { refuseReservedNames } from './reserved-names.js';

/** The unified entities with what a project adds to them, and its own, what is pointed at first. Errors: PAM-CFG-003 and 004. */
export function mergeEntities(config: ProjectConfig, locate: Locate): Entity[] {
  const entities = UNIFIED.map((known) =>
    extendKnown(known, config.entities?.[known.name] ?? {}, (path) =>
      locate(['entities', known.name, ...path]),
    ),
  );
  for (const [name, extra] of Object.entries(config.entities ?? {})) {
    if (UNIFIED.some((known) => known.name === name)) continue;
    const fresh: Entity = {
      name,
      kind: 'document',
      description: '',
      id: `${name.replace(/s$/, '')}_id`,
      fields: [],
    };
    entities.push(withProvenance(extend(fresh, extra, (path) => locate(['entities', name, ...path]))));
  }
  const oneSchema = (config.schema ?? 'public') === (config.bookkeeping ?? 'pamoja');
  for (const entity of entities) {
    const at = (path: readonly PropertyKey[]) => locate(['entities', entity.name, ...path]);
    checkEntity(entity, entities, at);
    refuseReservedNames(entity, entities, oneSchema, at);
  }
  try {
    return inReferenceOrder(entities);
  } catch (error) {
    throw new PamojaError('PAM-CFG-003', (error as Error).message, { where: locate(['entities']) });
  }
}

/** A known entity keeps its columns and their order; what is added comes after, or changes the rules of a field. */
function extend(entity: Entity, extra: EntityConfig, locate: Locate): Entity {
  const { fields: added = {}, ...rest } = extra;
  const fields = entity.fields.map((field) => ({ ...field, ...added[field.name] }));
  for (const [name, field] of Object.entries(added)) {
    const known = fieldOf(entity, name);
    if (known !== undefined && field.type !== undefined && field.type !== known.type) {
      throw new PamojaError('PAM-CFG-003', `is ${known.type} and stays so.`, {
        where: locate(['fields', name, 'type']),
        next: 'Give a new field another name.',
      });
    }
    if (known !== undefined) continue;
    if (field.type === undefined) {
      throw new PamojaError('PAM-CFG-003', 'is missing: a new field says what it holds.', {
        where: locate(['fields', name, 'type']),
        next: 'Add: type: text, or another type.',
      });
    }
    fields.push({ description: '', ...field, type: field.type, name });
  }
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...entity, ...given, fields };
}

/** What our own queries and the origin's stand on does not change: kind and key column. */
function extendKnown(known: Entity, extra: EntityConfig, locate: Locate): Entity {
  for (const word of ['id', 'kind'] as const) {
    if (extra[word] === undefined || extra[word] === known[word]) continue;
    throw new PamojaError('PAM-CFG-003', `${known.name} keeps ${word}: ${known[word]}.`, {
      where: locate([word]),
    });
  }
  return extend(known, extra, locate);
}

/** Every document says which source and key it comes from: that is its link. */
function withProvenance(entity: Entity): Entity {
  if (entity.kind === 'master') return entity;
  const added = PROVENANCE.filter((field) => !entity.fields.some((each) => each.name === field.name));
  return { ...entity, fields: [...entity.fields, ...added] };
}

function checkEntity(entity: Entity, entities: readonly Entity[], locate: Locate): void {
  for (const field of entity.fields) {
    if (field.type === 'reference' && entity.kind === 'master') {
      throw new PamojaError('PAM-CFG-003', 'only a document refers to others; a master is referred to.', {
        where: locate(['fields', field.name]),
        next: `Make ${entity.name} a document, or keep the key as text.`,
      });
    }
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
  for (const { part, field, written } of (entity.equations ?? []).flatMap(partSums)) {
    const parts = entities.find((each) => each.name === part);
    if (parts !== undefined && fieldOf(parts, field) !== undefined) continue;
    throw new PamojaError('PAM-CFG-004', `an equation sums ${written}, which is no field.`, {
      where: locate(['equations']),
      next: suggestion(
        parts === undefined ? part : field,
        (parts?.fields ?? entities).map(({ name }) => name),
      ),
    });
  }
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
