import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { PamojaError } from '../kernel/errors.js';
import { type Sql, sql } from '../kernel/sql.js';
import { askBeside, socketOf } from './ask-beside.js';
import { explainConnectionError, speaksNoTls } from './connection-errors.js';
import { placeOf } from './place-of-url.js';
import { beginning, valueTypes, withoutLimits } from './session-settings.js';
import { SilenceWatch } from './silence-watch.js';
import { explainStatementError } from './statement-errors.js';
import { isLocal, prefersTls, withLibpqTls } from './tls-of-url.js';

/** What a query gave, as the server wrote it. */
export interface TextTable {
  columns: { name: string; typeId: number }[];
  rows: (string | null)[][];
}

/** One connection to PostgreSQL. Nothing it sets outlives a transaction, so it works through a transaction pooler. */
export class Postgres {
  private lost: Error | undefined;
  /** The process that serves the open transaction. */
  private backend: number | undefined;
  /** The process that serves everything, where no pooler is between. */
  private ownBackend: number | undefined;
  /** What is under way, each saying whether the server is awaited just now. */
  private readonly underWay = new Set<() => boolean>();
  private readonly watch: SilenceWatch;

  private constructor(
    private readonly client: pg.Client,
    connectionString: string,
    /** Host, port and database, fit to be shown. */
    readonly place: string,
    /** Whether the server is on this machine. */
    readonly isLocal: boolean,
  ) {
    this.watch = new SilenceWatch({
      moved: () => movedBy(client),
      awaited: () => [...this.underWay].some((awaited) => awaited()),
      ask: async (stopped) =>
        askBeside(newClient(connectionString, place), this.backend ?? this.ownBackend, stopped),
      giveUp: (seconds) =>
        socketOf(client)?.destroy(new Error(`the server has said nothing for ${seconds} seconds`)),
    });
  }

  /**
   * Like psql, encrypts where the server can, unless the URL's `sslmode` says otherwise or the server is local.
   * It is abandoned once `signal` says so. Errors: PAM-DB-001 unreachable, PAM-DB-002 refused; both in plain words.
   */
  static async connect(url: string, signal?: AbortSignal): Promise<Postgres> {
    if (!prefersTls(url)) return await Postgres.connectOnce(url, withLibpqTls(url), signal);
    try {
      return await Postgres.connectOnce(url, withLibpqTls(url, 'require'), signal);
    } catch (error) {
      if (!speaksNoTls((error as Error).cause)) throw error;
      return await Postgres.connectOnce(url, withLibpqTls(url, 'disable'), signal);
    }
  }

  private static async connectOnce(
    url: string,
    connectionString: string,
    signal?: AbortSignal,
  ): Promise<Postgres> {
    signal?.throwIfAborted();
    const place = placeOf(url);
    const client = newClient(connectionString, place);
    const connection = new Postgres(client, connectionString, place, isLocal(url));
    client.on('error', (error) => {
      connection.lost ??= error;
    });
    signal?.addEventListener('abort', () => connection.abandon());
    try {
      await client.connect();
      await client.query(withoutLimits(connection.greetedPid) as string).catch(() => {});
    } catch (error) {
      await connection.close();
      throw explainConnectionError(error, place);
    }
    return connection;
  }

  /** Waits for work of which the server's part is watched for silence. */
  private async watched<T>(work: Promise<T>, awaited: () => boolean = () => true): Promise<T> {
    this.underWay.add(awaited);
    try {
      return await work;
    } finally {
      this.underWay.delete(awaited);
    }
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
      const result = await this.watched(this.client.query(statement as string, values as unknown[]));
      return result.rows as Row[];
    } catch (error) {
      throw this.explained(error);
    }
  }

  async run(statement: Sql, values: readonly unknown[] = []): Promise<void> {
    await this.query(statement, values);
  }

  /**
   * Rows with names and types of the columns; values are the server's own texts. The extended protocol, by which it
   * goes, refuses a second statement.
   */
  async table(statement: Sql, values: readonly unknown[] = []): Promise<TextTable> {
    try {
      const asked = this.client.query<(string | null)[]>({
        text: statement as string,
        values: [...values],
        rowMode: 'array',
        types: { getTypeParser: () => (value: string) => value },
        queryMode: 'extended',
      } as pg.QueryArrayConfig);
      const { fields, rows } = await this.watched(asked);
      return { columns: fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID })), rows };
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** Rows that a data-changing statement touched. */
  async execute(statement: Sql, values: readonly unknown[] = []): Promise<number> {
    try {
      return (await this.watched(this.client.query(statement as string, values as unknown[]))).rowCount ?? 0;
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
   * out whether it was done. Errors: PAM-DB-006 where the connection broke, PAM-DB-009 where another keeps a lock.
   */
  async transaction<T>(
    work: () => Promise<T>,
    begin: Sql = sql`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE`,
    settle?: () => Promise<boolean>,
  ): Promise<T> {
    await this.begin(begin);
    try {
      let result: T;
      try {
        result = await work();
      } catch (error) {
        await this.watched(this.client.query('ROLLBACK')).catch(() => {});
        throw error;
      }
      await this.commit(settle);
      return result;
    } finally {
      this.backend = undefined;
    }
  }

  private async begin(begin: Sql): Promise<void> {
    try {
      const results = await this.watched(this.client.query(beginning(begin) as string));
      const last = (results as unknown as pg.QueryResult<{ pid: number }>[]).at(-1);
      this.backend = last?.rows[0]?.pid;
      if (this.backend === this.greetedPid) this.ownBackend = this.backend;
    } catch (error) {
      throw this.explained(error);
    }
  }

  private async commit(settle?: () => Promise<boolean>): Promise<void> {
    // What broke before COMMIT was sent is undone for certain.
    if (this.lost !== undefined) throw this.explained(this.lost);
    let done: string;
    try {
      done = (await this.watched(this.client.query('COMMIT'))).command;
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
      // As long as more is to come and all of it is sent, it is not the server that is waited for. The stream is corked
      // until the server is ready for the first of it.
      const unsent = () => stream.writableCorked > 0 || (socketOf(this.client)?.writableLength ?? 0) > 0;
      const awaited = () => bytes.readableEnded || unsent();
      await this.watched(pipeline(bytes, stream), awaited);
    } catch (error) {
      throw this.explained(error);
    }
    return stream.rowCount;
  }

  /** The bytes of a `COPY … TO STDOUT`. */
  copyOut(statement: Sql): Readable {
    const bytes = copyTo(statement as string);
    // It only says that it failed: who begins to read afterwards would wait for ever.
    bytes.on('error', (error) => bytes.destroy(error));
    // The server is waited for where somebody has asked for more and nothing came since: else nobody takes from the line.
    let asked = false;
    const { _read: read, push } = bytes;
    bytes._read = (size) => {
      asked = true;
      read.call(bytes, size);
    };
    bytes.push = (chunk, encoding) => {
      asked = false;
      return push.call(bytes, chunk, encoding);
    };
    this.client.query(bytes);
    this.watched(finished(bytes), () => asked).catch(() => {});
    return bytes;
  }

  /** Breaks the connection: what is under way fails, and is undone. */
  abandon(): void {
    socketOf(this.client)?.destroy(new Error('the connection was given up'));
  }

  async close(): Promise<void> {
    this.watch.stop();
    // A server that went silent never says goodbye.
    const silence = setTimeout(() => socketOf(this.client)?.destroy(), 3000);
    await this.client.end().catch(() => {});
    clearTimeout(silence);
  }

  /** An error of PostgreSQL as one for a person, without values of rows; any other as it is. */
  explained(error: unknown): unknown {
    return explainStatementError(error, this.place, this.lost);
  }
}

/** Bytes that came and went; a large piece goes little by little, which only the handle beneath can tell. */
function movedBy(client: pg.Client): number {
  const socket = socketOf(client) as (Socket & { _handle?: { writeQueueSize?: number } | null }) | undefined;
  if (socket === undefined) return 0;
  const unsent = socket._handle?.writeQueueSize ?? socket.writableLength;
  return socket.bytesRead + socket.bytesWritten - unsent;
}

/** Errors: PAM-DB-001 where a certificate file that the URL names cannot be read. */
function newClient(connectionString: string, place: string): pg.Client {
  try {
    return new pg.Client({
      connectionString,
      types: valueTypes as pg.CustomTypesConfig,
      application_name: 'pamoja',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    });
  } catch (error) {
    throw explainConnectionError(error, place);
  }
}
