import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../engine/workspace.js';
import { ident, literal, sql } from '../kernel/sql.js';

/** Makes the table of a source's candidates that could not be read as records; see `ReadResult.torn`. */
export async function makeTornTable(workspace: Workspace, table: string): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(table)} (_file INTEGER, _grain INTEGER, _ordinal BIGINT,
    _line BIGINT, rule VARCHAR, reason VARCHAR, raw VARCHAR)`);
}

/** Makes the table of records that lost a line; see `ReadResult.incomplete`. */
export async function makeIncompleteTable(workspace: Workspace, table: string): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(table)} (_grain INTEGER, rec BIGINT)`);
}

/** Torn records of one file on their way into DuckDB, on disk so that a thoroughly bad file needs no memory. */
export class TornLog {
  private readonly path: string;
  private readonly fd: number;
  private pending: string[] = [];
  private size = 0;
  count = 0;

  constructor(private readonly workspace: Workspace) {
    this.path = join(workspace.dir, `torn-${randomBytes(6).toString('hex')}.csv`);
    this.fd = openSync(this.path, 'wx', 0o600);
  }

  /** `raw` is undefined where the text may hold columns that nobody mapped. */
  add(ordinal: number, line: number, rule: string, reason: string, raw: string | undefined): void {
    const row = `${ordinal},${line},${rule},${quoted(reason)},${raw === undefined ? '' : quoted(raw)}\n`;
    this.count += 1;
    this.pending.push(row);
    this.size += row.length;
    if (this.size > 1 << 20) this.flush();
  }

  private flush(): void {
    writeSync(this.fd, this.pending.join(''));
    this.pending = [];
    this.size = 0;
  }

  /** Adds all of them to the table of torn records. */
  async insertInto(table: string, file: number): Promise<void> {
    this.flush();
    if (this.count === 0) return;
    await this.workspace.run(sql`INSERT INTO ${ident(table)}
      SELECT ${file}, 0, ordinal, line, rule, reason, raw FROM read_csv(${literal(this.path)},
        auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n',
        nullstr = '', allow_quoted_nulls = false, max_line_size = 8388608, buffer_size = 16777216,
        parallel = false, columns = {
          ordinal: 'BIGINT', line: 'BIGINT', rule: 'VARCHAR', reason: 'VARCHAR', raw: 'VARCHAR' })`);
  }

  remove(): void {
    closeSync(this.fd);
    rmSync(this.path, { force: true });
  }
}

/** A text as a CSV field; PostgreSQL takes no NUL. */
export function quoted(text: string): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', '␀') : text;
  return clean.includes('"') ? `"${clean.replaceAll('"', '""')}"` : `"${clean}"`;
}
