import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ident, joined, sql } from '../kernel/sql.js';
import type { Making } from './making.js';
import { copiesOf, type OutFile, type SheetFormat } from './out-file.js';

/** Rows that are held at a time. */
const ROWS_AT_A_TIME = 5000;
/** The record above which the list breaks off for a blank row, as lists that people keep do. */
const BLANK_AFTER = 12;
const ROWS = 'sheet_rows';

type Cell = string | number | Date | null;
type Row = Record<string, string | number | null>;

/** Writes a workbook as people keep one: titles, the header, the records with a blank row among them, and their total. */
export async function writeSheet(
  making: Making,
  file: OutFile,
  format: SheetFormat,
  path: string,
): Promise<void> {
  const { writeXlsxStream } = await import('hucre/xlsx');
  const { workspace } = making;
  const columns = joined(file.columns.map((column) => ident(column)));
  await workspace.run(sql`CREATE TEMP TABLE ${ident(ROWS)} AS
    SELECT row_number() OVER (ORDER BY pos, copy) AS row, ${columns} FROM (${copiesOf(making, file)})`);
  const bytes = writeXlsxStream(sheetRows(making, file, format), {
    name: format.sheet,
    columns: file.columns.map((name) => ({
      width: Math.max(12, name.length + 4),
      ...numberFormat(format, name),
    })),
    freezePane: { rows: format.titles.length + 1 },
  });
  await pipeline(Readable.fromWeb(bytes as ReadableStream), createWriteStream(path));
  await workspace.drop(ROWS);
}

function numberFormat({ types }: SheetFormat, column: string): { numFmt?: string } {
  if (types[column] === 'date') return { numFmt: 'dd/mm/yyyy' };
  return types[column] === 'time' ? { numFmt: 'dd/mm/yyyy hh:mm' } : {};
}

async function* sheetRows({ workspace }: Making, file: OutFile, format: SheetFormat): AsyncGenerator<Cell[]> {
  for (const title of format.titles) yield [title === '' ? null : title];
  yield [...file.columns];
  const table = ident(ROWS);
  for (let done = 0; ; done += ROWS_AT_A_TIME) {
    const rows = await workspace.rows<Row>(
      sql`SELECT * FROM ${table} WHERE row BETWEEN ${done + 1} AND ${done + ROWS_AT_A_TIME} ORDER BY row`,
    );
    for (const row of rows) {
      if (row.row === BLANK_AFTER + 1) yield [];
      yield file.columns.map((column) => cellOf(row[column] ?? null, format.types[column]));
    }
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  const sum = await workspace.count(sql`SELECT sum(${ident(format.total)}) FROM ${table}`);
  yield file.columns.map((column, i) => (i === 0 ? 'TOTAL' : column === format.total ? sum : null));
}

/** A text that is no date stays one, as a cell into which somebody typed one does. */
function cellOf(value: string | number | null, type: SheetFormat['types'][string] | undefined): Cell {
  if (value === null || value === '') return null;
  if ((type === 'date' || type === 'time') && /^\d{4}-/.test(String(value))) {
    return new Date(`${String(value).replace(' ', 'T')}${type === 'time' ? 'Z' : 'T00:00:00Z'}`);
  }
  return value;
}
