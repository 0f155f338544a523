import { ident, joined, type Sql, sql } from '../kernel/sql.js';
import { type Entity, recordFields } from '../model/entity.js';

/**
 * A candidate's content as a number, over the row `m` of the mapped table. Masters keep it, as a text, also in the
 * database; of documents it is asked only where two have the same key, and made then.
 */
export function hashOf(entity: Entity, m: Sql): Sql {
  return keepsHash(entity) ? sql`${m}.hash` : sql`md5_number(${contentText(entity, sql`${m}.`)})`;
}

/** The type of `hashOf`. */
export function hashType(entity: Entity): Sql {
  return keepsHash(entity) ? sql`VARCHAR` : sql`UHUGEINT`;
}

/** Whether the mapped table has the hash of its candidates. */
export function keepsHash({ kind }: Entity): boolean {
  return kind === 'master';
}

/** Two records are the same where every mapped field is equal: one text, NULL and '' kept apart. */
export function contentText(entity: Entity, prefix: Sql = sql``): Sql {
  const parts = recordFields(entity).map(
    (field) => sql`coalesce(${prefix}${ident(field.name)}::VARCHAR, chr(2))`,
  );
  // One call with many arguments: a chain of || is as deep as it is long, and depth has a limit.
  return sql`concat_ws(chr(1), ${joined(parts)})`;
}
