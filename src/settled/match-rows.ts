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
 * Parts the raw records of a feed: `settled(rec, srow, outcome, id)` are in the snapshot word for word, once here and
 * once there, and nothing was found in them; `affected(rec)` are the others; `stale(srow, id)` is what the snapshot
 * holds beside. Gives the number of affected records.
 */
export async function matchRows(workspace: Workspace, feed: RawFeed): Promise<number> {
  const { prints, settled: settledOf, affected: affectedOf, stale: staleOf } = tables;
  const [records, rows] = [prints(feed.raw), snapshot.rows(feed.index)];
  const [settled, affected, stale] = [settledOf(feed.index), affectedOf(feed.index), staleOf(feed.index)];
  const crowded = await isCrowded(workspace, records);
  if (crowded)
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE crowds AS
    SELECT print FROM ${records} GROUP BY print HAVING count(*) > 1`);
  const matched = crowded ? sql`(FROM ${records} ANTI JOIN crowds USING (print))` : records;
  await workspace.run(sql`CREATE OR REPLACE TABLE ${settled} AS
    SELECT p.rec, s.rowid AS srow, s.outcome, s.id FROM ${matched} p FULL JOIN ${rows} s ON s.print = p.print`);
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${affected} AS SELECT rec FROM ${settled} WHERE srow IS NULL`,
  );
  if (crowded)
    await workspace.run(
      sql`INSERT INTO ${affected} SELECT rec FROM ${records} SEMI JOIN crowds USING (print)`,
    );
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${stale} AS SELECT srow, id FROM ${settled} WHERE rec IS NULL`,
  );
  await workspace.run(sql`DELETE FROM ${settled} WHERE srow IS NULL OR rec IS NULL`);
  if (!(await isWhole(workspace, feed))) {
    // A number stands several times on either side: which of them is which nobody can tell.
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE doubled AS
      FROM ${settled} QUALIFY count(*) OVER (PARTITION BY rec) > 1 OR count(*) OVER (PARTITION BY srow) > 1`);
    await workspace.run(sql`INSERT INTO ${affected} SELECT DISTINCT rec FROM doubled`);
    await workspace.run(sql`INSERT INTO ${stale} SELECT DISTINCT srow, id FROM doubled`);
    await workspace.run(sql`DELETE FROM ${settled} WHERE rec IN (SELECT rec FROM doubled)`);
    await workspace.drop('doubled');
  }
  if (crowded) await workspace.drop('crowds');
  await takeBack(workspace, feed, sql`outcome = 0`);
  return workspace.count(sql`SELECT count(*) FROM ${affected}`);
}

/**
 * Whether a number stands so often that each of its records, held against each row that the snapshot has of it, would be
 * far more than all records: blank rows at the end of a sheet, or identical lines. Counted by a few bits of the numbers,
 * at a tenth of the price.
 */
async function isCrowded(workspace: Workspace, records: Sql): Promise<boolean> {
  const { crowded } = await workspace.row<{ crowded: boolean }>(sql`SELECT
    coalesce(max(n) > ${CROWD} + 2 * sum(n) / ${PARTS}, false) AS crowded
    FROM (SELECT count(*) AS n FROM ${records} GROUP BY (hash(print) % ${PARTS})::USMALLINT)`);
  return crowded;
}

/** In so many parts numbers are counted; what is so much fuller than the others holds a number many times. */
const PARTS = 4096;
const CROWD = 100;

/** Whether every record, and every row of the snapshot, is in exactly one part. */
async function isWhole(workspace: Workspace, feed: RawFeed): Promise<boolean> {
  const { prints, settled, affected, stale } = tables;
  const both = sql`(SELECT count(*) FROM ${settled(feed.index)})`;
  const { whole } = await workspace.row<{ whole: boolean }>(sql`SELECT
    (SELECT count(*) FROM ${prints(feed.raw)}) = (SELECT count(*) FROM ${affected(feed.index)}) + ${both}
    AND (SELECT count(*) FROM ${snapshot.rows(feed.index)}) = (SELECT count(*) FROM ${stale(feed.index)}) + ${both} AS whole`);
  return whole;
}

/** Takes the records of touched golden rows from the settled ones to the affected. */
export async function widen(workspace: Workspace, feed: RawFeed): Promise<void> {
  await takeBack(workspace, feed, sql`id IN (SELECT id FROM ${tables.touched(feed.entity.name)})`);
}

async function takeBack(workspace: Workspace, feed: RawFeed, which: Sql): Promise<void> {
  const { settled, affected, stale } = tables;
  const reached = sql`FROM ${settled(feed.index)} WHERE ${which}`;
  await workspace.run(sql`INSERT INTO ${affected(feed.index)} SELECT rec ${reached}`);
  await workspace.run(sql`INSERT INTO ${stale(feed.index)} SELECT srow, id ${reached}`);
  await workspace.run(sql`DELETE ${reached}`);
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
