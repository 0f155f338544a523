import { PamojaError } from '../../kernel/errors.js';
import type { Log } from '../../kernel/log.js';
import { suggestion } from '../../kernel/nearest.js';
import type { Source } from '../../model/config.js';
import type { OpenedWorkbook } from './open-workbook.js';
import { headOf } from './sheet-head.js';
import type { Sheet } from './workbook.js';

/**
 * The sheet that is declared, by name or number, else the first visible one that holds anything; says which it is
 * where there is a choice. Errors: PAM-SRC-003 no such sheet, PAM-SRC-005 no sheet holds anything.
 */
export async function chooseSheet(
  opened: OpenedWorkbook,
  { sheet: declared }: Source,
  log: Log,
): Promise<Sheet> {
  const { file, workbook } = opened;
  const { sheets } = workbook;
  if (declared !== undefined) {
    const chosen =
      typeof declared === 'number'
        ? sheets[declared - 1]
        : sheets.find(({ name }) => sameName(name, declared));
    if (chosen === undefined) throw unknown(opened, declared);
    if (chosen.hidden) log.warn(`${file.where}: the sheet "${chosen.name}" is hidden, and is read.`);
    return chosen;
  }
  const [first, ...others] = await filledSheets(opened);
  if (first === undefined) {
    throw new PamojaError('PAM-SRC-005', 'no visible sheet holds anything.', {
      where: file.where,
      next: 'Export it again, with a header; a hidden sheet is read where sheet: names it.',
    });
  }
  const names = others.map(({ name }) => `"${name}"`).join(', ');
  if (others.length > 0) {
    log.warn(
      `${file.where}: read is the sheet "${first.name}", and not ${names}; choose by sheet: in the configuration.`,
    );
  } else log.debug(`${file.where}: read is the sheet "${first.name}"`);
  return first;
}

/** The visible sheets that hold anything. */
export async function filledSheets(opened: OpenedWorkbook): Promise<Sheet[]> {
  const filled: Sheet[] = [];
  for (const sheet of opened.workbook.sheets.filter(({ hidden }) => !hidden)) {
    if ((await headOf(opened, sheet, 1)).length > 0) filled.push(sheet);
  }
  return filled;
}

function sameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function unknown({ file, workbook }: OpenedWorkbook, declared: string | number): PamojaError {
  const names = workbook.sheets.map(({ name }) => name);
  const what = typeof declared === 'number' ? `sheet number ${declared}` : `sheet "${declared}"`;
  return new PamojaError('PAM-SRC-003', `the workbook has no ${what}.`, {
    where: file.where,
    next: suggestion(String(declared), names),
  });
}
