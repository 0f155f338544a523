import { type InsightColumn, type InsightRow, isNumber } from './insight.js';

export interface CsvOptions {
  /** Texts that a spreadsheet would take for a formula begin with an apostrophe; numbers are never touched. */
  safe: boolean;
}

/** The names of the columns as a line of CSV. */
export function csvHeader(columns: readonly InsightColumn[], { safe }: CsvOptions): string {
  return line(columns.map(({ name }) => (safe ? disarmed(name) : name)));
}

/** A row as a line of CSV, values as PostgreSQL wrote them. NULL is an empty cell, an empty text is "". */
export function csvLine(columns: readonly InsightColumn[], row: InsightRow, { safe }: CsvOptions): string {
  return line(
    row.map((value, i) => {
      const type = columns[i]?.type ?? 'text';
      return value !== null && safe && type === 'text' ? disarmed(value) : value;
    }),
  );
}

const FORMULA = /^[=+\-@\t\r]/;

function disarmed(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function line(values: readonly (string | null)[]): string {
  return `${values.map(cell).join(',')}\n`;
}

function cell(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A value as JSON takes it: whole numbers that are safe as numbers, amounts as texts, so that they stay exact. */
export function jsonValue({ type }: InsightColumn, value: string | null): string | number | boolean | null {
  if (value === null) return null;
  if (type === 'boolean') return value === 't';
  const number = isNumber(type) && type !== 'numeric' ? Number(value) : Number.NaN;
  const exact = type === 'float' ? Number.isFinite(number) : Number.isSafeInteger(number);
  return exact ? number : value;
}
