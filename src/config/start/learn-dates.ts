import { anyWord, MONTH_WORDS, ORDINALS, WEEKDAY_WORDS } from '../../model/date-words.js';
import type { Entity } from '../../model/entity.js';
import { isDay, type SampledField, type SampledSource, sampledFields } from './sampled-fields.js';

type Order = 'day' | 'month';

const DAYS = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;
/** `3`, also as `3rd` and `1er`; the name of a month, also shortened by a point; and what stands between them. */
const DAY = `(\\d{1,2})(?:${ORDINALS})?`;
const MONTH = String.raw`(${anyWord(MONTH_WORDS.flat())})(?!\p{L})\.?`;
const BETWEEN = String.raw`([ /-]|\. ?| de )`;
const BEFORE_YEAR = '(,? |[./-]| del? )';
/** Days whose parts tell themselves: what stands in them, and between them. */
const TOLD: [form: RegExp, parts: readonly string[]][] = (
  [
    [`${DAY}${BETWEEN}${MONTH}${BEFORE_YEAR}(\\d{4}|\\d{2})`, ['%d', '%b', '%Y']],
    [`${DAY}()${MONTH}()(\\d{4})`, ['%d', '%b', '%Y']],
    [`${MONTH}([ -])${DAY}(,? |-)(\\d{4})`, ['%b', '%d', '%Y']],
    [`${MONTH}(-)${DAY}(-)(\\d{2})`, ['%b', '%d', '%Y']],
    [`(\\d{4})([ /.-])${MONTH}(\\2)${DAY}`, ['%Y', '%b', '%d']],
    ['(\\d{4})([/.])(\\d{1,2})(\\2)(\\d{1,2})', ['%Y', '%m', '%d']],
  ] as const
).map(([form, parts]) => [new RegExp(`^${form}(?!\\d)`, 'iu'), parts]);
const WEEKDAY = new RegExp(`^(?:${anyWord(WEEKDAY_WORDS)})(\\.?,? )(?=[\\p{L}\\d])`, 'iu');
const TIME = /(,? |T)\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[AaPp][Mm])?( ?[+-]\d{2}:?\d{2})?$/;

/**
 * Learns how dates are written. ISO dates need no format. Where a column itself does not say whether the day or the
 * month comes first, the others do, those of its own source before those of all; else what is usual in the country is
 * taken, and asked about.
 */
export function learnDates(all: readonly SampledField[], country?: string): void {
  const fields = all
    .filter(({ values }) => values.length > 0 && !/^\d{4}-\d/.test(values[0] as string))
    .map(withoutWeekdays);
  for (const { values, mapping, before } of fields) {
    const day = toldBy(values);
    if (day !== undefined) mapping.format = before + day + timeOf(values);
  }
  const numeric = fields.filter(({ values }) => DAYS.test(values[0] as string));
  const told = numeric.map((field) => ({ field, order: orderOf(field.values) }));
  const known = (source: unknown) => {
    const [first, ...others] = told.filter(
      ({ field, order }) => order !== undefined && (source === undefined || field.source === source),
    );
    return others.every(({ order }) => order === first?.order) ? first : undefined;
  };
  for (const { field, order } of told) {
    if (order !== undefined) field.mapping.format = field.before + formatOf(field.values, order);
    else ask(field, known(field.source) ?? known(undefined), country === 'US' ? 'month' : 'day');
  }
  for (const field of fields) addOtherWays(field, country === 'US' ? 'month' : 'day');
}

/** Days that are kept by hand are written in several ways: all of them are taken, and asked about. */
function addOtherWays({ values, mapping, before, feed, name }: DatedField, usual: Order): void {
  const first = mapping.format;
  if (typeof first !== 'string' || before !== '') return;
  const told = orderOf(values);
  const order = told ?? (/%m.%d/.test(first) ? 'month' : /%d.%m/.test(first) ? 'day' : usual);
  const ways = new Map<string, string[]>();
  for (const value of values) {
    const way = wayOf([value], order)?.replace('%B', '%b');
    if (way !== undefined) ways.set(way, [...(ways.get(way) ?? []), value]);
  }
  ways.delete(first.replace('%B', '%b'));
  const others = [...ways.values()].flatMap((alike) => wayOf(alike, order) ?? []);
  if (others.length === 0) return;
  mapping.format = [first, ...others];
  const open = told === undefined && [first, ...others].some((way) => /%[dm].%[dm]/.test(way));
  const asked = open ? `; is the ${order} first?` : '';
  feed.notes[name] = `days are written in ${others.length + 1} ways: are these all, and right${asked || '?'}`;
}

function wayOf(values: readonly string[], order: Order): string | undefined {
  if (DAYS.test(values[0] as string)) return formatOf(values, order);
  const day = toldBy(values);
  return day === undefined ? undefined : day + timeOf(values);
}

/** Whether no value of a column of days says which of its numbers is the day. */
export function hasOpenDays(sampled: SampledSource, entities: readonly Entity[]): boolean {
  const days = sampledFields(sampled, entities).filter(({ type }) => isDay(type));
  return days
    .map(withoutWeekdays)
    .some(({ values }) => DAYS.test(values[0] ?? '') && orderOf(values) === undefined);
}

/** A column of days, and how the weekday before them is written. */
interface DatedField extends SampledField {
  before: string;
}

function withoutWeekdays(field: SampledField): DatedField {
  const between = WEEKDAY.exec(field.values[0] ?? '')?.[1];
  if (between === undefined) return { ...field, before: '' };
  const values = field.values.map((value) => value.replace(WEEKDAY, ''));
  return { ...field, values, before: `%a${between.replace('.', '')}` };
}

/** The format of days that tell themselves: by the name of their month, or their year at the beginning. */
function toldBy(values: readonly string[]): string | undefined {
  const [first = ''] = values;
  if (/^\d{8}$/.test(first)) return '%Y%m%d';
  for (const [form, [one = '', two = '', three = '']] of TOLD) {
    const [whole, , before, , after, last] = form.exec(first) ?? [];
    if (whole === undefined) continue;
    const long = values.some((value) => /\p{L}{5}/u.test(form.exec(value)?.[0] ?? ''));
    const part = (name: string) =>
      name === '%b' && long ? '%B' : name === '%Y' && name === three && last?.length === 2 ? '%y' : name;
    return part(one) + before + part(two) + after + part(three);
  }
  return undefined;
}

/** No number is above 12, so nobody can tell: then what another column says goes, or what is usual. */
function ask(
  field: DatedField,
  other: { field: SampledField; order: Order | undefined } | undefined,
  usual: Order,
): void {
  const order = other?.order ?? usual;
  field.mapping.format = field.before + formatOf(field.values, order);
  const turned = field.before + formatOf(field.values, order === 'day' ? 'month' : 'day');
  const [what, where] = [order === 'day' ? 'month' : 'day', other?.field.mapping.from];
  const as = where === undefined ? '' : `as in ${where}; `;
  field.feed.notes[field.name] = `${as}or is the ${what} first? Then "${turned}"`;
}

/** Which of the two numbers is the day, where any value tells. */
function orderOf(values: readonly string[]): Order | undefined {
  const parts = values.flatMap((value) => {
    const found = DAYS.exec(value);
    return found === null ? [] : [{ first: Number(found[1]), second: Number(found[3]) }];
  });
  if (parts.some(({ first }) => first > 12)) return 'day';
  return parts.some(({ second }) => second > 12) ? 'month' : undefined;
}

function formatOf(values: readonly string[], order: Order): string {
  const [, , between = '/', , year = ''] = DAYS.exec(values[0] as string) ?? [];
  const parts = order === 'day' ? ['%d', '%m'] : ['%m', '%d'];
  return [...parts, year.length === 4 ? '%Y' : '%y'].join(between) + timeOf(values);
}

function timeOf([first = '']: readonly string[]): string {
  const [whole, before = '', seconds, fraction, half = '', zone = ''] = TIME.exec(first) ?? [];
  if (whole === undefined) return '';
  const clock = half === '' ? '%H:%M' : '%I:%M';
  const end = half === '' ? '' : half.startsWith(' ') ? ' %p' : '%p';
  return `${before}${clock}${seconds === undefined ? '' : ':%S'}${fraction === undefined ? '' : '.%f'}${end}${zone === '' ? '' : zone.startsWith(' ') ? ' %z' : '%z'}`;
}
