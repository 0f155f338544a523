import { displayWidth, fitText } from './display-width.js';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Gives way where the table is wider than the terminal, down to this width. */
  least?: number;
  cut?: 'end' | 'middle';
}

/** A cell: its text, and the colour it gets once it is cut and padded. */
export interface Cell {
  text: string;
  paint?: ((text: string) => string) | undefined;
}

const GAP = '  ';

/** Lines of a table: titles, then rows, two blanks between columns, cut to a width. */
export function alignTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
  options: { width: number; indent?: number; paintTitle?: (text: string) => string },
): string[] {
  const { width, indent = 2, paintTitle } = options;
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const widths = naturalWidths(columns, rows);
  giveWay(columns, widths, width - indent - GAP.length * (columns.length - 1));
  const titles = columns.map((column) => ({ text: column.title, paint: paintTitle }));
  const shown = columns.some((column) => column.title !== '') ? [titles, ...cells] : cells;
  return shown.map((row) => {
    const parts = columns.map((column, i) => place(row[i] ?? { text: '' }, column, widths[i] ?? 0));
    return (' '.repeat(indent) + parts.join(GAP)).trimEnd();
  });
}

/** The width of a table in which nothing is cut. */
export function tableWidth(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
  indent = 2,
): number {
  const widths = naturalWidths(columns, rows);
  return widths.reduce((sum, width) => sum + width, indent + GAP.length * (columns.length - 1));
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly (string | Cell)[])[]): number[] {
  const textOf = (cell: string | Cell | undefined) => (typeof cell === 'string' ? cell : (cell?.text ?? ''));
  return columns.map(({ title }, i) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(textOf(row[i])))),
  );
}

/** Takes what is too much from the columns that may give, the widest first. */
function giveWay(columns: readonly Column[], widths: number[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    let widest = -1;
    columns.forEach((column, i) => {
      const spare = (widths[i] ?? 0) - (column.least ?? Number.POSITIVE_INFINITY);
      if (spare > 0 && (widest < 0 || (widths[i] ?? 0) > (widths[widest] ?? 0))) widest = i;
    });
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
}

function place(cell: Cell, column: Column, width: number): string {
  const text = fitText(cell.text, width, column.cut);
  const blank = ' '.repeat(Math.max(0, width - displayWidth(text)));
  const painted = cell.paint === undefined || text === '' ? text : cell.paint(text);
  return column.align === 'right' ? blank + painted : painted + blank;
}
