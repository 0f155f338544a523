import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { hasFifos, readFifo, removeFifo, writeFifo } from './fifo.js';
import type { Postgres } from './postgres.js';
import type { Workspace } from './workspace.js';

/**
 * Moves the rows of a DuckDB query into a PostgreSQL table, as CSV bytes that JavaScript does not look into.
 * The query's columns come in the order of `columns`. Gives the number of rows.
 * Errors: PAM-DB-005 where PostgreSQL took another number of rows than DuckDB gave.
 */
export async function copyToPostgres(
  workspace: Workspace,
  postgres: Postgres,
  query: Sql,
  table: Sql,
  columns: readonly string[],
  options: { freeze?: boolean } = {},
): Promise<number> {
  const freeze = options.freeze ? sql`, FREEZE true` : sql``;
  const into = sql`COPY ${table} (${joined(columns.map((c) => ident(c)))}) FROM STDIN (FORMAT csv${freeze})`;
  const taken = hasFifos
    ? await throughFifo(workspace, query, (bytes) => postgres.copyIn(into, bytes))
    : await throughFile(workspace, query, (bytes) => postgres.copyIn(into, bytes));
  if (taken.given !== taken.took) {
    throw new PamojaError('PAM-DB-005', `PostgreSQL took ${taken.took} rows of ${taken.given}.`, {
      where: table,
    });
  }
  return taken.took;
}

interface Moved {
  given: number;
  took: number;
}

async function throughFifo(
  workspace: Workspace,
  query: Sql,
  send: (bytes: Readable) => Promise<number>,
): Promise<Moved> {
  const path = await workspace.fifos.take();
  const { bytes, finish, drain } = readFifo(path);
  // A failing DuckDB must reach PostgreSQL as an error, never as a clean end: that would be half a table.
  const given = workspace.copyToFile(query, path).then(
    (rows) => {
      finish();
      return rows;
    },
    (error) => {
      bytes.destroy(error instanceof Error ? error : new Error(String(error)));
      finish();
      throw error;
    },
  );
  try {
    const [rows, took] = await Promise.allSettled([
      given,
      send(bytes).catch((error) => {
        drain();
        throw error;
      }),
    ]);
    if (rows.status === 'rejected' && took.status === 'fulfilled') throw rows.reason;
    if (took.status === 'rejected') throw took.reason;
    return { given: (rows as PromiseFulfilledResult<number>).value, took: took.value };
  } finally {
    removeFifo(path);
  }
}

async function throughFile(
  workspace: Workspace,
  query: Sql,
  send: (bytes: Readable) => Promise<number>,
): Promise<Moved> {
  const path = join(workspace.dir, `copy-${randomBytes(6).toString('hex')}.csv`);
  try {
    const given = await workspace.copyToFile(query, path);
    return { given, took: await send(createReadStream(path, { highWaterMark: 1 << 18 })) };
  } finally {
    rmSync(path, { force: true });
  }
}

// Without a buffer size DuckDB takes sixteen times the longest line: a gigabyte.
const LONGEST_LINE = 67_108_864;

export interface Column {
  name: string;
  /** A DuckDB type. */
  type: string;
}

/** Makes a DuckDB table of the rows of a PostgreSQL query, whose columns come in the order of `columns`. */
export async function copyFromPostgres(
  postgres: Postgres,
  workspace: Workspace,
  query: Sql,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const bytes = postgres.copyOut(sql`COPY (${query}) TO STDOUT (FORMAT csv)`);
  const path = hasFifos
    ? await workspace.fifos.take()
    : join(workspace.dir, `copy-${randomBytes(6).toString('hex')}.csv`);
  const types = joined(columns.map((c) => sql`${literal(c.name)}: ${literal(c.type)}`));
  const read = sql`CREATE OR REPLACE TABLE ${ident(table)} AS SELECT * FROM read_csv(${literal(path)},
    auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '',
    allow_quoted_nulls = false, max_line_size = ${LONGEST_LINE}, buffer_size = ${LONGEST_LINE}, columns = {${types}})`;
  try {
    if (hasFifos) {
      const { done, abandon } = writeFifo(path, bytes);
      const reading = workspace.run(read).finally(abandon);
      await Promise.all([reading, done]);
    } else {
      await pipeline(bytes, createWriteStream(path));
      await workspace.run(read);
    }
  } catch (error) {
    // Rows that DuckDB never asked for are still on the line, and whoever asks next would wait behind them for ever.
    bytes.resume();
    throw bytes.errored ? postgres.explained(bytes.errored) : explainLongLine(error, postgres);
  } finally {
    rmSync(path, { force: true });
  }
  // The pipe ends the same way whether the table did or the connection: half a table must not pass for a whole one.
  if (bytes.errored) throw postgres.explained(bytes.errored);
  if (!bytes.readableEnded) {
    throw new PamojaError('PAM-DB-006', 'The connection broke while rows were read.', {
      where: postgres.place,
      next: 'Nothing was published. Run again.',
    });
  }
}

/** What DuckDB says of a row that is too long, in plain words and without the row; any other error as it is. */
function explainLongLine(error: unknown, { place }: Postgres): unknown {
  if (!/Maximum line size of \d+ bytes exceeded/.test(messageOf(error))) return error;
  return new PamojaError(
    'PAM-DB-005',
    `A row with more than ${LONGEST_LINE >> 20} MB of text cannot be read.`,
    {
      where: place,
      next: 'Shorten its texts. Of your tables only the columns that are called like ours are read.',
      cause: error,
    },
  );
}
