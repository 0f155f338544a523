import type { Source } from '../../model/config.js';
import type { Entity } from '../../model/entity.js';
import { usesOf } from '../column-uses.js';
import type { CellKind } from './cell-reader.js';

/** What a column of dates holds, counted while its rows pass. */
export interface DateTally {
  /** Cells that are dates to Excel. */
  dates: number;
  /** Of these, dates that are another one with day and month swapped, and those that cannot be. */
  swappable: number;
  /** Texts that look like dates in which one has to know which number is the day. */
  texts: number;
  /** Plain numbers as large as the serial numbers of the last hundred years. */
  serials: number;
}

/** Which cells of a column are refused, because what is a date in it is written in several ways. */
export interface MixedColumn {
  /** Whether the texts are; where a format is declared they are read by it. */
  texts: boolean;
}

export function newTally(): DateTally {
  return { dates: 0, swappable: 0, texts: 0, serials: 0 };
}

const NUMBERS = /^\s*\d{1,4}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{1,4}/;
const ISO = /^\s*\d{4}-\d{2}-\d{2}(?:[T ]|\s*$)/;
const NAMED =
  /^\s*(?:\d{1,2}[\s./-]*\p{L}{3,}[\s.,/-]*\d{2,4}|\p{L}{3,}[\s./-]*\d{1,2}\s*,?\s*\d{4})(?:\D|$)/u;

/** What a cell of a date column is, if it is one of the ways of writing a date that do not go together. */
function wayOf(kind: CellKind, text: string | null): 'date' | 'text' | 'serial' | undefined {
  if (text === null) return undefined;
  if (kind === 'date') return 'date';
  if (kind === 'number') return Number(text) >= 15_000 && Number(text) < 75_000 ? 'serial' : undefined;
  return kind === 'text' && !ISO.test(text) && (NUMBERS.test(text) || NAMED.test(text)) ? 'text' : undefined;
}

/** Whether a date would be another one if day and month changed places. */
function isSwappable(iso: string): boolean {
  const [, month, day] = /^\d{4}-(\d\d)-(\d\d)/.exec(iso) ?? [];
  return day !== undefined && Number(day) <= 12 && day !== month;
}

export function tally(into: DateTally, kind: CellKind, text: string | null): void {
  const way = wayOf(kind, text);
  if (way === 'text') into.texts += 1;
  else if (way === 'serial') into.serials += 1;
  else if (way === 'date') {
    into.dates += 1;
    if (isSwappable(text as string)) into.swappable += 1;
  }
}

export function isMixed({ dates, texts, serials }: DateTally): boolean {
  return [dates, texts, serials].filter((count) => count > 0).length > 1;
}

/** Why a cell of a mixed column is refused; undefined where it can be trusted. */
export function mistrust(
  mixed: MixedColumn,
  name: string,
  kind: CellKind,
  text: string | null,
): string | undefined {
  const column = `the column "${name}" holds dates written in several ways`;
  switch (wayOf(kind, text)) {
    case 'text':
      return mixed.texts
        ? `${column}, and this one is a text; declare its format, such as '%d/%m/%Y'`
        : undefined;
    case 'serial':
      return `${column}, and this one is a plain number; give its cell the format of a date`;
    case 'date':
      return mixed.texts && isSwappable(text as string)
        ? `${column}, and in this one day and month may have changed places`
        : undefined;
    default:
      return undefined;
  }
}

/** Of the columns of dates: which they are, and whether every mapping of one declares a format. */
export function dateColumns(
  source: Source,
  wanted: readonly string[],
  entities: readonly Entity[] | undefined,
): Map<number, { formatted: boolean }> {
  const found = new Map<number, { formatted: boolean }>();
  for (const [index, column] of wanted.entries()) {
    const dates = usesOf(column, source, entities).filter(
      ({ type }) => type === 'date' || type === 'timestamp',
    );
    if (dates.length > 0)
      found.set(index, { formatted: dates.every(({ mapping }) => mapping.format !== undefined) });
  }
  return found;
}
