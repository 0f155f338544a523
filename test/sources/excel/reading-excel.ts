import type { Log } from '../../../src/kernel/log.js';
import { ident, sql } from '../../../src/kernel/sql.js';
import type { FieldMapping, Source } from '../../../src/model/config.js';
import { excelReader } from '../../../src/sources/excel/excel-reader.js';
import type { ReadResult } from '../../../src/sources/source-reader.js';
import { grain, openPlace, type Place, sourceOf } from '../json/reading-json.js';

export interface Read {
  result: ReadResult;
  rows: (string | null)[][];
  /** Physical rows of all records. */
  lines: number[];
  torn: { ordinal: number; line: number; rule: string; reason: string; raw: string }[];
  warnings: string[];
}

/** A folder with workbooks, read as the source `shop`. */
export class ExcelPlace {
  private constructor(readonly place: Place) {}

  static async open(): Promise<ExcelPlace> {
    return new ExcelPlace(await openPlace());
  }

  write(content: Uint8Array | string, name = 'a.xlsx'): void {
    this.place.write(name, content);
  }

  source(more: Partial<Source> = {}): Source {
    return sourceOf('excel', 'a.xlsx', more);
  }

  async read(columns: string[], more: Partial<Source> = {}): Promise<Read> {
    const { workspace } = this.place.context;
    const warnings: string[] = [];
    const log: Log = { step() {}, debug() {}, warn: (text) => warnings.push(text) };
    const result = await excelReader.read({ ...this.place.context, log }, this.source(more), [
      grain(columns),
    ]);
    const records = await this.place.rows('raw_shop');
    await result.locate(0, 'raw_shop', 'located');
    const located = await workspace.rows<{ _line: number }>(
      sql`SELECT _line FROM located ORDER BY _file, _ordinal`,
    );
    const torn = await workspace.rows<Read['torn'][number]>(
      sql`SELECT _ordinal AS ordinal, _line AS line, rule, reason, raw FROM ${ident(result.torn)} ORDER BY _file, _ordinal`,
    );
    return {
      result,
      rows: records.map((record) => columns.map((column) => record[column] as string | null)),
      lines: located.map((row) => row._line),
      torn,
      warnings,
    };
  }

  columns(more: Partial<Source> = {}): Promise<string[]> {
    return excelReader.columns(this.place.context, this.source(more));
  }

  close(): void {
    this.place.close();
  }
}

/** A feed of orders, for what depends on the type of a field. */
export function ordersFrom(fields: Record<string, FieldMapping>): Pick<Source, 'feeds'> {
  return {
    feeds: [{ source: 'shop', entity: 'orders', key: ['id'], each: undefined, where: undefined, fields }],
  };
}
