import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Entity, Reference } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';

/**
 * SQL that is true where the row `p` points elsewhere than its record `l` says: by the key of a source, by an
 * attribute of a record that is linked to the row pointed at, or, where nothing is said, at the source's placeholder.
 */
export function pointsElsewhere(field: Reference, feeds: readonly FeedRef[], target: Entity): Sql {
  const here = sql`p.${ident(field.name)}`;
  const said = sql`l.${ident(field.name)}`;
  const links = tables.priorLinks(field.entity);
  const placeholder = sql`(SELECT min(t.id) FROM ${links} t WHERE t.placeholder AND t.source = l.from_source)`;
  const whens = feeds.flatMap((feed) => {
    const mapping = feed.feed.fields[field.name];
    if (mapping === undefined) return [];
    const wrong =
      mapping.by === undefined
        ? sql`${here} IS DISTINCT FROM (SELECT min(t.id) FROM ${links} t
            WHERE t.key = ${said} AND t.source = ${literal(mapping.source ?? feed.source.name)})`
        : sql`${here} IS NULL OR ${here} NOT IN (SELECT t.id FROM (${bearers(target, mapping.by)}) t
            WHERE t.value = ${plain(said)} AND t.id IS NOT NULL)`;
    return [sql`WHEN l.feed = ${feed.index} THEN ${wrong}`];
  });
  return sql`CASE WHEN ${said} IS NULL THEN ${here} IS DISTINCT FROM ${placeholder} ${joined(whens, ' ')} ELSE false END`;
}

/** Which rows bear which value of an attribute: in a master any of its records may. */
function bearers(target: Entity, attribute: string): Sql {
  const value = (alias: string) => plain(sql`${ident(alias)}.${ident(attribute)}`);
  if (target.kind === 'document')
    return sql`SELECT ${value('r')} AS value, r.${ident(target.id)} AS id FROM ${tables.priorRows(target.name)} r`;
  return sql`SELECT DISTINCT ${value('r')} AS value, k.id FROM ${tables.priorRecords(target.name)} r
    JOIN ${tables.priorLinks(target.name)} k ON k.source = r.source AND k.key = r.key`;
}

/** Attributes are compared without case and blanks. */
function plain(value: Sql): Sql {
  return sql`replace(upper(CAST(${value} AS VARCHAR)), ' ', '')`;
}
