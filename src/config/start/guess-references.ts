import { COLUMN_WORDS, CUSTOMER_NAMES } from './column-words.js';
import { columnsOf, foreignKey, type GuessedFeed } from './guess-feed.js';
import { feedOf, type GuessedSource } from './guessed-source.js';

/** Adds the references of a feed: to the same source, else to the one beside it, else to the first that gives the entity. */
export function refer(feed: GuessedFeed, source: GuessedSource, sources: readonly GuessedSource[]): void {
  const columns = columnsOf(source.columns);
  if (feed.entity === 'orders') {
    const customer = foreignKey(columns, 'customers');
    const bare = columns.find(['customer', 'client']);
    const name = columns.find(CUSTOMER_NAMES);
    const email = columns.find(COLUMN_WORDS.customers?.fields.email ?? []);
    const at = find('customers', source, sources);
    // In a flat row stands who ordered, by whatever tells customers apart.
    const own = at?.source === source ? feedOf(source, 'customers')?.key : undefined;
    if (own?.length === 1) point(feed, 'customer_id', own[0] as string, at as Found, source);
    else if (at !== undefined && customer !== undefined) point(feed, 'customer_id', customer, at, source);
    else if (at !== undefined && email !== undefined)
      feed.fields = { customer_id: { from: email, by: 'email' }, ...feed.fields };
    else if (at !== undefined && name !== undefined && isByName(at.source))
      point(feed, 'customer_id', name, at, source);
    else if (at !== undefined && bare !== undefined && at.source !== source) {
      point(feed, 'customer_id', bare, at, source);
      feed.notes.customer_id = `is it the key of ${at.source.name}?`;
    } else feed.notes.customer_id = whoOrdered(bare ?? name, at);
    if (at?.one === false && customer !== undefined && feed.fields.customer_id?.source !== undefined)
      feed.notes.customer_id = at.note;
  }
  if (feed.entity !== 'order_items') return;
  referToProduct(feed, source, sources);
  const order = feed.fields.order_id?.from;
  const orders = find('orders', source, sources);
  if (typeof order === 'string' && orders !== undefined && feed.each === undefined)
    point(feed, 'order_id', order, orders, source);
}

/** Whether a source knows its customers by one name, for want of anything else. */
function isByName(source: GuessedSource): boolean {
  const feed = feedOf(source, 'customers');
  return feed?.notes.key !== undefined && feed.key.length === 1;
}

function whoOrdered(name: string | undefined, at: Found | undefined): string {
  if (name === undefined) return 'no column was found that says who ordered';
  return at === undefined
    ? `${name} is only a name: no column was found that tells customers apart`
    : `no column was found that says who ordered, beside ${name}`;
}

function referToProduct(feed: GuessedFeed, source: GuessedSource, sources: readonly GuessedSource[]): void {
  const products = find('products', source, sources);
  const product = feed.fields.product_id?.from ?? sharedKey(feed, source, products?.source);
  if (typeof product !== 'string') {
    feed.notes.product_id = 'no column was found that says what was sold';
    return;
  }
  if (products === undefined) {
    delete feed.fields.product_id;
    feed.notes.product_id = `no file with products was found that ${product} could refer to`;
  } else if (/sku/i.test(product) && !keyedBy(products.source, product)) {
    feed.fields.product_id = { from: product, by: 'sku' };
  } else if (products.one || products.source === source) point(feed, 'product_id', product, products, source);
  else if (/sku/i.test(product)) feed.fields.product_id = { from: product, by: 'sku' };
  else {
    point(feed, 'product_id', product, products, source);
    feed.notes.product_id = products.note;
  }
}

/** A column that is called as the key of the products is, and does not name the order. */
function sharedKey(
  { each, fields }: GuessedFeed,
  from: GuessedSource,
  products: GuessedSource | undefined,
): string | undefined {
  const [key] = products === undefined ? [] : (feedOf(products, 'products')?.key ?? []);
  if (key === undefined || each !== undefined || products === from || key.toLowerCase() === 'id')
    return undefined;
  return from.columns.includes(key) && fields.order_id?.from !== key ? key : undefined;
}

/** Whether a source knows its products by a column of the same name. */
function keyedBy({ feeds }: GuessedSource, column: string): boolean {
  const key = feeds.find((feed) => feed.entity === 'products')?.key[0];
  return key?.toLowerCase() === column.toLowerCase();
}

interface Found {
  source: GuessedSource;
  /** Whether no other source gives the entity. */
  one: boolean;
  note: string;
}

function find(entity: string, from: GuessedSource, sources: readonly GuessedSource[]): Found | undefined {
  const giving = sources.filter((source) => source.feeds.some((feed) => feed.entity === entity));
  const folder = from.about.slice(0, from.about.lastIndexOf('/') + 1);
  const source =
    giving.find((each) => each === from) ??
    giving.find((each) => folder !== '' && each.about.startsWith(folder)) ??
    giving[0];
  if (source === undefined) return undefined;
  const note = `which one: ${giving.map((each) => each.name).join(', ')}?`;
  return { source, one: giving.length === 1, note };
}

function point(
  feed: GuessedFeed,
  field: string,
  column: string,
  { source }: Found,
  from: GuessedSource,
): void {
  const mapping = source === from ? { from: column } : { from: column, source: source.name };
  const { [field]: _, ...rest } = feed.fields;
  feed.fields = { [field]: mapping, ...rest };
}
