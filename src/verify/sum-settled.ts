import type { Workspace } from '../engine/workspace.js';
import { addDecimals, negated } from '../kernel/add-decimals.js';
import { ident, joined, raw, type Sql, sql } from '../kernel/sql.js';
import { duckdbType, type Measure } from '../model/entity.js';
import type { SettledCount } from '../model/feed-ref.js';
import type { Amount } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { type AmountFeed, measureName } from './sum-amounts.js';

/** The settled records of one file: how many, and their money. */
export interface SettledFile extends SettledCount {
  amounts: Amount[];
}

/** A feed some of whose records may be settled. */
export interface SettledFeed extends AmountFeed {
  /** The one currency of each measure of settled records. */
  settledCurrencies?: Readonly<Record<string, string>> | undefined;
}

/**
 * Counts the settled records of a feed file by file, and adds up their money from the raw records anew: what they were
 * worth in an earlier run is taken from nobody.
 */
export async function sumSettled(workspace: Workspace, feed: SettledFeed): Promise<Map<number, SettledFile>> {
  const files = new Map<number, SettledFile>();
  if (feed.affected === undefined) return files;
  const measures = (feed.entity.measures ?? []).filter(
    ({ field }) => feed.feed.fields[field] !== undefined || feed.derived.has(field),
  );
  const sums = measures.flatMap((measure, i) => {
    const { amount, unreadable } = amountOf(feed, measure);
    return [
      sql`, coalesce(sum(${amount}), 0)::VARCHAR AS ${ident(`sum_${i}`)}`,
      sql`, count(*) FILTER (${unreadable}) AS ${ident(`unreadable_${i}`)}`,
    ];
  });
  const rows = await workspace.rows<Record<string, string | number>>(
    sql`SELECT _file AS file, "settled:outcome" AS outcome, count(*) AS records${joined(sums, '')}
      FROM (${valuesOf(feed, measures)}) GROUP BY ALL ORDER BY ALL`,
  );
  // Whoever is in no part would be counted here: as many must be settled as were set aside.
  const counted = rows.reduce((sum, { records }) => sum + Number(records), 0);
  const apart = await workspace.size(tables.settled(feed.index));
  if (counted !== apart) throw new RangeError(`${counted} records are settled, and ${apart} were set aside`);
  for (const row of rows) {
    const file = files.get(Number(row.file)) ?? { lead: 0, merged: 0, repeated: 0, filtered: 0, amounts: [] };
    files.set(Number(row.file), file);
    const part = ([undefined, 'lead', 'merged', 'repeated', 'filtered'] as const)[Number(row.outcome)];
    if (part === undefined) throw new RangeError(`a settled record has outcome ${row.outcome}`);
    file[part] += Number(row.records);
    measures.forEach((measure, i) => {
      const sum = String(row[`sum_${i}`]);
      const none = addDecimals(sum, negated(sum));
      const zero = { accepted: none, rejected: none, filtered: none, repeated: none };
      const become = part === 'lead' || part === 'merged' ? 'accepted' : part;
      file.amounts = addAmount(file.amounts, {
        measure: measureName(feed, measure),
        currency: feed.settledCurrencies?.[measure.field] ?? '',
        read: sum,
        ...zero,
        [become]: sum,
        unreadable: part === 'filtered' ? 0 : Number(row[`unreadable_${i}`]),
      });
    });
  }
  return files;
}

function amountOf(feed: AmountFeed, { field }: Measure): { amount: Sql; unreadable: Sql } {
  const compiled = feed.compiled.find((each) => each.field.name === field);
  if (compiled !== undefined) {
    const amount = ident(field);
    return { amount, unreadable: sql`${ident(compiled.textColumn)} IS NOT NULL AND ${amount} IS NULL` };
  }
  const amount = feed.derived.get(field) as Sql;
  return { amount, unreadable: sql`(${amount}) IS NULL` };
}

/** Every settled raw record with the fields of its amounts read, as mapping does. */
function valuesOf(feed: AmountFeed, measures: readonly Measure[]): Sql {
  // An amount that follows from others may need any field.
  const all = measures.some(({ field }) => feed.derived.has(field));
  const needed = feed.compiled.filter(
    ({ field }) => all || measures.some((measure) => measure.field === field.name),
  );
  const texts = needed.map((each) => sql`, ${each.texts}`);
  const values = needed.map((each) => sql`, ${each.value} AS ${ident(each.field.name)}`);
  const absent = (all ? feed.entity.fields : [])
    .filter(({ name }) => !feed.derived.has(name) && !feed.compiled.some((each) => each.field.name === name))
    .map(
      ({ name, type }) =>
        sql`, NULL::${raw(type === 'reference' ? 'VARCHAR' : duckdbType(type))} AS ${ident(name)}`,
    );
  // Nearly all records are settled and count for their row: only the others are looked up.
  const others = sql`SELECT rec AS "settled:rec", outcome AS "settled:other" FROM ${tables.settled(feed.index)} WHERE outcome <> 1
    UNION ALL SELECT rec, 0 FROM ${tables.affected(feed.index)}`;
  return sql`SELECT *${joined([...values, ...absent], '')} FROM (
    SELECT _file, coalesce("settled:other", 1) AS "settled:outcome"${joined(texts, '')}
    FROM ${ident(feed.raw)} r LEFT JOIN (${others}) s ON s."settled:rec" = r.rowid WHERE coalesce("settled:other", 1) <> 0)`;
}

/** Adds an amount to those of the same measure and currency. */
export function addAmount(amounts: readonly Amount[], more: Amount): Amount[] {
  const same = (each: Amount) => each.measure === more.measure && each.currency === more.currency;
  const there = amounts.find(same);
  if (there === undefined) return [...amounts, more];
  const sum = { ...there, unreadable: there.unreadable + more.unreadable };
  for (const part of ['read', 'accepted', 'rejected', 'filtered', 'repeated'] as const)
    sum[part] = addDecimals(there[part], more[part]);
  return amounts.map((each) => (same(each) ? sum : each));
}
