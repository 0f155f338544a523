import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Workspace } from '../engine/workspace.js';
import { messageOf } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { literal, sql } from '../kernel/sql.js';
import { snapshot } from '../model/tables.js';

/** Of which run a snapshot is. */
export interface SnapshotAbout {
  runId: string;
  /** The one currency of each measure of each feed, by `measureOf`. */
  currencies: Record<string, string>;
}

/**
 * Opens the snapshot of a project, a DuckDB file of hashes and ids, beside the workspace. False where another run has it,
 * or where it cannot be had at all: then every record is looked at. What cannot be read is thrown away.
 */
export async function openSnapshot(workspace: Workspace, file: string, log: Log): Promise<boolean> {
  const attach = async () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await workspace.run(sql`ATTACH ${literal(file)} AS snapshot`);
  };
  try {
    await attach();
    return true;
  } catch (error) {
    log.debug(`The snapshot cannot be opened: ${messageOf(error).split('\n')[0] ?? ''}`);
    // "Block" is the word for a part of a damaged file.
    if (/\block\b|already/i.test(messageOf(error))) return false;
  }
  try {
    for (const name of [file, `${file}.wal`]) rmSync(name, { force: true });
    await attach();
    return true;
  } catch {
    return false;
  }
}

/** Whether an error says that the open snapshot was cut or written over: what is read first may well be whole. */
export function isDamage(error: unknown): boolean {
  return /Corrupt database file|records\.duckdb|^Serialization Error/.test(messageOf(error));
}

/** Throws the open snapshot away. */
export async function discardSnapshot(workspace: Workspace, file: string): Promise<void> {
  await workspace.run(sql`DETACH snapshot`);
  for (const name of [file, `${file}.wal`]) rmSync(name, { force: true });
}

/** Of which run the open snapshot is; undefined where it is of none, or of a DuckDB that may count otherwise. */
export async function readAbout(workspace: Workspace): Promise<SnapshotAbout | undefined> {
  const there = await workspace.count(
    sql`SELECT count(*) FROM duckdb_tables() WHERE database_name = 'snapshot' AND table_name = 'about'`,
  );
  if (there === 0) return undefined;
  const [row] = await workspace.rows<{ run_id: string; currencies: string }>(
    sql`SELECT run_id, currencies FROM ${snapshot.about} WHERE engine = version()`,
  );
  if (row === undefined) return undefined;
  return { runId: row.run_id, currencies: JSON.parse(row.currencies) as Record<string, string> };
}

/** The name of a feed's measure among `currencies`. */
export function measureOf(feed: { index: number }, measure: { field: string }): string {
  return `${feed.index}.${measure.field}`;
}
