import { CellReader } from './cell-reader.js';
import type { OpenedWorkbook } from './open-workbook.js';
import { columnOf, holdsSomething, SheetScanner } from './sheet-scanner.js';
import type { Sheet } from './workbook.js';
import { textOfPart, wellFormed } from './xml-part.js';

/** A row among the first ones of a sheet: its texts by column, from 0. */
export interface HeadRow {
  number: number;
  texts: Map<number, string>;
}

/** The first rows of a sheet in which anything stands, at most `most` of them. Errors: those of reading a part. */
export async function headOf(opened: OpenedWorkbook, sheet: Sheet, most: number): Promise<HeadRow[]> {
  const { archive, file, workbook, strings } = opened;
  const reader = new CellReader(file, workbook, strings);
  const rows: HeadRow[] = [];
  const scanner = new SheetScanner(({ number, cells, length }) => {
    if (rows.length === most) return;
    const texts = new Map<number, string>();
    let any = false;
    for (const cell of cells.slice(0, length)) {
      any ||= holdsSomething(cell, strings);
      const text = reader.textOf(cell, reader.kindOf(cell));
      if (text !== null && text !== '') texts.set(cell.column, text);
    }
    if (any) rows.push({ number, texts });
  });
  for await (const text of textOfPart(archive, file, sheet.part)) {
    wellFormed(file, sheet.part, () => scanner.write(text));
    if (rows.length === most) return rows;
  }
  wellFormed(file, sheet.part, () => scanner.end());
  return rows;
}

/** A block of cells that are shown as one: rows from 1, columns from 0, ends included. */
export interface Block {
  rows: [number, number];
  columns: [number, number];
}

const MERGED = /<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']/g;

/** The merged cells that begin in the given rows. They are listed behind all rows of a sheet. */
export async function mergedIn(
  { archive, file }: OpenedWorkbook,
  sheet: Sheet,
  rows: readonly number[],
): Promise<Block[]> {
  const blocks: Block[] = [];
  let rest = '';
  for await (const text of textOfPart(archive, file, sheet.part)) {
    const input = rest + text;
    for (const [, left = '', top, right = '', bottom] of input.matchAll(MERGED)) {
      if (!rows.includes(Number(top))) continue;
      blocks.push({ rows: [Number(top), Number(bottom)], columns: [columnOf(left), columnOf(right)] });
    }
    // What may be the beginning of a tag is looked at again; a whole tag never is.
    rest = input.slice(Math.max(input.lastIndexOf('<'), input.length - 200, 0));
    if (rest.includes('>')) rest = '';
  }
  return blocks;
}
