import { mostFrequent } from '../../kernel/most-frequent.js';
import type { SourceType } from '../../model/config.js';
import { BILLING, guessWithin } from './guess-export.js';
import { columnsOf, type GuessedFeed, guessFeed } from './guess-feed.js';
import { ARTICLES, productOf } from './guess-flat.js';
import { feedOf, type GuessedSource } from './guessed-source.js';
import { askForLines } from './lines-aside.js';

/** `{"orders": [ … ]}`: the list is what holds the records. */
export function withoutEnvelope({ type, columns }: { type: SourceType; columns: string[] }): {
  records?: string;
  columns: string[];
} {
  if (type !== 'json') return { columns };
  const list = mostFrequent(columns.flatMap((column) => /^([^[\]]+)\[\]\./.exec(column)?.[1] ?? []));
  const outside = columns.filter((column) => !column.includes('[]'));
  // Beside the list stands at most what counts pages: a record with a list in it has more to say.
  if (
    list === undefined ||
    !outside.every((column) => /^(total|count|page|limit|skip|next|offset|pages|meta\b.*)/i.test(column))
  )
    return { columns };
  return { records: list, columns: membersOf(`${list}[].`, columns) };
}

/** What stands in a list or an object, by its own name. */
function membersOf(place: string, columns: readonly string[]): string[] {
  return columns.filter((column) => column.startsWith(place)).map((column) => column.slice(place.length));
}

/** Lines that stand in a list of their order. */
export function nestedLines(
  columns: readonly string[],
  lists: readonly string[],
  order: GuessedFeed,
): GuessedFeed[] {
  for (const each of lists) {
    const inner = membersOf(`${each}[].`, columns).filter((column) => !column.includes('[]'));
    const feed = guessFeed('order_items', columnsOf(inner));
    const [key] = order.key;
    if (feed === undefined || key === undefined) continue;
    return [
      {
        ...feed,
        each,
        key: [],
        fields: { order_id: { from: `^${key}` }, ...productOf(columnsOf(inner)), ...feed.fields },
      },
    ];
  }
  return [];
}

/** Objects in an order that speak of who ordered. */
const BUYERS = ['customer', 'client', 'buyer'];

/**
 * What was sold, out of orders that hold it, where no other source gives it; and who ordered, also where another source
 * knows customers, as long as an address says who is the same: its numbers may be others.
 */
export function takeOut(source: GuessedSource, given: (entity: string) => boolean): void {
  const orders = feedOf(source, 'orders');
  const lines = feedOf(source, 'order_items');
  if (orders === undefined) return;
  if (lines === undefined && source.type !== 'json' && source.type !== 'ndjson')
    askForLines(orders, source.columns);
  if (lines?.each !== undefined && !given('products')) {
    const products = productsOf(source, lines);
    if (products !== undefined) source.feeds.unshift(products);
  }
  const known = source.feeds.some(({ entity }) => entity === 'customers');
  const buyers = known ? undefined : (buyersOf(source.columns) ?? billedOf(source.columns));
  const told = buyers?.fields.email !== undefined || buyers?.fields.phone !== undefined;
  if (buyers !== undefined && (told || !given('customers'))) source.feeds.unshift(buyers);
}

function buyersOf(columns: readonly string[]): GuessedFeed | undefined {
  for (const buyer of BUYERS) {
    const inner = membersOf(`${buyer}.`, columns).filter((column) => !column.includes('[]'));
    const feed = guessFeed('customers', columnsOf(inner));
    if (feed === undefined) continue;
    const fields = Object.entries(feed.fields).map(([field, mapping]) => [
      field,
      typeof mapping.from === 'string' ? { ...mapping, from: `${buyer}.${mapping.from}` } : mapping,
    ]);
    return { ...feed, key: feed.key.map((name) => `${buyer}.${name}`), fields: Object.fromEntries(fields) };
  }
  return undefined;
}

/** Who paid, by columns called `billing_email` and the like: a number may be that of all guests. */
function billedOf(columns: readonly string[]): GuessedFeed | undefined {
  const feed = guessWithin(
    'customers',
    columns.filter((name) => BILLING.test(name)),
    BILLING,
  );
  const email = feed?.fields.email?.from;
  return feed === undefined || typeof email !== 'string' ? undefined : { ...feed, key: [email] };
}

/** The articles of the lines; one that has a name and no number is known by that. */
function productsOf({ columns }: GuessedSource, lines: GuessedFeed): GuessedFeed | undefined {
  const inner = columnsOf(membersOf(`${lines.each}[].`, columns));
  const name = inner.find([...ARTICLES, 'title', 'name']);
  const { product_id: product } = lines.fields;
  // A bare `id` is that of the line.
  const key = product?.from === undefined || product.from === 'id' ? name : product.from;
  if (name === undefined || typeof key !== 'string' || lines.each === undefined) return undefined;
  lines.fields = { ...lines.fields, product_id: { from: key } };
  const sku = inner.find(['sku']);
  return {
    entity: 'products',
    each: lines.each,
    key: [key],
    fields: { product_name: { from: name }, ...(sku === undefined ? {} : { sku: { from: sku } }) },
    notes: {},
  };
}
