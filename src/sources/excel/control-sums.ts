import { PamojaError } from '../../kernel/errors.js';
import type { CellKind } from './cell-reader.js';

/** Decimals that a sum carries; Excel's numbers have 15 digits. */
const SCALE = 15;

/** An exact sum of decimal texts. */
export class ExactSum {
  private units = 0n;
  /** Most decimals that one of the summands has. */
  decimals = 0;
  /** Cells that hold something which is no number. */
  unreadable = 0;

  add(kind: CellKind, text: string | null): void {
    if (text === null || text.trim() === '') return;
    const number = plainNumber(kind, text);
    if (number === undefined) {
      this.unreadable += 1;
      return;
    }
    this.units += unitsOf(number);
    this.decimals = Math.max(this.decimals, number.split('.')[1]?.length ?? 0);
  }

  get text(): string {
    return textOf(this.units);
  }

  /**
   * Whether a total is this sum. Excel adds doubles, so its own total may be off behind the decimals of the summands;
   * never by a hundredth of the last of them.
   */
  equals(total: string): boolean {
    const difference = unitsOf(total) - this.units;
    const allowed = 10n ** BigInt(Math.max(SCALE - this.decimals - 2, 0));
    return difference < allowed && -difference < allowed;
  }
}

/** A cell's number as `-1234.5`; a text may have commas between thousands. */
function plainNumber(kind: CellKind, text: string): string | undefined {
  const plain =
    kind === 'number'
      ? text
      : text.trim().replace(/^(-?\d{1,3})((?:,\d{3})+)(?=\.|$)/, (all) => all.replaceAll(',', ''));
  return (kind === 'number' || kind === 'text') && /^-?\d+(?:\.\d+)?$/.test(plain) ? plain : undefined;
}

function unitsOf(number: string): bigint {
  const [whole = '0', fraction = ''] = number.replace('-', '').split('.');
  const units = BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
  return number.startsWith('-') ? -units : units;
}

function textOf(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The row of sums as it stands in the sheet. */
export interface TotalRow {
  number: number;
  cells: Map<string, { kind: CellKind; text: string | null }>;
}

/** Errors: PAM-SRC-020 where a total is missing or is not the sum of its column. */
export function refuseWrongTotals(
  where: string,
  declared: string,
  total: TotalRow | undefined,
  sums: ReadonlyMap<string, ExactSum>,
): void {
  if (total === undefined) {
    throw new PamojaError('PAM-SRC-020', `no row is the row of totals "${declared}".`, {
      where,
      next: 'The export may be cut short. Correct totals.row, or say `last`.',
    });
  }
  for (const [column, sum] of sums) {
    const { kind, text } = total.cells.get(column) ?? { kind: 'empty', text: null };
    const number = text === null ? undefined : plainNumber(kind, text);
    if (number !== undefined && sum.equals(number)) continue;
    const odd = sum.unreadable === 0 ? '' : ` (${sum.unreadable} of its cells hold no number)`;
    const says = number === undefined ? 'has no number for it' : `says ${number}`;
    throw new PamojaError(
      'PAM-SRC-020',
      `the records add up to ${sum.text} in "${column}"${odd}, and row ${total.number} ${says}.`,
      {
        where,
        next: 'Rows are missing or were changed after the total was made. Nothing was published; export it again.',
      },
    );
  }
}
