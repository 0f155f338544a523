import type { Feed, Project } from '../model/config.js';
import { type Entity, fieldOf, references, wholeOf } from '../model/entity.js';

/** Expressions that come out differently from day to day, or that read more than the files of their source. */
const CHANGING =
  /\b(now|today|age|random|setseed|\w*uuid\w*|nextval|currval|txid_current|getvariable|getenv|current_setting|(get_)?current_\w+|local\w+|\w+_timestamp|read_\w+|glob|\w+_scan|sniff_csv)\b|\bfrom\s*'/i;

/** Expressions over more than the row that they stand in. */
const BEYOND_THE_ROW =
  /\b(over|select|rowid|_file|_ordinal|_parent)\b|\(\s*(from|table|values|with|pivot|unpivot)\b/i;

/** All that a configuration says in SQL. */
function expressionsOf({ entities, sources }: Project): string[] {
  const feeds = sources.flatMap((source) => source.feeds);
  const mapped = feeds.flatMap((feed) => [
    feed.where,
    ...Object.values(feed.fields).map(({ sql: text }) => text),
  ]);
  const equations = entities.flatMap((entity) => (entity.equations ?? []).map(({ equals }) => equals));
  return [...mapped.filter((text) => text !== undefined), ...equations];
}

/** Whether the same files and the same configuration come to the same rows, whenever they are read. */
export function isSteady(project: Project): boolean {
  return !expressionsOf(project).some((text) => CHANGING.test(text));
}

/**
 * Whether what becomes of a record of this project follows from itself and from the records that it shares a key, an
 * identifier or a whole with: then a change reaches no other, and those may be set aside. Where it follows from more, as
 * with values that may stand once only in a whole source, every record is looked at in every run.
 */
export function maySettle(project: Project): boolean {
  const { entities, sources, orderIntegrity } = project;
  if (!isSteady(project) || expressionsOf(project).some((text) => BEYOND_THE_ROW.test(text))) return false;
  // A refused line that leaves its order standing also keeps its total from being asked.
  if (orderIntegrity === 'lines') return false;
  const masters = entities.filter((entity) => entity.kind === 'master');
  const mastersFirst = entities.slice(0, masters.length).every((entity) => entity.kind === 'master');
  if (!mastersFirst || masters.some((entity) => references(entity).length > 0)) return false;
  return sources.every(
    (source) =>
      source.type !== 'rest' &&
      source.delivery === 'snapshot' &&
      source.feeds.every((feed) => standsAlone(feed, entities) && !followsCurrency(feed, project)),
  );
}

function standsAlone(feed: Feed, entities: readonly Entity[]): boolean {
  const entity = entities.find((each) => each.name === feed.entity) as Entity;
  return Object.entries(feed.fields).every(([name, mapping]) => {
    const field = fieldOf(entity, name);
    const target = entities.find((each) => each.name === field?.entity);
    const byDocument = mapping.by !== undefined && target?.kind === 'document';
    return !(mapping.unique ?? field?.unique ?? false) && !byDocument;
  });
}

/** Whether lines are left out whose currency is that of their order: it may change without them. */
function followsCurrency(feed: Feed, { entities, sources }: Project): boolean {
  const entity = entities.find((each) => each.name === feed.entity) as Entity;
  const whole = entities.find((each) => each.name === wholeOf(entity)?.entity);
  const told = whole?.measures?.find((measure) => measure.currency !== undefined)?.currency;
  if (feed.where === undefined || told === undefined || (entity.measures ?? []).length === 0) return false;
  const wholes = sources.flatMap((source) => source.feeds).filter((each) => each.entity === whole?.name);
  return wholes.some((each) => each.fields[told]?.constant === undefined);
}
