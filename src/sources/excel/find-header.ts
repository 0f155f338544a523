import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import type { Source } from '../../model/config.js';
import type { Block } from './merged-cells.js';
import type { OpenedWorkbook } from './open-workbook.js';
import { type HeadRow, headOf, mergedIn } from './sheet-head.js';
import type { Sheet } from './workbook.js';

/** Where the columns of a sheet are. */
export interface Header {
  /** Names by column from 0, without surrounding blanks; columns without a name are left out. */
  names: Map<number, string>;
  /** The last row of the names; the records follow. 0 where the names are not in the sheet. */
  lastRow: number;
}

/** Titles, addresses and logos above a header take fewer rows than this. */
const SEARCHED = 200;

/**
 * Finds the names of the columns: where they are declared to be, else in the first row that holds all `wanted`; where
 * nothing is wanted, in the first row that is as wide as the table.
 * Errors: PAM-SRC-003 no such row, or a wanted name twice in it, PAM-SRC-005 nothing in the sheet.
 */
export async function findHeader(
  opened: OpenedWorkbook,
  sheet: Sheet,
  source: Source,
  wanted: readonly string[],
): Promise<Header> {
  const where = `${opened.file.where}, sheet "${sheet.name}"`;
  if (source.columns !== undefined) return { names: new Map(source.columns.entries()), lastRow: 0 };
  const height = source.headerRows ?? 1;
  const head = await headOf(opened, sheet, Math.max(SEARCHED, source.header ?? 0) + height);
  if (head.length === 0) {
    throw new PamojaError('PAM-SRC-005', 'the sheet is empty.', {
      where,
      next: 'Name another one by sheet:, or export it again; a sheet that holds nothing yet still needs its header.',
    });
  }
  const merged =
    height === 1
      ? []
      : await mergedIn(
          opened,
          sheet,
          head.map((row) => row.number),
        );
  const candidates = (source.header === undefined ? head.map((row) => row.number) : [source.header]).map(
    (first) => ({
      names: namesIn(head, first, height, merged),
      lastRow: first + height - 1,
    }),
  );
  const found =
    wanted.length === 0 && source.header === undefined
      ? widest(candidates)
      : candidates.find((header) => holdsAll(header, wanted));
  if (found !== undefined) {
    refuseTwice(found, wanted, where);
    return found;
  }
  throw lacking(candidates, wanted, where, source);
}

function namesIn(
  head: readonly HeadRow[],
  first: number,
  height: number,
  merged: readonly Block[],
): Map<number, string> {
  const parts = new Map<number, string[]>();
  for (const row of head.filter(({ number }) => number >= first && number < first + height)) {
    const texts = new Map(row.texts);
    for (const { rows, columns } of merged) {
      const text = row.texts.get(columns[0]);
      if (rows[0] !== row.number || text === undefined) continue;
      for (let column = columns[0]; column <= columns[1]; column += 1) texts.set(column, text);
    }
    for (const [column, text] of texts) {
      const part = text.replace(/\s+/g, ' ').trim();
      if (part !== '') parts.set(column, [...(parts.get(column) ?? []), part]);
    }
  }
  return new Map([...parts].sort(([a], [b]) => a - b).map(([column, texts]) => [column, texts.join(' ')]));
}

function holdsAll({ names }: Header, wanted: readonly string[]): boolean {
  const all = new Set(names.values());
  return wanted.every((name) => all.has(name));
}

/** A title has one cell, or two; the first row with as many as any other among the first ones is the header. */
function widest(candidates: readonly Header[]): Header | undefined {
  const width = Math.max(...candidates.map(({ names }) => names.size));
  return candidates.find(({ names }) => names.size * 5 >= width * 4);
}

function refuseTwice({ names }: Header, wanted: readonly string[], where: string): void {
  for (const name of wanted) {
    const same = [...names.values()].filter((other) => other.toLowerCase() === name.toLowerCase());
    if (same.length < 2) continue;
    throw new PamojaError('PAM-SRC-003', `the header names "${name}" ${same.length} times.`, {
      where,
      next: 'Rename all but one of them; where the header has two lines, say headerRows: 2.',
    });
  }
}

function lacking(
  candidates: readonly Header[],
  wanted: readonly string[],
  where: string,
  source: Source,
): PamojaError {
  const lacks = ({ names }: Header) => wanted.filter((name) => ![...names.values()].includes(name));
  const best = candidates.reduce((a, b) => (lacks(b).length < lacks(a).length ? b : a));
  const [missing = ''] = lacks(best);
  const none = lacks(best).length === wanted.length;
  const what =
    none && source.header === undefined
      ? `no row among the first ${SEARCHED} holds the names of the mapped columns`
      : `the header in row ${best.lastRow} has no column "${missing}"`;
  return new PamojaError('PAM-SRC-003', `${what}.`, {
    where,
    next: `${suggestion(missing, [...best.names.values()])} Correct the mapping, or say where the header is: sheet, header, headerRows.`,
  });
}
