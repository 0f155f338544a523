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
  const [prints, rows] = [tables.prints(feed.raw), snapshot.rows(feed.index)];
  const settled = tables.settled(feed.index);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${settled} AS
    SELECT p.rec, s.rowid AS srow, s.outcome, s.id FROM ${prints} p JOIN ${rows} s ON s.print = p.print`);
  if (!(await partition(workspace, feed))) {
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE doubled AS
      SELECT rec, srow FROM ${settled} QUALIFY count(*) OVER (PARTITION BY rec) > 1 OR count(*) OVER (PARTITION BY srow) > 1`);
    await workspace.run(sql`DELETE FROM ${settled}
      WHERE rec IN (SELECT rec FROM doubled) OR srow IN (SELECT srow FROM doubled)`);
    await workspace.drop('doubled');
    await partition(workspace, feed);
  }
  await takeBack(workspace, feed, sql`outcome = 0`);
  return workspace.count(sql`SELECT count(*) FROM ${tables.affected(feed.index)}`);
}

/** False where a number stands several times on either side. */
async function partition(workspace: Workspace, feed: RawFeed): Promise<boolean> {
  const { prints, settled, affected, stale } = tables;
  const [records, rows, both] = [prints(feed.raw), snapshot.rows(feed.index), settled(feed.index)];
  await workspace.run(sql`CREATE OR REPLACE TABLE ${affected(feed.index)} AS
    SELECT p.rec FROM ${records} p ANTI JOIN ${both} s ON s.rec = p.rec`);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${stale(feed.index)} AS
    SELECT s.rowid AS srow, s.id FROM ${rows} s ANTI JOIN ${both} m ON m.srow = s.rowid`);
  const { whole } = await workspace.row<{ whole: boolean }>(sql`SELECT
    (SELECT count(*) FROM ${records}) = (SELECT count(*) FROM ${affected(feed.index)}) + (SELECT count(*) FROM ${both})
    AND (SELECT count(*) FROM ${rows}) = (SELECT count(*) FROM ${stale(feed.index)}) + (SELECT count(*) FROM ${both}) AS whole`);
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
