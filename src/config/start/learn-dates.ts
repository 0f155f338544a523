import type { Entity } from '../../model/entity.js';
import { isDay, type SampledField, type SampledSource, sampledFields } from './sampled-fields.js';

type Order = 'day' | 'month';

const DAYS = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;
/** Days whose parts tell themselves: what stands in them, and between them. */
const TOLD: [form: RegExp, parts: readonly string[]][] = [
  [/^(\d{1,2})([ /-]|\. ?)([A-Za-z]{3,9})(,? |[/-])(\d{4}|\d{2})(?!\d)/, ['%d', '%b', '%Y']],
  [/^([A-Za-z]{3,9})([ -])(\d{1,2})(,? |-)(\d{4})(?!\d)/, ['%b', '%d', '%Y']],
  [/^(\d{4})([/.-])([A-Za-z]{3,9})(\2)(\d{1,2})(?!\d)/, ['%Y', '%b', '%d']],
  [/^(\d{4})([/.])(\d{1,2})(\2)(\d{1,2})(?!\d)/, ['%Y', '%m', '%d']],
];
const TIME = /(,? |T)\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[AaPp][Mm])?( ?[+-]\d{2}:?\d{2})?$/;

/**
 * Learns how dates are written. ISO dates need no format. Where a column itself does not say whether the day or the
 * month comes first, the others do, those of its own source before those of all; else what is usual in the country is
 * taken, and asked about.
 */
export function learnDates(all: readonly SampledField[], country?: string): void {
  const fields = all.filter(({ values }) => values.length > 0 && !/^\d{4}-\d/.test(values[0] as string));
  for (const { values, mapping } of fields) {
    const day = toldBy(values);
    if (day !== undefined) mapping.format = day + timeOf(values);
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
    if (order !== undefined) field.mapping.format = formatOf(field.values, order);
    else ask(field, known(field.source) ?? known(undefined), country === 'US' ? 'month' : 'day');
  }
}

/** Whether no value of a column of days says which of its numbers is the day. */
export function hasOpenDays(sampled: SampledSource, entities: readonly Entity[]): boolean {
  const days = sampledFields(sampled, entities).filter(({ type }) => isDay(type));
  return days.some(({ values }) => DAYS.test(values[0] ?? '') && orderOf(values) === undefined);
}

/** The format of days that tell themselves: by the name of their month, or their year at the beginning. */
function toldBy(values: readonly string[]): string | undefined {
  const [first = ''] = values;
  if (/^\d{8}$/.test(first)) return '%Y%m%d';
  for (const [form, [one = '', two = '', three = '']] of TOLD) {
    const [whole, , before, , after, last] = form.exec(first) ?? [];
    if (whole === undefined) continue;
    // May is short and long at once, so one long name tells of all.
    const long = values.some((value) => /[A-Za-z]{4}/.test(form.exec(value)?.[0] ?? ''));
    const part = (name: string) =>
      name === '%b' && long ? '%B' : name === '%Y' && name === three && last?.length === 2 ? '%y' : name;
    return part(one) + before + part(two) + after + part(three);
  }
  return undefined;
}

/** No number is above 12, so nobody can tell: then what another column says goes, or what is usual. */
function ask(
  field: SampledField,
  other: { field: SampledField; order: Order | undefined } | undefined,
  usual: Order,
): void {
  const order = other?.order ?? usual;
  field.mapping.format = formatOf(field.values, order);
  const turned = formatOf(field.values, order === 'day' ? 'month' : 'day');
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
