import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';
import { parseProject } from '../../src/config/read-config.js';
import type { Postgres } from '../../src/engine/postgres.js';
import { sql } from '../../src/kernel/sql.js';
import type { Project, ProjectConfig } from '../../src/model/config.js';
import type { RunOptions, RunResult } from '../../src/pipeline/run-options.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { openTestDatabase, type TestDatabase } from './postgres-server.js';

/** Real data beside the project; absent on a laptop, and tests that need it skip there. */
export const DATA = resolve(import.meta.dirname, '../../../shared/data');

export function hasData(path: string): boolean {
  return existsSync(join(DATA, path));
}

export interface TestProject {
  root: string;
  database: TestDatabase;
  /** Writes files into the project's folder. */
  write(files: Record<string, string | Buffer>): void;
  project(config: ProjectConfig): Project;
  run(config: ProjectConfig, options?: RunOptions): Promise<RunResult>;
  /** The files of the shop, and all that a first run of it leaves in folder and database: done once, copied by each. */
  ranShop(): Promise<void>;
  /** Rows of a query on the database. */
  query<Row extends object>(text: string): Promise<Row[]>;
  /**
   * Waits until all transactions have ended that are under way on the server, those of other tests too. As long as one
   * goes on, a run cannot tell whether it saw what others wrote.
   */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** A project in a temporary folder, with an empty database of its own. */
export async function openTestProject(server?: string): Promise<TestProject> {
  const root = mkdtempSync(join(tmpdir(), 'pamoja-project-'));
  const database = await openTestDatabase(server);
  let opened: Promise<Postgres> | undefined;
  // Nobody may be connected to a database that is written over.
  const connection = () => (opened ??= database.connect());
  // Small files are read by one core as fast, and tests run side by side.
  const project = (config: ProjectConfig) => parseProject({ threads: 1, ...config }, root);
  return {
    root,
    database,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(root, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
      }
    },
    project,
    run: (config, options = {}) =>
      runProject(project(config), { env: { DATABASE_URL: database.url }, ...options }),
    async ranShop() {
      const { database: template, folder } = inject('shop');
      await database.writeOver(template);
      cpSync(folder, root, { recursive: true, preserveTimestamps: true });
    },
    query: async (text) => (await connection()).query(text as never),
    async settled() {
      const postgres = await connection();
      const { now } = await postgres.row<{ now: string }>(sql`SELECT pg_current_xact_id()::text AS now`);
      const ended = sql`SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS ended`;
      while (!(await postgres.row<{ ended: boolean }>(ended, [now])).ended) await setTimeout(20);
    },
    async close() {
      await database.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The rows created, updated and deleted in all entities together. */
export function changed(result: RunResult): { created: number; updated: number; deleted: number } {
  const outcomes = Object.values(result.entities);
  const sum = (key: 'created' | 'updated' | 'deleted') => outcomes.reduce((all, each) => all + each[key], 0);
  return { created: sum('created'), updated: sum('updated'), deleted: sum('deleted') };
}
