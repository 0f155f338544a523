import type {
  SharedIdentifier,
  Trace,
  TracedBelow,
  TracedEnd,
  TracedField,
  TracedRecord,
  TracedRefusal,
  TracedReject,
  TracedRow,
} from '../../tracing/trace.js';
import { alignTable, type Cell, type Column } from './align-table.js';
import { displayWidth, fitText } from './display-width.js';
import { printable } from './printable.js';
import { sayAmount, sayCount, sayMany, sayName, sayOne } from './say-number.js';
import type { View } from './view.js';
import { wrapText } from './wrap-text.js';

export interface TraceView extends View {
  /** A command as it must be typed here. */
  typed(command: string): string;
  /** Whether values of people are shown. */
  values: boolean;
}

const HIDDEN = '•••';
const LONGEST_VALUE = 60;

/** Where a row comes from: a line a field, then the records, why they are one, and what refers to the row. */
export function renderTrace(trace: Trace, view: TraceView): string[] {
  if (trace.outcome === 'deleted') return renderEnd(trace, view);
  if (trace.outcome === 'refused') return renderRefusal(trace, view);
  const { paint } = view;
  const hidden = trace.fields.some((each) => each.hidden);
  const ask = `Values of people are hidden; ${paint.command('--values')} shows them.`;
  return [
    '',
    ...wrapText(sentence(trace), view.width).map(paint.finding),
    '',
    ...renderFields(trace, view),
    ...renderRecords(trace, view),
    ...renderReasons(trace, view),
    ...renderRelated(trace, view),
    ...(hidden ? [ask, ''] : []),
  ];
}

function sentence({ entity, id, placeholder, ours, records, recordCount }: TracedRow): string {
  const row = capital(`${sayOne(entity)} ${id}`);
  if (placeholder !== null) return `${row} stands for what ${placeholder} does not name.`;
  if (!ours) return `${row} is not from Pamoja: it was there before, and no source speaks of it.`;
  if (records.length === 0)
    return `${row} stays although no record of it is in force: other rows refer to it.`;
  const [first] = records;
  const key = first?.key === null ? 'one record' : `record ${printable(first?.key ?? '')}`;
  if (recordCount === 1) return `${row} is ${key} of ${first?.source}.`;
  const sources = [...new Set(records.map((record) => record.source))];
  return `${row} is ${sayCount(recordCount)} records of ${listed(sources)}, made one.`;
}

/** Fields that are empty and of which nothing is to be said are left to the last line. */
function renderFields(trace: TracedRow, view: TraceView): string[] {
  const { paint, width } = view;
  const several = trace.records.length > 1;
  const told = trace.fields.filter((each) => each.value !== null || each.hidden || speaks(each));
  const empty = trace.fields.filter((each) => !told.includes(each)).map((each) => each.field);
  const columns: Column[] = [
    { title: 'field', least: 16 },
    { title: 'value', least: 8 },
    ...(several ? [{ title: '' }] : []),
    { title: 'from', least: 8 },
    { title: 'by', least: 8 },
  ];
  const rows = told.map((each): (string | Cell)[] => [
    { text: each.field, paint: paint.soft },
    valueCell(each, paint),
    ...(several ? [{ text: each.record === null ? '' : mark(each.record), paint: paint.soft }] : []),
    fromCell(each, paint),
    { text: reasonsOf(each), paint: each.origin === 'foreign' && trace.ours ? paint.warning : paint.soft },
  ]);
  const table = alignTable(columns, rows, { width, paintTitle: paint.soft });
  const lost = told.flatMap((each) => lostLines(each, view));
  const rest = empty.length === 0 ? [] : wrapped(`Empty: ${empty.join(', ')}`, view);
  return [
    ...table,
    '',
    ...(lost.length > 0 ? [paint.finding('Not taken'), ...lost, ''] : []),
    ...rest,
    ...(rest.length > 0 ? [''] : []),
  ];
}

function speaks({ found, from }: TracedField): boolean {
  return found.length > 0 || from.some(({ value }) => value !== null && value.trim() !== '');
}

function valueCell({ value, hidden, origin }: TracedField, paint: View['paint']): Cell {
  if (hidden) return { text: HIDDEN, paint: paint.soft };
  if (value === null) return { text: '–', paint: paint.soft };
  return { text: shownValue(value), paint: origin === 'foreign' ? paint.warning : undefined };
}

/** What the record said, in which column; else who gave the value. */
function fromCell({ from, origin, leadsTo, hidden }: TracedField, paint: View['paint']): Cell {
  const soft = (text: string) => ({ text, paint: paint.soft });
  const names = from.map(({ column }) => printable(column)).join(' + ');
  if (origin === 'constant') return soft('the configuration');
  if (origin === 'default') return soft(names === '' ? 'the configuration' : `default for ${names}`);
  if (origin === 'computed') return soft('computed');
  if (origin === 'placeholder') return soft(leadsTo === null ? 'placeholder' : `nobody in ${names}`);
  if (origin === 'filled' || origin === 'foreign' || from.length === 0)
    return soft(origin === 'foreign' ? 'not a source' : '');
  const said = from.map(({ value }) => (value === null ? null : value));
  if (said.every((value) => value === null)) return { text: hidden ? `${names} ${HIDDEN}` : names };
  return { text: `${names} ${said.map((value) => (value === null ? '–' : `"${short(value)}"`)).join(' ')}` };
}

function reasonsOf({ mapping, why, found, origin }: TracedField): string {
  const findings = found.map((each) => `${SAID[each.severity] ?? each.severity}: ${printable(each.reason)}`);
  const how = origin === 'constant' || origin === 'default' ? [] : mapping;
  return [...findings, ...(why === null ? [] : [why]), ...how.map(printable)].join('; ');
}

const SAID: Record<string, string> = { reject: 'refused', blank: 'blanked', fix: 'mended', warn: 'doubtful' };

function lostLines({ field, lost, hidden }: TracedField, view: TraceView): string[] {
  return lost.slice(0, 5).map(({ record, value }) => {
    const room = Math.max(8, view.width - displayWidth(`  ${mark(record)}  ${field}: ""`));
    const said = hidden || value === null ? HIDDEN : `"${fitText(short(value), room)}"`;
    return `  ${mark(record)}  ${view.paint.soft(`${field}:`)} ${said}`;
  });
}

function renderRecords({ records, recordCount }: TracedRow, { paint, width }: TraceView): string[] {
  if (records.length === 0) return [];
  const columns: Column[] = [
    { title: '' },
    { title: 'source', least: 8 },
    { title: 'key', least: 6 },
    { title: 'where', least: 16, cut: 'middle' },
    { title: 'now', least: 8 },
  ];
  const rows = records.map((record): (string | Cell)[] => [
    { text: mark(record.number), paint: paint.soft },
    printable(record.source),
    record.key === null ? { text: HIDDEN, paint: paint.soft } : printable(record.key),
    placeOf(record),
    stateCell(record, paint),
  ]);
  const table = alignTable(columns, rows, { width, paintTitle: paint.soft });
  const more = recordCount - records.length;
  const notes = [...new Set(records.flatMap((record) => record.notes))].flatMap((note) =>
    wrapText(`${printable(note).replace(/\.$/, '')}.`, Math.max(30, width - 2)).map(
      (line) => `  ${paint.warning(line)}`,
    ),
  );
  const rest = more > 0 ? [`  ${paint.soft(`and ${sayMany(more, 'more record')}`)}`] : [];
  return [
    paint.finding(records.length === 1 ? 'The record' : 'The records'),
    ...table,
    ...rest,
    ...notes,
    '',
  ];
}

/** `customers.csv:812`, as editors open it; kinds without lines say which record of the file it is. */
function placeOf({ place, repeated }: TracedRecord): string {
  if (place === null) return '–';
  const again = repeated.length === 0 ? '' : ` and ${sayMany(repeated.length, 'time')} more`;
  const name = printable(place.file);
  return `${place.line === null ? `${name}, record ${sayCount(place.ordinal)}` : `${name}:${place.line}`}${again}`;
}

function stateCell({ state, vanished, notes }: TracedRecord, paint: View['paint']): Cell {
  if (state === 'gone') return { text: 'no longer there', paint: paint.warning };
  if (state === 'changed') return { text: 'says something else now', paint: paint.warning };
  if (state === 'not read')
    return { text: notes.length > 0 ? 'cannot be read' : 'not looked for', paint: paint.soft };
  return vanished
    ? { text: 'vanished, and back', paint: paint.warning }
    : { text: 'as published', paint: paint.good };
}

function renderReasons({ sameBecause, records }: TracedRow, view: TraceView): string[] {
  if (records.length < 2) return [];
  const lines = sameBecause.flatMap((each) => wrapped(`${reasonOf(each)}.`, view));
  const none = wrapped('They share nothing any more: what joined them has changed since.', view);
  return [view.paint.finding('Why they are one'), ...(lines.length > 0 ? lines : none), ''];
}

function reasonOf({ field, value, hidden, records }: SharedIdentifier): string {
  const who = listed(records.map(mark));
  if (field === null) return `${who} have the same key`;
  return `${who} share the ${sayName(field)}${hidden || value === null ? '' : ` ${printable(value)}`}`;
}

/** Rows above and below, as what to type next. */
function renderRelated(trace: TracedRow, view: TraceView): string[] {
  const above = trace.fields.flatMap(({ leadsTo }) => (leadsTo === null ? [] : [leadsTo]));
  const lines = [
    ...above.map(
      ({ entity, id, placeholder }) =>
        command(entity, id, view) + (placeholder ? view.paint.soft('  a placeholder') : ''),
    ),
    ...trace.below.flatMap((each) => belowLines(each, view)),
  ];
  return lines.length === 0 ? [] : [view.paint.finding('Next to it'), ...lines, ''];
}

function belowLines({ entity, ids, count, more }: TracedBelow, view: TraceView): string[] {
  const shown = ids.slice(0, 3).map((id) => command(entity, id, view));
  const rest = count - shown.length;
  if (rest <= 0) return shown;
  return [
    ...shown,
    `  ${view.paint.soft(`and ${more ? 'more than ' : ''}${sayCount(rest)} more ${sayName(entity)}`)}`,
  ];
}

function command(entity: string, id: number, { paint, typed }: TraceView): string {
  return `  ${paint.command(typed(`trace ${sayOne(entity)} ${id}`))}`;
}

function renderEnd({ entity, id, byPamoja, records }: TracedEnd, view: TraceView): string[] {
  const { paint } = view;
  const said = byPamoja
    ? `${capital(sayOne(entity))} ${id} was deleted: its source no longer holds it.`
    : `${capital(sayOne(entity))} ${id} was deleted, and not by Pamoja: the next run makes it again.`;
  const rows = records.map((record) => [
    record.source,
    record.key === null ? HIDDEN : printable(record.key),
    record.endedAt === null ? record.runId : `${record.endedAt} UTC, run ${record.runId}`,
  ]);
  const columns: Column[] = [
    { title: 'source' },
    { title: 'key', least: 6 },
    { title: 'last changed', least: 10 },
  ];
  const back = byPamoja
    ? ['', ...wrapText('If a record of it returns, it gets this id back.', view.width)]
    : [];
  return [
    '',
    ...wrapText(said, view.width).map(paint.finding),
    '',
    ...alignTable(columns, rows, { width: view.width, paintTitle: paint.soft }),
    ...back,
    '',
  ];
}

function renderRefusal({ reject, root, entity }: TracedRefusal, view: TraceView): string[] {
  const { paint } = view;
  const said = `This ${sayOne(entity)} is not in the database: it was refused.`;
  const head = wrapText(said, view.width).map(paint.finding);
  const waits = reject.waiting ? wrapped('It waits, and is tried again at every run.', view) : [];
  const cause = root === null ? [] : ['', paint.finding('For the sake of'), ...rejectLines(root, view)];
  return ['', ...head, '', ...rejectLines(reject, view), ...waits, ...cause, ''];
}

function rejectLines(reject: TracedReject, view: TraceView): string[] {
  const { source, entity, file, line, ordinal, field, reason, rule } = reject;
  const said = `${source} ${sayName(entity)}: ${field === null ? '' : `${printable(field)} `}${printable(reason)} (${rule})`;
  const place =
    line === null
      ? `${printable(file)}${ordinal === null ? '' : `, record ${sayCount(ordinal)}`}`
      : `${printable(file)}:${line}`;
  return [...wrapped(said, view), `  ${view.paint.soft(place)}`];
}

function wrapped(text: string, { width, paint }: TraceView): string[] {
  return wrapText(text, Math.max(30, width - 2)).map((line) => `  ${paint.soft(line)}`);
}

/** Amounts and quantities are kept with four decimals, and read better without their zeros. */
function shownValue(value: string): string {
  return /^-?\d+\.\d{4}$/.test(value) ? sayAmount(value) : short(value);
}

function short(value: string): string {
  const text = printable(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function mark(record: number): string {
  return `[${record}]`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
