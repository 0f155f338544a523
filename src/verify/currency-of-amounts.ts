import type { Workspace } from '../engine/workspace.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import { currencyOfWhole } from '../model/currency-of-whole.js';
import type { Entity, Measure } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';

/** Stands where no currency is told, or one that is none. */
export const NO_CURRENCY = 'XXX';

/** ISO 4217, or XXX: what a source writes into the field may be anything. The same text runs in both engines. */
export function currencyCode(field: Sql): Sql {
  return sql`CASE WHEN ${field} ~ '^[A-Z]{3}$' THEN ${field} ELSE ${literal(NO_CURRENCY)} END`;
}

/** The currency of each candidate `m` of a feed: SQL of the value, and the join that it needs. */
export function currencyOfCandidates(
  feed: FeedRef,
  measure: Measure,
  entities: readonly Entity[],
): { currency: Sql; join: Sql } {
  const fallback = literal(feed.source.currency || NO_CURRENCY);
  if (measure.currency !== undefined)
    return { currency: currencyCode(sql`m.${ident(measure.currency)}`), join: sql`` };
  const told = currencyOfWhole(feed.entity, entities);
  if (told === undefined) return { currency: fallback, join: sql`` };
  return {
    currency: sql`CASE WHEN w.seq IS NULL THEN ${fallback} ELSE ${currencyCode(sql`w.currency`)} END`,
    join: sql`LEFT JOIN (${wholes(feed, told)}) w ON w.seq = m.rowid`,
  };
}

/** The one currency of all amounts of a feed; undefined where there are several. Spares a join of every row. */
export async function onlyCurrency(
  workspace: Workspace,
  feed: FeedRef,
  measure: Measure,
  entities: readonly Entity[],
): Promise<string | undefined> {
  const fallback = feed.source.currency || NO_CURRENCY;
  const told = currencyOfWhole(feed.entity, entities);
  if (measure.currency === undefined && told === undefined) return fallback;
  const codes =
    measure.currency !== undefined
      ? codesOf(
          sql`SELECT DISTINCT ${ident(measure.currency)} AS written FROM ${tables.mapped(feed.entity.name)} WHERE feed = ${feed.index}`,
        )
      : codesOfWholes(told as NonNullable<typeof told>);
  const found = await workspace.rows<{ code: string }>(sql`FROM (${codes}) LIMIT 2`);
  const [only = { code: fallback }] = found;
  if (found.length > 1) return undefined;
  // A part whose whole is not known has the currency of its source.
  return measure.currency !== undefined || only.code === fallback ? only.code : undefined;
}

function codesOfWholes({ whole, field }: { whole: Entity; field: string }): Sql {
  return codesOf(sql`SELECT DISTINCT ${ident(field)} AS written FROM ${tables.mapped(whole.name)}
    UNION ALL SELECT DISTINCT ${ident(field)} FROM ${tables.priorRows(whole.name)}`);
}

/** The codes of a few texts: to ask every row for its code costs more than to find out how few texts there are. */
function codesOf(written: Sql): Sql {
  return sql`SELECT DISTINCT ${currencyCode(ident('written'))} AS code FROM (${written})`;
}

/** The wholes of linked candidates, also those published before; of others those whose key they name. */
function wholes(
  feed: FeedRef,
  { reference, whole, field }: { reference: string; whole: Entity; field: string },
): Sql {
  const part = feed.entity.name;
  const resolved = tables.resolved(part, reference);
  return sql`SELECT seq, any_value(currency) AS currency FROM (
    SELECT r.seq, coalesce(w.${ident(field)}, p.${ident(field)}) AS currency FROM ${resolved} r
      LEFT JOIN ${tables.mapped(whole.name)} w ON w.rowid = r.target_seq
      LEFT JOIN ${tables.priorRows(whole.name)} p ON p.${ident(whole.id)} = r.id
      WHERE w.rowid IS NOT NULL OR p.${ident(whole.id)} IS NOT NULL
    UNION ALL
    SELECT m.rowid, w.${ident(field)} FROM ${tables.mapped(part)} m JOIN ${ident('feed_wholes')} fw ON fw.feed = m.feed
      JOIN ${tables.mapped(whole.name)} w ON w.key = m.${ident(reference)} AND list_contains(fw.wholes, w.feed)
      WHERE m.feed = ${feed.index} AND m.rowid NOT IN (SELECT seq FROM ${resolved})) GROUP BY seq`;
}

/**
 * The one currency of the amounts of a feed's records that were not refused; undefined where there are several.
 * `usual` is told where no record says.
 */
export async function currencyOfStanding(
  workspace: Workspace,
  feed: FeedRef,
  measure: Measure,
  entities: readonly Entity[],
  usual: string | undefined,
): Promise<string | undefined> {
  const fallback = feed.source.currency || NO_CURRENCY;
  const told = currencyOfWhole(feed.entity, entities);
  if (measure.currency === undefined && told === undefined) return fallback;
  const { name, field } =
    measure.currency !== undefined
      ? { name: feed.entity.name, field: measure.currency }
      : {
          name: (told as NonNullable<typeof told>).whole.name,
          field: (told as NonNullable<typeof told>).field,
        };
  const own = measure.currency === undefined ? sql`` : sql` WHERE m.feed = ${feed.index}`;
  const written = sql`SELECT DISTINCT m.${ident(field)} AS written FROM ${tables.mapped(name)} m
    ANTI JOIN ${tables.refused(name)} r ON r.seq = m.rowid${own}`;
  const found = await workspace.rows<{ code: string }>(sql`FROM (${codesOf(written)}) LIMIT 2`);
  const codes = new Set([...found.map((each) => each.code), ...(usual === undefined ? [] : [usual])]);
  const [only = fallback] = codes;
  if (codes.size > 1) return undefined;
  return measure.currency !== undefined || only === fallback ? only : undefined;
}
