import type { SampledField } from './sampled-fields.js';

type Order = 'day' | 'month';

const DAYS = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;
const NAMED: [form: RegExp, format: string][] = [
  [/^\d{1,2} [A-Za-z]{3} \d{4}/, '%d %b %Y'],
  [/^\d{1,2} [A-Za-z]{3} \d{2}(?!\d)/, '%d %b %y'],
  [/^\d{1,2}-[A-Za-z]{3}-\d{4}/, '%d-%b-%Y'],
  [/^\d{1,2}-[A-Za-z]{3}-\d{2}(?!\d)/, '%d-%b-%y'],
  [/^\d{1,2} [A-Za-z]{3,} \d{4}/, '%d %B %Y'],
  [/^[A-Za-z]{3} \d{1,2}, \d{4}/, '%b %d, %Y'],
  [/^[A-Za-z]{3,} \d{1,2}, \d{4}/, '%B %d, %Y'],
  [/^\d{4}\/\d{1,2}\/\d{1,2}/, '%Y/%m/%d'],
  [/^\d{8}$/, '%Y%m%d'],
];
const TIME = /(,? )\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[AaPp][Mm])?$/;

/**
 * Learns how dates are written. ISO dates need no format. Where a column itself does not say whether the day or the
 * month comes first, the others do, those of its own source before those of all; else what is usual in the country is
 * taken, and asked about.
 */
export function learnDates(all: readonly SampledField[], country?: string): void {
  const fields = all.filter(({ values }) => values.length > 0 && !/^\d{4}-\d/.test(values[0] as string));
  for (const { values, mapping } of fields) {
    const named =
      NAMED.find(([form]) => values.every((value) => form.test(value))) ??
      NAMED.find(([form]) => form.test(values[0] as string));
    if (named !== undefined) mapping.format = named[1] + timeOf(values);
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
  const [whole, before = '', seconds, fraction, half = ''] = TIME.exec(first) ?? [];
  if (whole === undefined) return '';
  const clock = half === '' ? '%H:%M' : '%I:%M';
  const end = half === '' ? '' : half.startsWith(' ') ? ' %p' : '%p';
  return `${before}${clock}${seconds === undefined ? '' : ':%S'}${fraction === undefined ? '' : '.%f'}${end}`;
}
