import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import { alike } from '../model/alike.js';
import type { Entity } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';

/*
 * The snapshot holds no value of anybody: keys and identifiers stand in it as numbers of 128 bits (MD5), which two of a
 * billion texts share with a chance of one in 10^20.
 */

/** The number of a key of a source. */
export function keyNumber(source: Sql, key: Sql): Sql {
  return sql`md5_number(${source} || chr(1) || ${key})`;
}

/** The number of an identifier or attribute, which are compared without case and blanks; NULL where there is none. */
export function valueNumber(value: Sql): Sql {
  return sql`md5_number(nullif(${alike(value)}, ''))`;
}

/** The column of the snapshot's records that holds a field's number. */
export function numberColumn(field: string): Sql {
  return ident(`v_${field}`);
}

/** The column of the snapshot's rows that holds the golden id to which a reference leads. */
export function referenceColumn(field: string): Sql {
  return ident(`r_${field}`);
}

/** Fields by which documents refer to a master otherwise than by its key. */
export function attributesOf(entity: Entity, feeds: readonly FeedRef[]): string[] {
  const by = feeds.flatMap((feed) =>
    Object.entries(feed.feed.fields)
      .filter(([name]) => feed.entity.fields.find((field) => field.name === name)?.entity === entity.name)
      .flatMap(([, mapping]) => mapping.by ?? []),
  );
  return [...new Set(by)];
}

/** Fields whose values tie records of a master to each other or to documents: each is a number in the snapshot. */
export function numberedFields(entity: Entity, feeds: readonly FeedRef[]): string[] {
  const identifiers = (entity.identifiers ?? []).map((identifier) => identifier.field);
  return [...new Set([...identifiers, ...attributesOf(entity, feeds)])];
}

/** The source that a reference of a feed means. */
export function referredSource(feed: FeedRef, reference: string): Sql {
  return literal(feed.feed.fields[reference]?.source ?? feed.source.name);
}
