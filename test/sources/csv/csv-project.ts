import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Workspace } from '../../../src/engine/workspace.js';
import { silent } from '../../../src/kernel/log.js';
import { ident, joined, sql } from '../../../src/kernel/sql.js';
import type { Source } from '../../../src/model/config.js';
import { csvReader } from '../../../src/sources/csv/csv-reader.js';
import type { ReadResult } from '../../../src/sources/source-reader.js';

export type Torn = { ordinal: number; line: number; rule: string; reason: string; raw: string | null };

/** What a read gave, as plain values. */
export interface Read {
  result: ReadResult;
  rows: (string | null)[][];
  ordinals: number[];
  torn: Torn[];
}

/** A project in a temporary folder, whose only source is CSV. */
export class CsvProject {
  private constructor(
    readonly root: string,
    readonly workspace: Workspace,
  ) {}

  static async open(): Promise<CsvProject> {
    const root = mkdtempSync(join(tmpdir(), 'pamoja-csv-'));
    const workspace = await Workspace.open({ dir: join(root, '.work'), readable: [root], memoryMb: 1024 });
    return new CsvProject(root, workspace);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  source(more: Partial<Source> = {}): Source {
    return {
      name: 'crm',
      type: 'csv',
      path: ['data.csv'],
      delivery: 'snapshot',
      vanished: 'keep',
      priority: 1,
      nulls: [],
      decimal: '.',
      timezone: 'Africa/Nairobi',
      currency: 'KES',
      country: 'KE',
      feeds: [],
      ...more,
    };
  }

  context(progress?: (read: number, total: number) => void) {
    return { workspace: this.workspace, log: silent, root: this.root, ...(progress && { progress }) };
  }

  async read(columns: string[], more: Partial<Source> = {}): Promise<Read> {
    const result = await csvReader.read(this.context(), this.source(more), [{ each: undefined, columns }]);
    const table = ident(result.raw[0]!.table);
    const places = joined([sql`_ordinal`, ...columns.map((c) => ident(c))]);
    const records = await this.workspace.rows<Record<string, string | null>>(
      sql`SELECT ${places} FROM ${table} ORDER BY rowid`,
    );
    const torn = await this.workspace.rows<Torn>(
      sql`SELECT _ordinal AS ordinal, _line AS line, rule, reason, raw FROM ${ident(result.torn)} ORDER BY _file, _ordinal`,
    );
    return {
      result,
      rows: records.map((record) => columns.map((c) => record[c] ?? null)),
      ordinals: records.map((record) => Number(record._ordinal)),
      torn,
    };
  }

  /** Physical lines of all records that were read. */
  async lines({ result }: Read): Promise<number[]> {
    await result.locate(0, result.raw[0]!.table, 'located');
    const rows = await this.workspace.rows<{ _line: number }>(
      sql`SELECT _line FROM located ORDER BY _file, _ordinal`,
    );
    return rows.map((row) => row._line);
  }

  close(): void {
    this.workspace.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
