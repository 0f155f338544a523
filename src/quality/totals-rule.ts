import { any, ident, literal, type Sql, sql } from '../kernel/sql.js';
import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { Feed, Source } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import { TOTALS } from '../model/totals-row.js';
import type { Rule } from './compiled-field.js';

/** Why a record is refused, or doubtful. */
export const OF_TOTALS = 'seems to be a row of totals, and none of the records';

/**
 * No order is called `Total`: below the last one stand the sums of all. Somebody or something may be, and is told. Keys
 * of several columns, as of lines, are never that word alone.
 */
export function totalsRules(entity: Entity, feed: Feed, source: Source): Rule[] {
  if (feed.key.length !== 1) return [];
  const key = source.period === undefined ? sql`key` : sql`regexp_replace(key, '^[^/]*/', '')`;
  const severity = entity.kind === 'master' ? 'warn' : 'reject';
  return [
    { code: 'totals', field: feed.key.join(', '), severity, broken: saysTotal(key), reason: OF_TOTALS },
  ];
}

/** Whether the raw record of a candidate says in any of its columns, whoever maps them, that it is one of totals. */
export function isOfTotals({ source, feed }: { source: Source; feed: Feed }): Sql {
  const same = source.feeds.filter(({ each }) => each === feed.each);
  const columns = new Set(same.flatMap(({ fields }) => Object.values(fields).flatMap(columnsOfMapping)));
  return any([...columns].map((column) => saysTotal(sql`raw.${ident(column)}`)));
}

/** Whether a text says `Total` or the like; false where there is none. */
export function saysTotal(text: Sql): Sql {
  return sql`regexp_matches(coalesce(${text}, ''), ${literal(`(?i)${TOTALS}`)})`;
}
