import { ident } from '../../kernel/sql.js';
import { type GuessedFeed, PER_CENT } from './guess-feed.js';
import { feedOf } from './guessed-source.js';
import { type Sample, type SampledSource, textsOf } from './sampled-fields.js';

/** A discount in per cent of the line becomes an amount. */
export function learnPerCent({ source }: SampledSource): void {
  const lines = feedOf(source, 'order_items');
  const discount = lines?.fields.discount_amount?.from;
  if (lines === undefined || typeof discount !== 'string' || !PER_CENT.test(discount)) return;
  delete lines.fields.discount_amount;
  toAmount(lines, discount, ' * 0.01', 'is in per cent of the line, and becomes an amount', source.decimal);
}

/** A discount between 0 and 1 is a share of the line, and becomes an amount. */
export function learnShares(feed: GuessedFeed, sample: Sample): void {
  const discount = feed.fields.discount_amount?.from;
  const values = textsOf(feed, sample, 'discount_amount').map(Number);
  const share = values.length > 0 && values.every((value) => value >= 0 && value <= 1);
  if (!share || !values.some((value) => value > 0 && value < 1) || typeof discount !== 'string') return;
  toAmount(feed, discount, '', 'is a share of the line, and becomes an amount');
}

function toAmount(
  { fields, notes }: GuessedFeed,
  discount: string,
  per: string,
  why: string,
  decimal?: ',',
): void {
  const [quantity, price] = [fields.quantity?.from, fields.unit_price?.from];
  if (typeof quantity !== 'string' || typeof price !== 'string') return;
  // The width of the first has DuckDB reckon in 128 bits: in 64, an amount of 922,337 overflows and is lost.
  const number = (column: string) =>
    decimal === undefined
      ? ident(column)
      : `replace(regexp_replace(${ident(column)}, '[^0-9,-]', '', 'g'), ',', '.')`;
  const as = (column: string, type: string) => `TRY_CAST(${number(column)} AS ${type})`;
  const product = [
    as(quantity, 'DECIMAL(22,3)'),
    as(price, 'DECIMAL(14,4)'),
    as(discount, 'DECIMAL(9,6)') + per,
  ].join(' * ');
  fields.discount_amount = { sql: `(${product})::DECIMAL(18,4)` };
  notes.discount_amount = `${discount} ${why}`;
}
