import { ident } from '../../kernel/sql.js';
import { type Entity, fieldOf } from '../../model/entity.js';
import type { GuessedFeed } from './guess-feed.js';
import type { GuessedSource } from './guess-sources.js';

/** The first records of a source that become one entity, as the source has them. */
export interface Sample {
  entity: string;
  rows: readonly { key: string | null; before: Readonly<Record<string, string | null>> }[];
}

/** Learns from the first records of a source how it writes dates, amounts and discounts. */
export function learnFormats(
  source: GuessedSource,
  samples: readonly Sample[],
  entities: readonly Entity[],
): void {
  for (const feed of source.feeds) {
    const sample = samples.find((each) => each.entity === feed.entity);
    const entity = entities.find((each) => each.name === feed.entity);
    if (sample === undefined || entity === undefined) continue;
    for (const field of Object.keys(feed.fields)) {
      const type = fieldOf(entity, field)?.type;
      if (type === 'date' || type === 'timestamp') learnDates(feed, sample, field);
      if (type === 'money' || type === 'decimal') learnDecimals(feed, sample, field);
    }
    if (feed.entity === 'order_items') learnShares(feed, sample);
  }
}

/** The part of a file's name that tells one period from another: `2026-01` of `orders-2026-01.csv`. */
const PERIOD = '(\\d+(?:[-_.]\\d+)*)\\D*$';

/** Where two files of a source give the same numbers to different orders, the numbers start anew in each. */
export function learnPeriod(
  source: GuessedSource,
  first: readonly Sample[],
  second: readonly Sample[],
): void {
  const numbersIn = (samples: readonly Sample[]) =>
    samples.flatMap(({ entity, rows }) => (entity === 'orders' ? rows.flatMap((row) => row.key ?? []) : []));
  const known = new Set(numbersIn(first));
  if (numbersIn(second).some((number) => known.has(number))) source.period = PERIOD;
}

function textsOf(feed: GuessedFeed, sample: Sample, field: string): string[] {
  const from = feed.fields[field]?.from;
  if (typeof from !== 'string') return [];
  return sample.rows.flatMap((row) => row.before[from]?.trim() || []);
}

const DAYS: [form: RegExp, dayFirst: string, monthFirst: string][] = [
  [/^(\d{1,2})\/(\d{1,2})\/\d{4}/, '%d/%m/%Y', '%m/%d/%Y'],
  [/^(\d{1,2})-(\d{1,2})-\d{4}/, '%d-%m-%Y', '%m-%d-%Y'],
  [/^(\d{1,2})\.(\d{1,2})\.\d{4}/, '%d.%m.%Y', '%m.%d.%Y'],
];
const NAMED: [form: RegExp, format: string][] = [
  [/^\d{1,2} [A-Za-z]{3} \d{4}/, '%d %b %Y'],
  [/^\d{1,2}-[A-Za-z]{3}-\d{4}/, '%d-%b-%Y'],
  [/^\d{1,2} [A-Za-z]{4,} \d{4}/, '%d %B %Y'],
  [/^\d{4}\/\d{1,2}\/\d{1,2}/, '%Y/%m/%d'],
  [/^\d{8}$/, '%Y%m%d'],
];
const TIMES: [form: RegExp, format: string][] = [
  [/ \d{1,2}:\d{2}:\d{2}\.\d+$/, ' %H:%M:%S.%f'],
  [/ \d{1,2}:\d{2}:\d{2}$/, ' %H:%M:%S'],
  [/ \d{1,2}:\d{2}$/, ' %H:%M'],
];

/** ISO dates need no format; of others the day comes first unless a value says otherwise. */
function learnDates(feed: GuessedFeed, sample: Sample, field: string): void {
  const values = textsOf(feed, sample, field);
  const [first] = values;
  const mapping = feed.fields[field];
  if (first === undefined || mapping === undefined || /^\d{4}-\d/.test(first)) return;
  const time = TIMES.find(([form]) => form.test(first))?.[1] ?? '';
  const named = NAMED.find(([form]) => form.test(first))?.[1];
  if (named !== undefined) mapping.format = named + time;
  const days = DAYS.find(([form]) => form.test(first));
  if (days === undefined) return;
  const [form, dayFirst, monthFirst] = days;
  const parts = values.flatMap((value) => form.exec(value)?.slice(1).map(Number) ?? []);
  const [firsts, seconds] = [parts.filter((_, i) => i % 2 === 0), parts.filter((_, i) => i % 2 === 1)];
  const dayIsSecond = seconds.some((part) => part > 12) && !firsts.some((part) => part > 12);
  mapping.format = (dayIsSecond ? monthFirst : dayFirst) + time;
  if (!dayIsSecond && !firsts.some((part) => part > 12)) {
    feed.notes[field] = `or is the month first? Then "${monthFirst}${time}"`;
  }
}

/** `1.234,56` and `0,5`: the decimals stand behind a comma. */
function learnDecimals(feed: GuessedFeed, sample: Sample, field: string): void {
  const values = textsOf(feed, sample, field);
  const mapping = feed.fields[field];
  const comma = values.some((value) => /^\D*\d{1,3}(\.\d{3})*,\d{1,2}\D*$/.test(value));
  const point = values.some((value) => /\d\.\d{1,2}\D*$/.test(value));
  if (mapping !== undefined && comma && !point) mapping.decimal = ',';
}

/** A discount between 0 and 1 is a share of the line, and becomes an amount. */
function learnShares(feed: GuessedFeed, sample: Sample): void {
  const values = textsOf(feed, sample, 'discount_amount').map(Number);
  const share = values.length > 0 && values.every((value) => value >= 0 && value <= 1);
  const [quantity, price, discount] = ['quantity', 'unit_price', 'discount_amount'].map(
    (field) => feed.fields[field]?.from,
  );
  if (!share || !values.some((value) => value > 0 && value < 1)) return;
  if (typeof quantity !== 'string' || typeof price !== 'string' || typeof discount !== 'string') return;
  const as = (column: string, type: string) => `TRY_CAST(${ident(column)} AS ${type})`;
  const product = [
    as(quantity, 'DECIMAL(12,3)'),
    as(price, 'DECIMAL(14,4)'),
    as(discount, 'DECIMAL(9,6)'),
  ].join(' * ');
  feed.fields.discount_amount = { sql: `(${product})::DECIMAL(18,4)` };
  feed.notes.discount_amount = `${discount} is a share of the line, and becomes an amount`;
}
