import type { Workspace } from '../../engine/workspace.js';
import { PamojaError } from '../../kernel/errors.js';
import type { Log } from '../../kernel/log.js';
import { sayMany } from '../../kernel/say-number.js';
import { ident, joined, type Sql, sql } from '../../kernel/sql.js';
import { readCsv, throughPipe } from '../csv/raw-rows.js';
import { TornLog } from '../torn-log.js';
import { CellReader } from './cell-reader.js';
import { refuseWrongTotals } from './control-sums.js';
import { countRows } from './count-rows.js';
import { isMixed, type MixedColumn } from './mixed-dates.js';
import type { OpenedWorkbook } from './open-workbook.js';
import { LONGEST_RECORD, RowPassage } from './row-passage.js';
import type { SheetPlan } from './sheet-plan.js';
import { SheetScanner } from './sheet-scanner.js';
import { textOfPart, wellFormed } from './xml-part.js';

export interface Destination {
  workspace: Workspace;
  log: Log;
  /** The raw table, its columns in the order `_file`, `_ordinal`, `_line`, then those wanted. */
  raw: string;
  torn: string;
}

/**
 * Brings the records of one sheet into the raw table and the torn ones into theirs; gives their number, which was
 * counted by other code too.
 * Errors: PAM-SRC-009 where the counts differ, PAM-SRC-020 where a control total does not hold.
 */
export async function loadSheet(
  to: Destination,
  opened: OpenedWorkbook,
  plan: SheetPlan,
  index: number,
): Promise<number> {
  let passage = await passRows(to, opened, plan, index, new Map());
  const mixed = mixedColumns(plan, passage, to.log);
  if (mixed.size > 0) {
    // Only now it is known which cells cannot be trusted.
    for (const table of [to.raw, to.torn]) {
      // Made anew, because a deleted row would leave a gap in the numbers of the rows.
      await to.workspace.run(sql`CREATE OR REPLACE TABLE ${ident(table)} AS
        SELECT * FROM ${ident(table)} WHERE _file <> ${index} ORDER BY rowid`);
    }
    passage = await passRows(to, opened, plan, index, mixed);
  }
  tell(passage, plan, to.log);
  await balance(to, opened, plan, index, passage);
  checkTotals(passage, plan);
  return passage.records;
}

async function passRows(
  { workspace, raw, torn }: Destination,
  opened: OpenedWorkbook,
  plan: SheetPlan,
  index: number,
  mixed: ReadonlyMap<number, MixedColumn>,
): Promise<RowPassage> {
  const rows = new TornLog(workspace);
  try {
    const reader = new CellReader(opened.file, opened.workbook, opened.strings);
    const passage = new RowPassage(plan, reader, opened.strings, mixed, rows);
    await throughPipe(workspace, csvOf(opened, plan, passage), (path) =>
      insertRows(raw, index, plan.wanted, path),
    );
    await rows.insertInto(torn, index);
    return passage;
  } finally {
    rows.remove();
  }
}

async function* csvOf(
  { archive, file }: OpenedWorkbook,
  { sheet }: SheetPlan,
  passage: RowPassage,
): AsyncGenerator<Buffer, void, undefined> {
  const scanner = new SheetScanner(
    (row) => passage.take(row),
    (ref) => passage.takeMerged(ref),
  );
  for await (const text of textOfPart(archive, file, sheet.part)) {
    wellFormed(file, sheet.part, () => scanner.write(text));
    const bytes = passage.ready(false);
    if (bytes !== undefined) yield bytes;
  }
  wellFormed(file, sheet.part, () => scanner.end());
  passage.end();
  const rest = passage.ready(true);
  if (rest !== undefined) yield rest;
}

function insertRows(table: string, index: number, wanted: number, path: Sql): Sql {
  const columns = ['_ordinal', '_line', ...Array.from({ length: wanted }, (_, i) => `c${i}`)];
  const text = readCsv(path, {
    header: { dialect: { delimiter: ',', quote: '"', escape: '"' }, columns, inFile: false },
    skipHeader: false,
    lineEnd: '\n',
    longest: LONGEST_RECORD * 3,
    // A record may span lines, and DuckDB's parallel reader may cut those wrongly.
    parallel: false,
  });
  const values = columns.slice(2).map((_, i) => sql`, ${ident(`c${i + 2}`)}`);
  return sql`INSERT INTO ${ident(table)} SELECT ${index}, c0::BIGINT, c1::INTEGER${joined(values, '')} FROM ${text}`;
}

function mixedColumns(plan: SheetPlan, { tallies }: RowPassage, log: Log): Map<number, MixedColumn> {
  const mixed = new Map<number, MixedColumn>();
  for (const [column, counts] of tallies) {
    if (!isMixed(counts)) continue;
    const { dates, texts, serials, swappable } = counts;
    const formatted = plan.dates.get(column)?.formatted ?? false;
    const ways = [sayMany(dates, 'date'), sayMany(texts, 'text'), sayMany(serials, 'plain number')].filter(
      (way) => !way.startsWith('0 '),
    );
    const swapped =
      texts > 0 && dates > 0 && swappable === dates
        ? ' In every one of the dates day and month could change places: they may have been swapped when the file was opened.'
        : '';
    log.warn(`${plan.where}: the column "${plan.columns[column]}" mixes ${ways.join(' and ')}.${swapped}`);
    if (!formatted || serials > 0) mixed.set(column, { texts: texts > 0 && !formatted });
  }
  return mixed;
}

function tell({ hidden, errors, merged }: RowPassage, plan: SheetPlan, log: Log): void {
  if (hidden > 0) {
    const rows =
      hidden === 1
        ? 'a hidden row is read like the others'
        : `${hidden} hidden rows are read like the others`;
    log.warn(`${plan.where}: ${rows}.`);
  }
  if (merged.count > 0) {
    const cells = merged.count === 1 ? merged.first : `${merged.first} and ${merged.count - 1} more`;
    log.warn(
      `${plan.where}: the value of merged cells (${cells}) counts for the first of them only; the others are empty.`,
    );
  }
  for (const [column, { count, first, text }] of errors) {
    const cells = count === 1 ? 'a cell is' : `${count} cells are`;
    log.warn(`${plan.where}: in "${plan.columns[column]}" ${cells} an error, ${text} in row ${first}.`);
  }
}

async function balance(
  { workspace, raw, torn }: Destination,
  { archive, file, strings }: OpenedWorkbook,
  { sheet, header, where, totals }: SheetPlan,
  index: number,
  passage: RowPassage,
): Promise<void> {
  const rows = (table: string) =>
    workspace.count(sql`SELECT count(*) FROM ${ident(table)} WHERE _file = ${index}`);
  const given = (await rows(raw)) + (await rows(torn));
  const apart = totals === undefined ? 0 : passage.totals.length;
  const counted = (await countRows(archive, file, sheet.part, strings, header.lastRow)) - apart;
  if (given === counted && given === passage.records) return;
  throw new PamojaError('PAM-SRC-009', `the reader gave ${given} records, the sheet holds ${counted}.`, {
    where,
    next: 'Nothing was published. Please report this with the program that wrote the workbook.',
  });
}

function checkTotals({ totals, sums }: RowPassage, plan: SheetPlan): void {
  if (plan.totals === undefined) return;
  const [first, second] = totals;
  if (first !== undefined && second !== undefined) {
    throw new PamojaError(
      'PAM-SRC-020',
      `rows ${first.number} and ${second.number} both hold "${plan.totals.row}".`,
      {
        where: plan.where,
        next: 'Say totals.row: last, or take the subtotals out of the sheet.',
      },
    );
  }
  refuseWrongTotals(plan.where, plan.totals.row, first, sums);
}
