import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Entity, Measure } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import type { Amount } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { currencyOfCandidates, NO_CURRENCY, onlyCurrency } from './currency-of-amounts.js';

/** What of a feed is needed to add up its money. */
export interface AmountFeed extends FeedRef {
  raw: string;
  /** For each mapped field the SQL from raw columns to texts, and from those to the value. */
  compiled: readonly { field: { name: string }; texts: Sql; textColumn: string; value: Sql }[];
  derived: ReadonlyMap<string, Sql>;
}

type Row = Amount & { file: number };

/**
 * Adds up every measure of a feed per file and currency. What was read is summed from the raw records anew; the
 * rest from the candidates by what became of them, so that a lost record or a changed amount shows as a difference.
 */
export async function sumAmounts(
  workspace: Workspace,
  feed: AmountFeed,
  torn: ReadonlyMap<number, number>,
  entities: readonly Entity[],
): Promise<Map<number, Amount[]>> {
  const byFile = new Map<number, Amount[]>();
  for (const measure of feed.entity.measures ?? []) {
    if (feed.feed.fields[measure.field] === undefined && !feed.derived.has(measure.field)) continue;
    const only = await onlyCurrency(workspace, feed, measure, entities);
    const sums = only === undefined ? sumPerCurrency(feed, measure, entities) : sumInOne(feed, measure, only);
    const rows = await workspace.rows<Row>(sums);
    const apart = only !== undefined && rows.some(({ unreadable }) => unreadable > 0);
    const leftOut = apart ? await unreadableLeftOut(workspace, feed, measure) : undefined;
    for (const { file, ...amount } of rows) {
      amount.unreadable -= leftOut?.get(file) ?? 0;
      byFile.set(file, [...(byFile.get(file) ?? []), amount]);
    }
    addTorn(byFile, feed, measure, torn);
  }
  return byFile;
}

/** The amount of a record that was torn is not known, and that is said. */
function addTorn(
  byFile: Map<number, Amount[]>,
  feed: AmountFeed,
  measure: Measure,
  torn: ReadonlyMap<number, number>,
): void {
  const name = measureName(feed, measure);
  const currency = feed.source.currency || NO_CURRENCY;
  for (const [file, count] of torn) {
    const amounts = byFile.get(file) ?? [];
    const known = amounts.find((each) => each.measure === name && each.currency === currency);
    if (known !== undefined) known.unreadable += count;
    else
      amounts.push({
        measure: name,
        currency,
        read: '0',
        accepted: '0',
        rejected: '0',
        filtered: '0',
        repeated: '0',
        unreadable: count,
      });
    byFile.set(file, amounts);
  }
}

/** How the books call a measure. */
export function measureName({ entity }: Pick<FeedRef, 'entity'>, measure: Measure): string {
  return `${entity.name}.${measure.field}`;
}

/**
 * Amounts that nobody can read, of raw records that a filter leaves out, file by file: such as the `-` of a row of
 * totals. Nobody asked for them, so they are no gap in the money of the file.
 */
async function unreadableLeftOut(
  workspace: Workspace,
  feed: AmountFeed,
  measure: Measure,
): Promise<Map<number, number>> {
  const leftOut = sql`SELECT rec FROM ${tables.mapped(feed.entity.name)} WHERE feed = ${feed.index} AND filtered`;
  const read = rawAmounts(feed, measure, leftOut);
  if (read === undefined) return new Map();
  const rows = await workspace.rows<{ file: number; found: number }>(
    sql`SELECT _file AS file, count(*) AS found FROM (${read}) WHERE given AND amount IS NULL GROUP BY _file`,
  );
  return new Map(rows.map(({ file, found }) => [file, found]));
}

/** Where all amounts are in one currency, raw records and candidates are summed apart, and met file by file. */
function sumInOne(feed: AmountFeed, measure: Measure, currency: string): Sql {
  const read = rawAmounts(feed, measure);
  const all =
    read === undefined
      ? sql`SELECT file, sum(${ident(measure.field)}) AS read, count(*) FILTER (${ident(measure.field)} IS NULL AND NOT filtered) AS unreadable
          FROM ${tables.mapped(feed.entity.name)} WHERE feed = ${feed.index} GROUP BY file`
      : sql`SELECT _file AS file, sum(amount) AS read, count(*) FILTER (given AND amount IS NULL) AS unreadable
          FROM (${read}) GROUP BY _file`;
  return sql`SELECT coalesce(c.file, a.file) AS file, ${literal(measureName(feed, measure))} AS measure, ${literal(currency)} AS currency,
      coalesce(a.read, 0)::VARCHAR AS read, coalesce(c.accepted, '0') AS accepted, coalesce(c.rejected, '0') AS rejected,
      coalesce(c.filtered, '0') AS filtered, coalesce(c.repeated, '0') AS repeated, coalesce(a.unreadable, 0) AS unreadable
    FROM (SELECT m.file, ${joined(partSums(measure))} FROM ${candidates(feed)} GROUP BY m.file) c
    FULL JOIN (${all}) a ON a.file = c.file ORDER BY 1`;
}

/** Sums of candidates by what became of them. */
function partSums(measure: Measure): Sql[] {
  const part = (condition: Sql) =>
    sql`coalesce(sum(m.${ident(measure.field)}) FILTER (${condition}), 0)::VARCHAR`;
  return [
    sql`${part(sql`NOT m.filtered AND r.seq IS NULL AND p.seq IS NULL`)} AS accepted`,
    sql`${part(sql`NOT m.filtered AND r.seq IS NOT NULL`)} AS rejected`,
    sql`${part(sql`m.filtered`)} AS filtered`,
    sql`${part(sql`NOT m.filtered AND r.seq IS NULL AND p.seq IS NOT NULL`)} AS repeated`,
  ];
}

function candidates(feed: AmountFeed): Sql {
  const { name } = feed.entity;
  return sql`(SELECT rowid, * FROM ${tables.mapped(name)} WHERE feed = ${feed.index}) m
    LEFT JOIN (SELECT DISTINCT seq FROM ${tables.refused(name)}) r ON r.seq = m.rowid
    LEFT JOIN ${tables.repeated(name)} p ON p.seq = m.rowid`;
}

function sumPerCurrency(feed: AmountFeed, measure: Measure, entities: readonly Entity[]): Sql {
  const amount = sql`m.${ident(measure.field)}`;
  const read = rawAmounts(feed, measure);
  // A derived amount is unreadable where what it follows from is.
  const unreadable = read === undefined ? sql`${amount} IS NULL` : sql`a.given AND a.amount IS NULL`;
  const { currency, join } = currencyOfCandidates(feed, measure, entities);
  return sql`
    SELECT m.file, ${literal(measureName(feed, measure))} AS measure, ${currency} AS currency,
      coalesce(sum(${read === undefined ? amount : sql`a.amount`}), 0)::VARCHAR AS read,
      ${joined(partSums(measure))},
      count(*) FILTER (m.filtered IS NOT TRUE AND ${unreadable}) AS unreadable
    FROM ${candidates(feed)}
    ${join}
    ${read === undefined ? sql`` : sql`FULL JOIN (${read}) a ON a.rec = m.rec`}
    GROUP BY ALL HAVING NOT bool_and(m.filtered IS TRUE AND ${amount} IS NULL) ORDER BY 1, 2, 3`;
}

/** The measure over the raw records, or `some` of them, read again by itself; not for one that is derived from other fields. */
export function rawAmounts(feed: AmountFeed, measure: Measure, some?: Sql): Sql | undefined {
  const compiled = feed.compiled.find((each) => each.field.name === measure.field);
  if (compiled === undefined) return undefined;
  const those = some ?? (feed.affected && sql`SELECT rec FROM ${feed.affected}`);
  const lookedAt = those === undefined ? sql`` : sql` WHERE rowid IN (${those})`;
  return sql`SELECT rec, _file, ${compiled.value} AS amount, ${ident(compiled.textColumn)} IS NOT NULL AS given FROM (
    SELECT rowid AS rec, _file, ${compiled.texts} FROM ${ident(feed.raw)}${lookedAt})`;
}
