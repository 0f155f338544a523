import { CellReader } from './cell-reader.js';
import { type Block, blockOf } from './merged-cells.js';
import type { OpenedWorkbook } from './open-workbook.js';
import { holdsSomething, SheetScanner } from './sheet-scanner.js';
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

const MERGED = /<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([^"']*)["']/g;

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
    for (const [, ref = ''] of input.matchAll(MERGED)) {
      const block = blockOf(ref);
      if (block !== undefined && rows.includes(block.rows[0])) blocks.push(block);
    }
    // What may be the beginning of a tag is looked at again; a whole tag never is.
    rest = input.slice(Math.max(input.lastIndexOf('<'), input.length - 200, 0));
    if (rest.includes('>')) rest = '';
  }
  return blocks;
}
