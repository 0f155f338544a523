import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { PamojaError } from '../kernel/errors.js';
import { withoutSecrets } from '../kernel/log.js';
import { joined, type Sql, sql } from '../kernel/sql.js';
import { explainConnectionError, speaksNoTls } from './connection-errors.js';
import { explainConstraintError } from './constraint-errors.js';
import { isLocal, prefersTls, withLibpqTls } from './tls-of-url.js';

// Numbers that fit are numbers, everything exact stays text: 20 = int8, 1700 = numeric, 1082 = date, 1184 = timestamptz.
const SETTINGS = joined(
  [
    sql`SET LOCAL DateStyle = 'ISO, YMD'`,
    sql`SET LOCAL IntervalStyle = 'postgres'`,
    sql`SET LOCAL TimeZone = 'UTC'`,
    sql`SET LOCAL standard_conforming_strings = on`,
    sql`SET LOCAL statement_timeout = 0`,
    sql`SET LOCAL lock_timeout = '30s'`,
    sql`SET LOCAL idle_in_transaction_session_timeout = 0`,
    // A client that is gone shall not keep its locks: neither at the end of a dead line, nor behind a long statement.
    sql`SET LOCAL tcp_keepalives_idle = 30`,
    sql`SET LOCAL tcp_keepalives_interval = 10`,
    sql`SET LOCAL tcp_keepalives_count = 3`,
    sql`SELECT set_config(name, '2s', true) FROM pg_settings
      WHERE name = 'client_connection_check_interval' AND version() LIKE '%linux%'`,
    // Only PostgreSQL 17 and later know it.
    sql`SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'`,
  ],
  '; ',
);

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 20) return (value: string) => Number(value);
    if (oid === 1082 || oid === 1114 || oid === 1184) return (value: string) => value;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/** What a query gave, as the server wrote it. */
export interface TextTable {
  columns: { name: string; typeId: number }[];
  rows: (string | null)[][];
}

/** One connection to PostgreSQL. Nothing it sets outlives a transaction, so it works through a transaction pooler. */
export class Postgres {
  private lost: Error | undefined;

  private constructor(
    private readonly client: pg.Client,
    /** Host, port and database, fit to be shown. */
    readonly place: string,
    /** Whether the server is on this machine. */
    readonly isLocal: boolean,
  ) {}

  /**
   * Like psql, encrypts where the server can, unless the URL's `sslmode` says otherwise or the server is local.
   * Errors: PAM-DB-001 unreachable, PAM-DB-002 refused; both in plain words.
   */
  static async connect(url: string): Promise<Postgres> {
    if (!prefersTls(url)) return await Postgres.connectOnce(url, withLibpqTls(url));
    try {
      return await Postgres.connectOnce(url, withLibpqTls(url, 'require'));
    } catch (error) {
      if (!speaksNoTls((error as Error).cause)) throw error;
      return await Postgres.connectOnce(url, withLibpqTls(url, 'disable'));
    }
  }

  private static async connectOnce(url: string, connectionString: string): Promise<Postgres> {
    const place = placeOf(url);
    const client = newClient(connectionString, place);
    const connection = new Postgres(client, place, isLocal(url));
    client.on('error', (error) => {
      connection.lost = error;
    });
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => {});
      throw explainConnectionError(error, place);
    }
    return connection;
  }

  /** Whether what is sent is encrypted on the way to the server or its pooler. */
  get encrypted(): boolean {
    return socketOf(this.client)?.encrypted === true;
  }

  /** The process number that the server named when it greeted us; a pooler names one that it made up. */
  get greetedPid(): number | undefined {
    return (this.client as unknown as { processID?: number | null }).processID ?? undefined;
  }

  async query<Row extends object>(statement: Sql, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const result = await this.client.query(statement as string, values as unknown[]);
      return result.rows as Row[];
    } catch (error) {
      throw this.explained(error);
    }
  }

  async run(statement: Sql, values: readonly unknown[] = []): Promise<void> {
    await this.query(statement, values);
  }

  /**
   * Rows as they stand, with names and types of the columns; values are the server's own texts. The statement goes by
   * the extended protocol, which takes one statement and refuses a second one behind a semicolon.
   */
  async table(statement: Sql, values: readonly unknown[] = []): Promise<TextTable> {
    const query = { text: statement as string, values: [...values], rowMode: 'array' as const };
    try {
      const result = await this.client.query<(string | null)[]>({
        ...query,
        types: { getTypeParser: () => (value: string) => value },
        queryMode: 'extended',
      } as pg.QueryArrayConfig);
      const columns = result.fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID }));
      return { columns, rows: result.rows };
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** Rows that a data-changing statement touched. */
  async execute(statement: Sql, values: readonly unknown[] = []): Promise<number> {
    try {
      return (await this.client.query(statement as string, values as unknown[])).rowCount ?? 0;
    } catch (error) {
      throw this.explained(error);
    }
  }

  async row<Row extends object>(statement: Sql, values: readonly unknown[] = []): Promise<Row> {
    const [row] = await this.query<Row>(statement, values);
    if (row === undefined) throw new RangeError('the query gave no row');
    return row;
  }

  /**
   * Runs `work` in one transaction: COMMIT where it returns, ROLLBACK where it throws. What a role or database sets
   * about dates, zones, isolation and limits does not reach into it. Where the reply to COMMIT is lost, `settle` finds
   * out whether it was done. Errors: PAM-DB-006 where the connection broke, PAM-DB-009 where another transaction keeps
   * a lock.
   */
  async transaction<T>(
    work: () => Promise<T>,
    begin: Sql = sql`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE`,
    settle?: () => Promise<boolean>,
  ): Promise<T> {
    await this.run(sql`${begin}; ${SETTINGS}`);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => {});
      throw error;
    }
    await this.commit(settle);
    return result;
  }

  private async commit(settle?: () => Promise<boolean>): Promise<void> {
    // What broke before COMMIT was sent is undone for certain.
    if (this.lost !== undefined) throw this.explained(this.lost);
    let done: string;
    try {
      done = (await this.client.query('COMMIT')).command;
    } catch (error) {
      const told = this.explained(error);
      if (settle === undefined || (told as Partial<PamojaError>).code !== 'PAM-DB-006') throw told;
      if (await settle()) return;
      throw new PamojaError('PAM-DB-006', 'The connection broke during COMMIT, and nothing was published.', {
        where: this.place,
        next: 'Run again.',
        cause: error,
      });
    }
    // PostgreSQL answers so, without an error, where a statement had failed before.
    if (done === 'ROLLBACK')
      throw new PamojaError('PAM-DB-005', 'PostgreSQL undid the transaction.', { where: this.place });
  }

  /** Whether the connection is gone; nothing can be asked of it any more. */
  get broken(): boolean {
    return this.lost !== undefined;
  }

  /** Sends bytes to a `COPY … FROM STDIN`; gives the number of rows that PostgreSQL took. */
  async copyIn(statement: Sql, bytes: Readable): Promise<number> {
    const stream = this.client.query(copyFrom(statement as string));
    try {
      await pipeline(bytes, stream);
    } catch (error) {
      throw this.explained(error);
    }
    return stream.rowCount;
  }

  /** The bytes of a `COPY … TO STDOUT`. */
  copyOut(statement: Sql): Readable {
    return this.client.query(copyTo(statement as string));
  }

  async close(): Promise<void> {
    // A server that went silent never says goodbye.
    const silence = setTimeout(() => socketOf(this.client)?.destroy(), 3000);
    await this.client.end().catch(() => {});
    clearTimeout(silence);
  }

  /** An error of PostgreSQL as one for a person, without values of rows; any other as it is. */
  explained(error: unknown): unknown {
    if (error instanceof PamojaError) return error;
    const constraint = explainConstraintError(error, this.place);
    if (constraint !== undefined) return constraint;
    const { code, message, severity } = error as { code?: string; message?: string; severity?: string };
    const ended = severity === 'FATAL' || severity === 'PANIC';
    if (ended || this.lost !== undefined || code === undefined || /^(08|57P0|E[A-Z]+$)/.test(code)) {
      return new PamojaError('PAM-DB-006', `The connection broke: ${withoutSecrets(String(message))}.`, {
        where: this.place,
        next: 'Nothing was published unless a run says so. Run again.',
        cause: error,
      });
    }
    if (code === '55P03' || code === '40P01') {
      return new PamojaError('PAM-DB-009', 'Another transaction keeps a table locked.', {
        where: this.place,
        next: 'Nothing was published. Run again when it has ended.',
        cause: error,
      });
    }
    if (code === '42501') {
      return new PamojaError('PAM-DB-003', `A right is missing: ${message}.`, {
        where: this.place,
        next: 'Run: pamoja doctor',
        cause: error,
      });
    }
    // Of an error in data (class 22) the message repeats the value of a row, and `detail` does of many others.
    const said = code.startsWith('22') ? 'a value does not fit its column' : message;
    return new PamojaError('PAM-DB-005', `PostgreSQL refused a statement (${code}): ${said}.`, {
      where: this.place,
      cause: error,
      // Class 53: no room on the disk, no memory, no connection left.
      ...(code.startsWith('53')
        ? { next: 'Nothing was published. Make room on the server, then run again.' }
        : {}),
    });
  }
}

function socketOf(client: pg.Client): { encrypted?: boolean; destroy(): void } | undefined {
  const { connection } = client as unknown as { connection?: { stream?: ReturnType<typeof socketOf> } };
  return connection?.stream;
}

/** Errors: PAM-DB-001 where a certificate file that the URL names cannot be read. */
function newClient(connectionString: string, place: string): pg.Client {
  try {
    return new pg.Client({
      connectionString,
      types: types as pg.CustomTypesConfig,
      application_name: 'pamoja',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    });
  } catch (error) {
    throw explainConnectionError(error, place);
  }
}

/** Host, port and database of a URL, without its user and password. */
export function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    const host = hostname || searchParams.get('host') || 'localhost';
    return `${decodeURIComponent(host)}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    return 'the database URL';
  }
}
