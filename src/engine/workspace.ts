import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { FifoStore } from './fifo.js';
import { KnownTables } from './known-tables.js';
import { holdSign } from './sign-of-life.js';
import { demandFolder, explainWorkspaceError, refuseWithoutDuckDb } from './workspace-errors.js';

export interface WorkspaceOptions {
  /** Folder for spill files and pipes; made if absent, removed on close. */
  dir: string;
  /** Folders that SQL may read, beside `dir`. */
  readable?: readonly string[];
  /** DuckDB's memory limit in MB; a quarter of the machine, 800 at the most, unless told. Beyond it spills to `dir`. */
  memoryMb?: number | undefined;
  /** All cores of the machine unless told. */
  threads?: number | undefined;
}

/** Held as long as somebody works in the folder. */
export const signOfWorkspace = (dir: string) => join(dir, 'alive');

/** How long a statement that was told to stop may take to do so; after that it is left alone. */
const PATIENCE_MS = 30_000;

function settingsOf(dir: string, { memoryMb, threads }: WorkspaceOptions): Record<string, string> {
  const memory = memoryMb ?? Math.max(512, Math.min(800, Math.floor(totalmem() / 4 / 1048576)));
  return {
    threads: String(threads ?? availableParallelism()),
    memory_limit: `${memory}MB`,
    temp_directory: dir,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    // What lives in memory for one run is not worth being tidied up.
    checkpoint_threshold: '1TB',
  };
}

/** The DuckDB database in which one run works: in memory, spilling to its folder, closed to the world outside. */
export class Workspace {
  private stopped = false;
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly tables = new KnownTables();

  private constructor(
    readonly dir: string,
    /** Pipes in its folder, through which rows and bytes come and go. */
    readonly fifos: FifoStore,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    /** Rows leave by a connection of their own, so that they can while the next step is at work. */
    private readonly outlet: DuckDBConnection,
    private readonly beside: DuckDBConnection,
    private readonly sign: number | undefined,
  ) {}

  /**
   * Errors: PAM-WRK-004 where there is no DuckDB, PAM-WRK-001 and PAM-WRK-003 where there is no room or memory, here and
   * in all that follows; PAM-WRK-005 where the folder is removed meanwhile.
   */
  static async open(options: WorkspaceOptions): Promise<Workspace> {
    // Loaded by whoever needs it: a command that only asks PostgreSQL starts a fifth of a second sooner.
    const { DuckDBInstance } = await import('@duckdb/node-api').catch(refuseWithoutDuckDb);
    const dir = resolve(options.dir);
    const fifos = new FifoStore(dir);
    let sign: number | undefined;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      sign = holdSign(signOfWorkspace(dir));
      await fifos.prepare();
    } catch (error) {
      throw explainWorkspaceError(error, dir);
    }
    try {
      const instance = await DuckDBInstance.create(':memory:', settingsOf(dir, options));
      const workspace = new Workspace(
        dir,
        fifos,
        instance,
        await instance.connect(),
        await instance.connect(),
        await instance.connect(),
        sign,
      );
      await workspace.run(sql`SET TimeZone = 'UTC'`);
      await workspace.harden([dir, ...(options.readable ?? []).map((path) => resolve(path))]);
      return workspace;
    } catch (error) {
      rmSync(dir, { recursive: true, force: true });
      if (sign !== undefined) closeSync(sign);
      throw explainWorkspaceError(error, dir);
    }
  }

  /** From here on SQL reaches only the given places, and cannot open itself further. */
  private async harden(paths: readonly string[]): Promise<void> {
    await this.run(sql`SET allowed_directories = [${joined([...new Set(paths)].map(literal))}]`);
    await this.run(sql`SET enable_external_access = false`);
    await this.run(sql`SET lock_configuration = true`);
  }

  /** From here on every statement fails, those under way as well. */
  stop(): void {
    this.stopped = true;
    for (const each of [this.connection, this.outlet, this.beside]) each.interrupt();
  }

  async run(statement: Sql): Promise<void> {
    await this.change(this.connection, statement);
  }

  /** Runs a statement, and gives the number of rows that it made, brought or took away. */
  async insert(statement: Sql): Promise<number> {
    return this.change(this.connection, statement);
  }

  /** Runs a statement on a third connection, while other steps are at work. Sees no temporary tables. */
  async aside(statement: Sql): Promise<void> {
    await this.change(this.beside, statement);
  }

  private async change(connection: DuckDBConnection, statement: Sql): Promise<number> {
    try {
      const rows = await this.roomy(async () => {
        const result = await connection.run(statement);
        // Of a table that is made of a query the number of rows stands in the result alone.
        const [made] = (await result.fetchChunk())?.getRows()[0] ?? [];
        return typeof made === 'bigint' ? Number(made) : result.rowsChanged;
      });
      this.tables.heed(statement, rows);
      return rows;
    } catch (error) {
      this.tables.forgetSizes();
      throw error;
    }
  }

  /** How many rows a table has: asked once, until a statement changes it. */
  async size(table: Sql): Promise<number> {
    const known = this.tables.sizeOf(table);
    if (known !== undefined) return known;
    const { age } = this.tables;
    const size = await this.count(sql`SELECT count(*) FROM ${table}`);
    this.tables.note(table, size, age);
    return size;
  }

  /** All rows of a small result, as plain objects: BIGINT as number, decimals, dates and huge integers as text. */
  async rows<Row extends object>(query: Sql): Promise<Row[]> {
    const reader = await this.roomy(() => this.connection.runAndReadAll(query));
    const names = reader.columnNames();
    const whole = names.filter((_, i) => reader.columnType(i).toString() === 'BIGINT');
    return reader.getRowObjectsJson().map((row) => {
      for (const name of whole) if (row[name] !== null) row[name] = Number(row[name]);
      return row as unknown as Row;
    });
  }

  /** The first row of a small result. */
  async row<Row extends object>(query: Sql): Promise<Row> {
    const [row] = await this.rows<Row>(query);
    if (row === undefined) throw new RangeError('the query gave no row');
    return row;
  }

  /** The number in the first column of the first row. */
  async count(query: Sql): Promise<number> {
    const [value] = Object.values(await this.row<Record<string, unknown>>(query));
    return Number(value);
  }

  /**
   * Writes a query's rows as CSV without a header, NULL as nothing and '' as "". Gives the number of rows. Sees no
   * temporary tables: those are a connection's own.
   */
  async copyToFile(query: Sql, path: string): Promise<number> {
    const copy = sql`COPY (${query}) TO ${literal(path)} (FORMAT csv, HEADER false, NULL '')`;
    const result = await this.roomy(() => this.outlet.runAndReadAll(copy));
    return Number(result.getRowsJson()[0]?.[0] ?? 0);
  }

  private async roomy<T>(work: () => Promise<T>): Promise<T> {
    if (this.stopped) throw new Error('the workspace was stopped');
    const working = work();
    this.underWay.add(working);
    try {
      return await working;
    } catch (error) {
      demandFolder(this.dir, error);
      throw explainWorkspaceError(error, this.dir);
    } finally {
      this.underWay.delete(working);
    }
  }

  /** Whether a table or view was made here. */
  exists(table: string): boolean {
    return this.tables.kindOf(ident(table)) !== undefined;
  }

  /** Makes a table, or a view, of a query, whichever of the two was made under that name before. */
  async make(kind: 'table' | 'view', name: Sql, query: Sql): Promise<void> {
    const [own, other] = kind === 'table' ? [sql`TABLE`, sql`VIEW`] : [sql`VIEW`, sql`TABLE`];
    const before = this.tables.kindOf(name);
    if (before !== undefined && before !== kind) await this.run(sql`DROP ${other} ${name}`);
    await this.run(sql`CREATE OR REPLACE ${own} ${name} AS ${query}`);
  }

  async drop(...tables: string[]): Promise<void> {
    for (const table of tables)
      if (this.exists(table)) await this.run(sql`DROP TABLE IF EXISTS ${ident(table)}`);
  }

  /**
   * Stops what is still under way, as where a step failed beside another, and waits for it: a connection that is closed
   * beneath a statement locks the thread that works on it for ever, and the program would not end.
   */
  async close(): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    // One that only waits for a thread does not hear that it shall stop.
    while (this.underWay.size > 0 && Date.now() < until) {
      this.stop();
      await pause(10);
    }
    if (this.underWay.size === 0)
      for (const each of [this.beside, this.outlet, this.connection, this.instance]) each.closeSync();
    rmSync(this.dir, { recursive: true, force: true });
    if (this.sign !== undefined) closeSync(this.sign);
  }
}
