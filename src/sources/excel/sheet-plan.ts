import { PamojaError } from '../../kernel/errors.js';
import type { Source } from '../../model/config.js';
import { readsCommas } from '../column-uses.js';
import type { ReadContext } from '../source-reader.js';
import { chooseSheet } from './choose-sheet.js';
import { findHeader, type Header } from './find-header.js';
import { dateColumns } from './mixed-dates.js';
import type { OpenedWorkbook } from './open-workbook.js';
import type { Sheet } from './workbook.js';

/** What is to be read of a sheet. */
export interface SheetPlan {
  sheet: Sheet;
  /** Where, as messages say it: `crm: orders.xlsx, sheet "March"`. */
  where: string;
  header: Header;
  /** Names of the columns to read: those wanted, then those that only the totals need. */
  columns: string[];
  /** How many of `columns` are wanted. */
  wanted: number;
  /** Where each of `columns` stands in the sheet, from 0. */
  places: number[];
  /** For each column wanted whether its numbers are to be written with a comma, as its mapping reads them. */
  commas: boolean[];
  /** Index of the columns that fields of dates are made of. */
  dates: ReadonlyMap<number, { formatted: boolean }>;
  totals: { row: string; columns: string[] } | undefined;
}

/** Errors: those of chooseSheet and findHeader. */
export async function planSheet(
  opened: OpenedWorkbook,
  source: Source,
  wanted: readonly string[],
  { log, entities }: Pick<ReadContext, 'log' | 'entities'>,
): Promise<SheetPlan> {
  const sheet = await chooseSheet(opened, source, log);
  const totals =
    source.totals === undefined
      ? undefined
      : { row: source.totals.row, columns: [source.totals.columns].flat() };
  const columns = [...new Set([...wanted, ...(totals?.columns ?? [])])];
  const header = await findHeader(opened, sheet, source, columns);
  const byName = new Map([...header.names].map(([column, name]) => [name, column]));
  const places = columns.map((name) => byName.get(name) as number);
  const where = `${opened.file.where}, sheet "${sheet.name}"`;
  const missing = columns.find((name) => !byName.has(name));
  if (missing !== undefined) {
    throw new PamojaError('PAM-SRC-003', `the columns that are declared lack "${missing}".`, {
      where,
      next: `Add it to sources.${source.name}.columns.`,
    });
  }
  return {
    sheet,
    where,
    header,
    columns,
    wanted: wanted.length,
    places,
    commas: wanted.map((name) => readsCommas(name, source, entities)),
    dates: dateColumns(source, wanted, entities),
    totals,
  };
}
