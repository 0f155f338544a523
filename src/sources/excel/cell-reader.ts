import type { SourceFile } from '../bytes/files.js';
import { numberText } from './number-text.js';
import { serialText } from './serial-date.js';
import type { SharedStrings } from './shared-strings.js';
import { type Cell, lacksResult } from './sheet-scanner.js';
import type { Workbook } from './workbook.js';
import { withoutEscapes } from './xml-scanner.js';
import { damaged } from './zip-archive.js';

export type CellKind = 'empty' | 'text' | 'number' | 'date' | 'boolean' | 'error' | 'unresolved';

/** Says what a cell holds, and writes it as text. */
export class CellReader {
  constructor(
    private readonly file: SourceFile,
    private readonly workbook: Workbook,
    private readonly strings: SharedStrings,
  ) {}

  kindOf(cell: Cell): CellKind {
    if (lacksResult(cell)) return 'unresolved';
    switch (cell.type) {
      case 's':
      case 'str':
      case 'inlineStr':
        return cell.valued || cell.formula ? 'text' : 'empty';
      case 'b':
        return 'boolean';
      case 'e':
        return 'error';
      case 'd':
        return 'date';
      default:
        if (cell.text === '') return 'empty';
        return (this.workbook.kinds[cell.style] ?? 'number') === 'number' ? 'number' : 'date';
    }
  }

  /** Null for a cell that holds nothing. Errors: PAM-SRC-007 where the cell means a text that is not there. */
  textOf(cell: Cell, kind: CellKind): string | null {
    switch (kind) {
      case 'empty':
      case 'unresolved':
        return null;
      case 'boolean':
        return cell.text === '1' || cell.text.toLowerCase() === 'true' ? 'true' : 'false';
      case 'error':
        return cell.text;
      case 'text':
        return cell.type === 's' ? this.shared(cell) : withoutEscapes(cell.text);
      case 'number':
        return this.number(cell);
      case 'date':
        return this.date(cell);
    }
  }

  private shared(cell: Cell): string {
    const text = cell.text === '' ? undefined : this.strings.at(Number(cell.text));
    if (text === undefined) throw damaged(this.file, 'a cell refers to a text that is not there');
    return text;
  }

  /** A code that is kept as a number shows its zeros only by its format. */
  private number(cell: Cell): string {
    const text = numberText(cell.text.trim());
    if (text === undefined) return cell.text;
    return /^\d+$/.test(text) ? text.padStart(this.workbook.digits[cell.style] ?? 0, '0') : text;
  }

  private date(cell: Cell): string {
    if (cell.type === 'd') return cell.text;
    const written = cell.text.trim();
    const kind = this.workbook.kinds[cell.style] ?? 'number';
    const text = serialText(Number(written), kind, this.workbook.from1904);
    return text ?? numberText(written) ?? cell.text;
  }
}
