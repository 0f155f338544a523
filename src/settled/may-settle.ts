import type { Feed, Project } from '../model/config.js';
import { type Entity, fieldOf, references } from '../model/entity.js';

/** Expressions over more than the row that they stand in, or that come out differently from day to day. */
const BEYOND_THE_ROW =
  /\b(over|select|now|today|age|random|\w*uuid\w*|nextval|rowid|_file|_ordinal|_parent|(get_)?current_\w+|local\w+|\w+_timestamp)\b/i;

/**
 * Whether what becomes of a record of this project follows from itself and from the records that it shares a key, an
 * identifier or a whole with: then a change reaches no other, and those may be set aside. Where it follows from more, as
 * with values that may stand once only in a whole source, every record is looked at in every run.
 */
export function maySettle(project: Project): boolean {
  const { entities, sources, orderIntegrity } = project;
  // A refused line that leaves its order standing also keeps its total from being asked.
  if (orderIntegrity === 'lines') return false;
  const masters = entities.filter((entity) => entity.kind === 'master');
  const mastersFirst = entities.slice(0, masters.length).every((entity) => entity.kind === 'master');
  if (!mastersFirst || masters.some((entity) => references(entity).length > 0)) return false;
  return sources.every(
    (source) =>
      source.type !== 'rest' &&
      source.delivery === 'snapshot' &&
      source.feeds.every((feed) => standsAlone(feed, entities)),
  );
}

function standsAlone(feed: Feed, entities: readonly Entity[]): boolean {
  const entity = entities.find((each) => each.name === feed.entity) as Entity;
  const expressions = [feed.where, ...Object.values(feed.fields).map((mapping) => mapping.sql)];
  if (expressions.some((text) => text !== undefined && BEYOND_THE_ROW.test(text))) return false;
  return Object.entries(feed.fields).every(([name, mapping]) => {
    const field = fieldOf(entity, name);
    const target = entities.find((each) => each.name === field?.entity);
    const byDocument = mapping.by !== undefined && target?.kind === 'document';
    return !(mapping.unique ?? field?.unique ?? false) && !byDocument;
  });
}
