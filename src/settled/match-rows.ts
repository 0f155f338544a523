import type { Workspace } from '../engine/workspace.js';
import { ident, type Sql, sql } from '../kernel/sql.js';
import type { FeedRef } from '../model/feed-ref.js';
import { rawPrint } from '../model/raw-print.js';
import { snapshot, tables } from '../model/tables.js';

/** A feed with its raw records. */
export interface RawFeed extends FeedRef {
  raw: string;
  /** Columns of the raw table. */
  columns: readonly string[];
  /** The period of each file, where ids restart in each. */
  periods: string[] | undefined;
}

/** Gives every raw record of a table its number: `prints(rec, print)`. Same text, same number, whatever its place. */
export async function printRows(workspace: Workspace, feeds: readonly RawFeed[]): Promise<void> {
  const byTable = new Map(feeds.map((feed) => [feed.raw, feed]));
  for (const { raw, columns, periods } of byTable.values()) {
    await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.prints(raw)} AS
      SELECT rowid AS rec, ${rawPrint(columns, periods)} AS print FROM ${ident(raw)}`);
  }
}

/**
 * Parts the raw records of a feed: `settled(rec, srow, outcome, id)` are in the snapshot word for word, as often here as
 * there, and nothing was found in them; `affected(rec)` are the others; `stale(srow, id)` is what the snapshot holds
 * beside. Gives the number of affected records.
 */
export async function matchRows(workspace: Workspace, feed: RawFeed): Promise<number> {
  const { prints, settled: settledOf, affected: affectedOf, stale: staleOf } = tables;
  const [records, rows] = [prints(feed.raw), snapshot.rows(feed.index)];
  const [settled, affected, stale] = [settledOf(feed.index), affectedOf(feed.index), staleOf(feed.index)];
  const repeating = await isRepeating(workspace, records, rows);
  if (repeating)
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE alike AS
      SELECT print FROM ${records} GROUP BY print HAVING count(*) > 1
      UNION SELECT print FROM ${rows} GROUP BY print HAVING count(*) > 1`);
  const lone = repeating ? sql`ANTI JOIN alike USING (print)` : sql``;
  await workspace.run(sql`CREATE OR REPLACE TABLE ${settled} AS
    SELECT p.rec, s.srow, s.outcome, s.id FROM (FROM ${records} ${lone}) p
    FULL JOIN (SELECT rowid AS srow, * FROM ${rows} ${lone}) s ON s.print = p.print`);
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${affected} AS SELECT rec FROM ${settled} WHERE srow IS NULL`,
  );
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${stale} AS SELECT srow, id FROM ${settled} WHERE rec IS NULL`,
  );
  await workspace.run(sql`DELETE FROM ${settled} WHERE srow IS NULL OR rec IS NULL`);
  if (repeating) await matchAlike(workspace, feed);
  else if (!(await isWhole(workspace, feed))) {
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE doubled AS
      FROM ${settled} QUALIFY count(*) OVER (PARTITION BY rec) > 1 OR count(*) OVER (PARTITION BY srow) > 1`);
    await workspace.run(sql`DELETE FROM ${settled} WHERE rec IN (SELECT rec FROM doubled)`);
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE alike AS
      SELECT DISTINCT print FROM ${records} WHERE rec IN (SELECT rec FROM doubled)`);
    await workspace.drop('doubled');
    await matchAlike(workspace, feed);
  }
  await takeBack(workspace, feed, sql`outcome = 0`);
  return workspace.size(affected);
}

/**
 * Matches what stands several times, with the numbers `alike(print)`. Which of them is which is all the same, as they say
 * the same: the nth here is the nth there. Where one stands more or less often than before, all of it is affected.
 */
async function matchAlike(workspace: Workspace, feed: RawFeed): Promise<void> {
  const { prints, settled, affected, stale } = tables;
  const nth = (order: Sql) => sql`row_number() OVER (PARTITION BY print ORDER BY ${order}) AS nth`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE pairs AS
    SELECT rec, srow, outcome, id, bool_and(rec IS NOT NULL AND srow IS NOT NULL) OVER (PARTITION BY print) AS whole
    FROM (SELECT print, rec, ${nth(sql`rec`)} FROM ${prints(feed.raw)} SEMI JOIN alike USING (print))
    FULL JOIN (SELECT print, srow, outcome, id, ${nth(sql`srow`)}
      FROM (SELECT rowid AS srow, * FROM ${snapshot.rows(feed.index)}) SEMI JOIN alike USING (print)) USING (print, nth)`);
  const move = (into: Sql, columns: Sql, which: Sql) =>
    workspace.run(sql`INSERT INTO ${into} SELECT ${columns} FROM pairs WHERE ${which}`);
  await move(settled(feed.index), sql`rec, srow, outcome, id`, sql`whole`);
  await move(affected(feed.index), sql`rec`, sql`NOT whole AND rec IS NOT NULL`);
  await move(stale(feed.index), sql`srow, id`, sql`NOT whole AND srow IS NOT NULL`);
  await workspace.drop('pairs', 'alike');
}

/**
 * Whether numbers stand so often that each record, held against each row that the snapshot has of its number, would be
 * far more than all records: lines that are sold again and again, blank rows at the end of a sheet. In parts by chance,
 * the squares of their sizes tell how many pairs there are, at a tenth of the price of counting them.
 */
async function isRepeating(workspace: Workspace, records: Sql, rows: Sql): Promise<boolean> {
  if ((await workspace.size(records)) * (await workspace.size(rows)) <= FEW_PAIRS) return false;
  const { repeating } = await workspace.row<{ repeating: boolean }>(sql`SELECT
    coalesce(sum(n * n) - sum(n) * sum(n) / ${PARTS} > ${PAIRS} * sum(n), false) AS repeating
    FROM (SELECT count(*) AS n FROM ${records} GROUP BY (hash(print) % ${PARTS})::USMALLINT)`);
  return repeating;
}

/** So many pairs are no burden, and to count them would be. */
const FEW_PAIRS = 10_000;
/** In so many parts numbers are counted. */
const PARTS = 65536;
/** Of so many pairs a record numbers are matched one by one; where nothing repeats it is one. */
const PAIRS = 4;

/** Whether every record, and every row of the snapshot, is in exactly one part. */
async function isWhole(workspace: Workspace, feed: RawFeed): Promise<boolean> {
  const { prints, settled, affected, stale } = tables;
  const both = await workspace.size(settled(feed.index));
  return (
    (await workspace.size(prints(feed.raw))) === (await workspace.size(affected(feed.index))) + both &&
    (await workspace.size(snapshot.rows(feed.index))) === (await workspace.size(stale(feed.index))) + both
  );
}

/** Takes the records of touched golden rows from the settled ones to the affected. Gives how many they are. */
export async function widen(workspace: Workspace, feed: RawFeed): Promise<number> {
  return takeBack(workspace, feed, sql`id IN (SELECT id FROM ${tables.touched(feed.entity.name)})`);
}

async function takeBack(workspace: Workspace, feed: RawFeed, which: Sql): Promise<number> {
  const { settled, affected, stale } = tables;
  const reached = sql`FROM ${settled(feed.index)} WHERE ${which}`;
  const taken = await workspace.insert(sql`INSERT INTO ${affected(feed.index)} SELECT rec ${reached}`);
  if (taken === 0) return 0;
  await workspace.run(sql`INSERT INTO ${stale(feed.index)} SELECT srow, id ${reached}`);
  await workspace.run(sql`DELETE ${reached}`);
  return taken;
}

/**
 * Whether the snapshot holds records of a feed that repeat others, while there are several files: in which of them the
 * one that counts stands follows from the order of all.
 */
export async function repeatsAcross(
  workspace: Workspace,
  feed: RawFeed & { files: string[] },
): Promise<boolean> {
  if (feed.files.length < 2) return false;
  return (
    (await workspace.count(sql`SELECT count(*) FROM ${snapshot.rows(feed.index)} WHERE outcome = 3`)) > 0
  );
}
