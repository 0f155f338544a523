import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasFifos, writeFifo } from '../../engine/fifo.js';
import type { Workspace } from '../../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import type { Header } from './header.js';

export type LineEnd = '\n' | '\r\n';

/** How DuckDB is to read one text. */
export interface Reading {
  header: Header;
  /** Whether the first record is the header, to be passed over. */
  skipHeader: boolean;
  lineEnd: LineEnd;
  /** Bytes of the longest record. */
  longest: number;
  parallel: boolean;
}

const MEGABYTE = 1 << 20;

/** DuckDB's table function over a CSV text of good records only; columns are called `c0`, `c1`, … by position. */
export function readCsv(path: Sql, { header, skipHeader, lineEnd, longest, parallel }: Reading): Sql {
  const { delimiter, quote } = header.dialect;
  const escaper = quote === '' ? '' : header.dialect.escape;
  const columns = header.columns.map((_, i) => sql`${literal(`c${i}`)}: 'VARCHAR'`);
  const line = Math.max(longest + 16, 2 * MEGABYTE);
  // Left alone, DuckDB takes sixteen times the longest line for a buffer: a gigabyte for one long text. A thread reads
  // a quarter of one at a time, and where that holds fewer than its 122,880 records of a row group copies them again.
  const buffer = Math.max(2 * line, 48 * MEGABYTE);
  return sql`read_csv(${path}, auto_detect = false, header = ${truth(skipHeader)},
    delim = ${literal(delimiter)}, quote = ${literal(quote)}, escape = ${literal(escaper)},
    new_line = ${literal(lineEnd === '\n' ? '\\n' : '\\r\\n')}, nullstr = '', allow_quoted_nulls = false,
    compression = 'none', hive_partitioning = false, max_line_size = ${line}, buffer_size = ${buffer},
    parallel = ${truth(parallel)}, columns = {${joined(columns)}})`;
}

function truth(value: boolean): Sql {
  return value ? sql`true` : sql`false`;
}

/** Adds the records of a text to the raw table, with the file's number, and `numbered` from 1 or without an ordinal yet. */
export function insertRecords(
  table: string,
  file: number,
  wanted: readonly string[],
  path: Sql,
  how: Reading,
  numbered: boolean,
): Sql {
  const places = wanted.map((name) => ident(`c${how.header.columns.indexOf(name)}`));
  const ordinal = numbered ? sql`row_number() OVER ()` : sql`NULL`;
  return sql`INSERT INTO ${ident(table)}
    SELECT ${joined([sql`${file}`, ordinal, ...places])} FROM ${readCsv(path, how)}`;
}

/**
 * Lets an INSERT read bytes that Node makes: through a pipe, or where the system has none through a file that is
 * gone when the statement is done. Errors of the bytes come before those that DuckDB makes of them. Gives the number of
 * rows.
 */
export async function throughPipe(
  workspace: Workspace,
  bytes: AsyncIterable<Uint8Array>,
  statement: (path: Sql) => Sql,
): Promise<number> {
  if (!hasFifos) {
    const path = join(workspace.dir, `text-${randomBytes(6).toString('hex')}.csv`);
    try {
      await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
      return await workspace.insert(statement(literal(path)));
    } finally {
      await rm(path, { force: true });
    }
  }
  const path = await workspace.fifos.take();
  try {
    const { done, abandon } = writeFifo(path, bytes);
    const [written, read] = await Promise.allSettled([
      done,
      workspace.insert(statement(literal(path))).finally(abandon),
    ]);
    if (written.status === 'rejected') throw written.reason;
    if (read.status === 'rejected') throw read.reason;
    return read.value;
  } finally {
    await rm(path, { force: true });
  }
}
