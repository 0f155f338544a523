import { ident } from '../../kernel/sql.js';
import { COLUMN_WORDS } from './column-words.js';
import type { GuessedFeed } from './guess-feed.js';
import { feedOf, type GuessedSource } from './guessed-source.js';
import { amountIn, type Row, rowsOf, type SampledSource, signOf } from './sampled-fields.js';

/** Learns from its first records what the amounts of a line mean: its own, or those of its order, with tax or without. */
export function learnLines({ source, samples }: SampledSource): void {
  const lines = feedOf(source, 'order_items');
  const rows = rowsOf(samples, 'order_items');
  if (lines === undefined || rows.length === 0) return;
  learnPrice(lines, source, rows);
  learnTotal(lines, source, rows);
  if (typeof lines.fields.unit_price?.from === 'string' && lines.fields.subtotal === undefined)
    askForPrice(lines);
}

/** Where a line says what it comes to and no price, the price follows. */
function learnPrice(lines: GuessedFeed, source: GuessedSource, rows: readonly Row[]): void {
  const [quantity, subtotal] = [lines.fields.quantity?.from, lines.fields.subtotal?.from];
  const gross = source.columns.find((name) => /^gross[ _]?(sales|amount|price)$/i.test(name));
  if (lines.fields.unit_price !== undefined || typeof quantity !== 'string') return;
  const whole = lines.fields.discount_amount === undefined ? (subtotal ?? gross) : gross;
  const comma = source.decimal === ',' || lines.fields.subtotal?.decimal === ',';
  if (typeof whole !== 'string' || comma || rows.length === 0) return;
  const number = (column: string) =>
    `TRY_CAST(regexp_replace(${ident(column)}, '[^0-9.-]', '', 'g') AS DECIMAL(18,4))`;
  lines.fields.unit_price = { sql: `(${number(whole)} / nullif(${number(quantity)}, 0))::DECIMAL(18,4)` };
  lines.notes.unit_price = `${whole} of the line, by its ${quantity}`;
}

/**
 * What is called the total of a line is its own where it is quantity × price; else that of its order, where the lines
 * of each come to it; else it is something else, such as with tax, and is left out.
 */
function learnTotal(lines: GuessedFeed, source: GuessedSource, rows: readonly Row[]): void {
  const { subtotal, quantity, unit_price: price, discount_amount: discount, order_id: order } = lines.fields;
  const [total, q, p, o] = [subtotal?.from, quantity?.from, price?.from, order?.from];
  // What a discount in per cent comes to is reckoned from the rest.
  if (discount?.sql !== undefined) return;
  if (typeof total !== 'string' || typeof q !== 'string' || typeof p !== 'string' || typeof o !== 'string')
    return;
  const read = (row: Row, field: string, column: unknown) =>
    typeof column === 'string'
      ? (amountIn(row[column], lines.fields[field]?.decimal ?? source.decimal) ?? Number.NaN)
      : 0;
  const sign = signOf('discount_amount', discount ?? {}, rows);
  const told = rows
    .map((row) => {
      const gross = read(row, 'quantity', q) * read(row, 'unit_price', p);
      const off = sign * (read(row, 'discount_amount', discount?.from) || 0);
      return { order: row[o], total: read(row, 'subtotal', total), gross, makes: gross - off };
    })
    .filter((line) => !Number.isNaN(line.total) && !Number.isNaN(line.makes));
  const near = (a: number, b: number) => Math.abs(a - b) < 0.011;
  const fitting = told.filter((line) => near(line.total, line.makes)).length;
  const whole = told.filter((line) => near(line.total, line.gross)).length;
  if (whole > fitting && whole * 2 > told.length) {
    delete lines.fields.discount_amount;
    lines.notes.discount_amount = `${String(discount?.from)} is left out: the lines come out without it`;
    return;
  }
  if (fitting * 2 > told.length || told.length === 0) return;
  delete lines.fields.subtotal;
  const orders = feedOf(source, 'orders');
  const sums = new Map<unknown, number>();
  for (const line of told) sums.set(line.order, (sums.get(line.order) ?? 0) + line.makes);
  const ofOrders = told.filter((line) => near(line.total, sums.get(line.order) ?? 0)).length;
  if (orders !== undefined && lines.each === undefined && ofOrders * 2 > told.length)
    orders.fields.total_amount = { ...subtotal };
  else lines.notes.subtotal = `${total} is not ${q} × ${p}: is it with tax?`;
}

/** Discounts that are written with a minus are turned: what is taken off is an amount above zero. */
export function turnDiscounts({ source, samples }: SampledSource): void {
  for (const feed of source.feeds) {
    const discount = feed.fields.discount_amount;
    if (typeof discount?.from !== 'string') continue;
    if (signOf('discount_amount', discount, rowsOf(samples, feed.entity)) === 1) continue;
    const { from, ...more } = discount;
    const text = ident(from);
    feed.fields.discount_amount = {
      sql: `CASE WHEN regexp_matches(${text}, '[-(]') THEN regexp_replace(${text}, '[-()]', '', 'g') ELSE '-' || ${text} END`,
      ...more,
    };
    feed.notes.discount_amount = `${from} is written with a minus, and is taken off`;
  }
}

/** What is called the price of an item may be that of all of them. */
function askForPrice(lines: GuessedFeed): void {
  const price = String(lines.fields.unit_price?.from);
  if (/^item[ _-]?(price|cost)$/i.test(price))
    lines.notes.unit_price = 'is it the price of one, or of the whole line?';
}

/** One phone with several names is no key of a person: the name belongs to it, and matching says who is who. */
export function learnBuyers({ source, samples }: SampledSource): void {
  const buyers = feedOf(source, 'customers');
  const orders = feedOf(source, 'orders');
  const [key, name] = [buyers?.key[0], buyers?.fields.first_name?.from];
  if (buyers?.key.length !== 1 || key === undefined || typeof name !== 'string') return;
  if (
    orders?.fields.customer_id?.from !== key ||
    ![buyers.fields.email?.from, buyers.fields.phone?.from].includes(key)
  )
    return;
  const rows = rowsOf(samples, 'customers');
  const names = new Map<string, Set<string>>();
  for (const row of rows) {
    const [address, called] = [row[key], row[name]?.toLowerCase().split(/\s+/).sort().join(' ')];
    if (address && called) names.set(address, (names.get(address) ?? new Set()).add(called));
  }
  if (![...names.values()].some(({ size }) => size > 1)) return;
  if (rows.some((row) => row[key] && !row[name])) {
    buyers.notes.key = `several people share one ${key}, and become one customer`;
    return;
  }
  buyers.key = [key, name];
  orders.fields.customer_id = { from: [key, name] };
  buyers.notes.key = `several names share one ${key}`;
}

/** Two files may tell of the same orders, one of them with the lines; told by their numbers and days. */
export function learnOwners(sampled: readonly SampledSource[]): void {
  for (const each of sampled) {
    const { source } = each;
    const lines = feedOf(source, 'order_items');
    if (lines === undefined || lines.each !== undefined) continue;
    const owner = sampled.find((other) => other.source !== source && tellsOfSame(each, other));
    if (owner === undefined) continue;
    source.feeds = source.feeds.filter(({ entity }) => entity === 'products' || entity === 'order_items');
    lines.fields.order_id = { ...lines.fields.order_id, source: owner.source.name };
  }
}

function tellsOfSame(flat: SampledSource, bare: SampledSource): boolean {
  if (bare.source.feeds.some(({ entity }) => entity === 'order_items')) return false;
  // What is called after lines, and lies beside the orders, may write its days in another way.
  const folderOf = ({ about }: GuessedSource) => about.slice(0, about.lastIndexOf('/') + 1);
  const lines = COLUMN_WORDS.order_items?.files.test(flat.source.about.toLowerCase()) === true;
  const days = !lines || folderOf(flat.source) !== folderOf(bare.source);
  const [own, known] = [namesOf(flat, days), new Set(namesOf(bare, days))];
  return own.length > 0 && own.filter((order) => known.has(order)).length * 2 > own.length;
}

/** The first orders of a source by number and day, or by number alone. */
function namesOf({ source, samples }: SampledSource, days: boolean): string[] {
  const date = feedOf(source, 'orders')?.fields.order_date?.from;
  const sample = samples.find(({ entity }) => entity === 'orders');
  if (sample === undefined || (days && typeof date !== 'string')) return [];
  return sample.rows.flatMap(({ key, before }) =>
    key === null ? [] : [days ? `${key} ${before[String(date)]}` : key],
  );
}
