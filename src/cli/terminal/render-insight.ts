import {
  type Insight,
  type InsightColumn,
  type InsightRow,
  isNumber,
  sayBoolean,
} from '../../insights/insight.js';
import { alignTable, type Cell, type Column } from './align-table.js';
import { displayWidth, fitText } from './display-width.js';
import { printable } from './printable.js';
import { sayCount, sayName } from './say-number.js';
import type { View } from './view.js';
import { wrapText } from './wrap-text.js';

export interface InsightAnswer {
  insight: Insight;
  parameters: Record<string, string | null>;
  columns: readonly InsightColumn[];
  /** The first rows. */
  rows: readonly InsightRow[];
  /** All there are. */
  total: number;
}

/** The answer to an insight: its title, what it counts, what was asked for, and the first rows as a table that fits the terminal. */
export function renderInsight(answer: InsightAnswer, { width, paint }: View): string[] {
  const { insight, rows, total } = answer;
  const told = [...sayParameters(answer), ...sayOnce(answer)];
  const said = [printable(insight.description), told.join(', ')].filter((text) => text !== '');
  const under = said.flatMap((text) => wrapText(text, width)).map(paint.soft);
  const head = ['', paint.finding(printable(insight.title)), ...under, ''];
  if (total === 0) return [...head, '  There is nothing to list.', ''];
  const shown = chooseColumns(answer, width);
  const table = alignTable(shown.map(columnOf), shownRows(shown, rows, paint), {
    width,
    paintTitle: paint.soft,
  });
  const first = total > rows.length ? `The first ${sayCount(rows.length)} of ` : '';
  const foot = `${first}${sayCount(total)} ${total === 1 ? 'row' : 'rows'}${sayLeftOut(answer, shown)}.`;
  const all = total > rows.length ? ' All of it: --csv or --json.' : '';
  return [...head, ...table, '', ...wrapText(foot + all, width).map(paint.soft), ''];
}

interface PlacedColumn extends InsightColumn {
  /** Its place in a row. */
  at: number;
}

/** Columns that say the same in every row and are told once, above the table. */
function saidOnce({ columns, rows, total }: InsightAnswer): PlacedColumn[] {
  if (rows.length < 2 || rows.length < total) return [];
  return placed(columns).filter(
    ({ name, at }) =>
      (name === 'currency' || name.endsWith('_in_all')) && rows.every((row) => row[at] === rows[0]?.[at]),
  );
}

function sayOnce(answer: InsightAnswer): string[] {
  return saidOnce(answer).map((column) => {
    const value = answer.rows[0]?.[column.at] ?? null;
    const decimals = decimalsOf(answer.rows, column.at);
    const said = value !== null && isNumber(column.type) ? sayNumber(value, decimals, false) : (value ?? '–');
    return `${sayTitle(column.name)} ${printable(said)}`;
  });
}

/** Those with something in them, from the left as many as the terminal holds. */
function chooseColumns(answer: InsightAnswer, width: number): PlacedColumn[] {
  const once = saidOnce(answer).map(({ at }) => at);
  const filled = placed(answer.columns).filter(
    ({ at }) =>
      !once.includes(at) && (answer.rows.length === 1 || answer.rows.some((row) => row[at] !== null)),
  );
  const chosen: PlacedColumn[] = [];
  let used = 0;
  for (const column of filled) {
    const values = answer.rows.map((row) => shownLength(column, row[column.at] ?? null));
    const whole = Math.max(displayWidth(sayTitle(column.name)), ...values);
    used += 2 + (column.type === 'text' ? Math.min(whole, LEAST_TEXT) : whole);
    if (used > width && chosen.length > 0) break;
    chosen.push(column);
  }
  return chosen;
}

const LEAST_TEXT = 10;

function shownLength({ type }: InsightColumn, value: string | null): number {
  if (value === null) return 1;
  return isNumber(type)
    ? value.replace(/\.?0+$/, '').length + Math.floor(value.length / 4)
    : displayWidth(value);
}

function sayLeftOut({ columns, rows }: InsightAnswer, shown: readonly PlacedColumn[]): string {
  const names = placed(columns)
    .filter(
      ({ name, at }) =>
        name !== 'currency' && !name.endsWith('_in_all') && !shown.some((one) => one.at === at),
    )
    .filter(({ at }) => rows.some((row) => row[at] !== null))
    .map(({ name }) => sayTitle(name));
  return names.length === 0 ? '' : `, without ${names.join(', ')}, which --csv has`;
}

function placed(columns: readonly InsightColumn[]): PlacedColumn[] {
  return columns.map((column, at) => ({ ...column, at }));
}

/** `growth_percent` → `growth %`. */
function sayTitle(name: string): string {
  return printable(sayName(name).replace(/ percent$/, ' %'));
}

/** Names, what each tells, and what can be asked of it; a line each where the terminal is wide enough. */
export function renderInsightList(insights: readonly Insight[], { width, paint }: View): string[] {
  const told = insights.map((insight) => ({
    name: insight.name,
    title: printable(insight.title) + (insight.origin === 'own' ? ' (your own)' : ''),
    flags: insight.parameters.map(({ name }) => flagOf(name)).join(' '),
  }));
  const names = Math.max(0, ...told.map(({ name }) => displayWidth(name)));
  const titles = Math.max(0, ...told.map(({ title }) => displayWidth(title)));
  const room = Math.max(20, width - names - 4);
  return told.flatMap(({ name, title, flags }) => {
    const head = `  ${paint.command(name)}${' '.repeat(names - displayWidth(name))}  `;
    if (flags === '') return [head + fitText(title, room)];
    if (titles + 2 + displayWidth(flags) <= room)
      return [`${head}${title}${' '.repeat(titles - displayWidth(title))}  ${paint.soft(flags)}`];
    // An option that is cut could not be typed.
    const below = wrapText(flags, room).map((line) => ' '.repeat(names + 4) + paint.soft(line));
    return [head + fitText(title, room), ...below];
  });
}

/** `min_price` as it is typed: `--min-price`. */
export function flagOf(parameter: string): string {
  return `--${parameter.replaceAll('_', '-')}`;
}

function sayParameters({ insight, parameters }: InsightAnswer): string[] {
  return insight.parameters.flatMap(({ name }) => {
    const value = parameters[name] ?? null;
    return value === null ? [] : [`${sayName(name)} ${printable(value)}`];
  });
}

function columnOf({ name, type }: InsightColumn): Column {
  const title = sayTitle(name);
  if (isNumber(type)) return { title, align: 'right' };
  return type === 'text' ? { title, least: LEAST_TEXT } : { title };
}

function shownRows(
  columns: readonly PlacedColumn[],
  rows: readonly InsightRow[],
  paint: View['paint'],
): (string | Cell)[][] {
  const decimals = columns.map(({ type, at }) => (isNumber(type) ? decimalsOf(rows, at) : 0));
  return rows.map((row) =>
    columns.map((column, i): string | Cell => {
      const value = row[column.at] ?? null;
      if (value === null) return { text: '–', paint: paint.soft };
      if (isNumber(column.type)) return sayNumber(value, decimals[i] ?? 0, isPlain(column.name));
      if (column.type === 'boolean') return sayBoolean(value);
      return column.type === 'timestamp' ? value.replace(/\.\d+$/, '') : printable(value);
    }),
  );
}

/** As many as a value of the column needs: amounts get two, exact ones up to what they have, whole ones none. */
function decimalsOf(rows: readonly InsightRow[], i: number): number {
  let written = 0;
  let needed = 0;
  for (const row of rows) {
    const decimals = /\.(\d+)$/.exec(row[i] ?? '')?.[1] ?? '';
    written = Math.max(written, decimals.length);
    needed = Math.max(needed, decimals.replace(/0+$/, '').length);
  }
  return needed === 0 ? 0 : Math.max(needed, Math.min(2, written));
}

/** What names a thing or a year is not counted, and has no thousands. */
function isPlain(name: string): boolean {
  return /(^|_)(id|year|number)$/i.test(name);
}

function sayNumber(value: string, decimals: number, plain: boolean): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  if (whole === '') return value;
  const digits = plain ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${digits}${decimals === 0 ? '' : `.${rest.slice(0, decimals).padEnd(decimals, '0')}`}`;
}
