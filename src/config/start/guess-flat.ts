import { CUSTOMER_NAMES, isCalledAfter } from './column-words.js';
import {
  type Columns,
  columnsOf,
  foreignKey,
  type GuessedFeed,
  guessFeed,
  partsOfFeed,
} from './guess-feed.js';
import { feedOf, type GuessedSource } from './guessed-source.js';

/** What numbers the rows of a file, whatever they are. */
const BARE = ['id', 'no', 'code', 'number', 'key'];

/** What is asked where a bare number is taken for that of an order. */
export const ONE_ARTICLE = 'each row is taken for an order of its own: or do several rows make one order?';

/**
 * The column that says of which order a line is a part; in a file that is called after lines also a bare `no`, and
 * beside a quantity and a price a bare `Receipt`.
 */
export function orderOf(columns: Columns, path: string): string | undefined {
  const named = foreignKey(columns, 'orders');
  if (named !== undefined) return named;
  if (isCalledAfter('order_items', path))
    return columns.find(['no', 'number', 'order', 'invoice', 'receipt', 'num']);
  if (guessFeed('order_items', columns) === undefined) return undefined;
  return (
    columns.find(['receipt', 'invoice', 'order', 'bill', 'ticket', 'transaction', 'num']) ??
    saleOf(columns, path)
  );
}

/** A bare `No` beside a day, an article, a quantity and an amount: of a list of sales, each of one article. */
function saleOf(columns: Columns, path: string): string | undefined {
  const { fields: line = {} } = guessFeed('order_items', columns) ?? {};
  const sold = line.quantity !== undefined && (line.unit_price ?? line.subtotal) !== undefined;
  const article = foreignKey(columns, 'products') ?? columns.find(ARTICLES);
  const day = guessFeed('orders', columns)?.fields.order_date;
  const buyer = foreignKey(columns, 'customers') ?? columns.find(CUSTOMER_NAMES);
  if (!sold || article === undefined || day === undefined) return undefined;
  return isCalledAfter('orders', path) || buyer !== undefined ? columns.find(BARE) : undefined;
}

/** What names an order and a quantity is a line of it, whatever else it says of articles and people. */
export function isLine(columns: Columns, path: string): boolean {
  // `Sales by Customer` are sales.
  const called =
    !isCalledAfter('orders', path) && ['customers', 'products'].some((entity) => isCalledAfter(entity, path));
  if (called || orderOf(columns, path) === undefined) return false;
  return guessFeed('order_items', columns) !== undefined;
}

export function productOf(columns: Columns): GuessedFeed['fields'] {
  const product = foreignKey(columns, 'products') ?? columns.find(['id']);
  return product === undefined ? {} : { product_id: { from: product } };
}

/** One flat row a line feeds orders and lines at once, and the customers and products that no other file gives. */
export function spread(source: GuessedSource, given: (entity: string) => boolean): void {
  const [main] = source.feeds;
  const columns = columnsOf(source.columns);
  const order = orderOf(columns, source.about);
  if (main === undefined || source.feeds.length > 1 || order === undefined) return;
  if (main.entity !== 'orders' && main.entity !== 'order_items') return;
  const [lines, orders] = [guessFeed('order_items', columns), guessFeed('orders', columns)];
  if (lines === undefined) return;
  lines.fields = {
    order_id: { from: order },
    ...productOf(columnsOf(source.columns.filter((name) => name !== 'id' && name !== order))),
    ...lines.fields,
  };
  if (/^amazon/i.test(order)) toWholeLines(lines);
  source.feeds = [lines];
  if (!given('products')) giveProducts(source, lines, order, columns);
  // Without a day it is no order of its own, and the one that another file tells of is meant.
  if (given('orders') && orders?.fields.order_date === undefined) return;
  source.feeds.splice(-1, 0, ordersOf(orders, lines, order, source.columns));
  if (orders !== undefined && !given('customers')) source.feeds.unshift(...buyersBeside(source, [order]));
  leaveDays(source);
}

/** Orders without lines that alone say who bought give the customers, too; by their names where there is nothing else. */
export function giveBuyers(source: GuessedSource, given: (entity: string) => boolean): void {
  const [orders] = source.feeds;
  if (orders?.entity !== 'orders' || source.feeds.length > 1 || given('customers')) return;
  source.feeds.unshift(...buyersBeside(source, orders.key));
  leaveDays(source);
}

/** Takes out of orders who bought, though others tell of customers: none of those is meant. */
export function takeBuyers(source: GuessedSource): void {
  const orders = feedOf(source, 'orders');
  const [buyers] = orders === undefined ? [] : buyersBeside(source, orders.key);
  if (orders === undefined || buyers?.key.length !== 1) return;
  const key = buyers.key[0] as string;
  source.feeds.unshift(buyers);
  leaveDays(source);
  orders.fields.customer_id = { from: key };
  orders.notes.customer_id =
    'not all of them are told of by another file, so customers are taken out of these orders, too';
}

/** Takes out of the lines of orders what was sold, though others tell of products. */
export function takeArticles(source: GuessedSource): void {
  const lines = feedOf(source, 'order_items');
  const order = lines?.fields.order_id?.from;
  if (lines === undefined || typeof order !== 'string') return;
  const columns = columnsOf(source.columns);
  const own = lines.fields.product_id;
  delete lines.fields.product_id;
  giveProducts(source, lines, order, columns);
  const products = feedOf(source, 'products');
  if (own !== undefined && lines.fields.product_id === undefined) {
    const { order_id, ...others } = lines.fields;
    const product_id = products === undefined ? own : { from: products.key[0] as string };
    lines.fields = { ...(order_id && { order_id }), product_id, ...others };
  }
  if (products !== undefined)
    lines.notes.product_id =
      'not all of them are told of by another file, so products are taken out of these lines, too';
}

/** Who bought, by what stands beside the key of an order; none where only a bare number would tell them apart. */
function buyersBeside({ columns }: GuessedSource, key: readonly string[]): GuessedFeed[] {
  const others = columnsOf(columns.filter((name) => !key.includes(name)));
  const buyers = guessFeed('customers', others, CUSTOMER_NAMES);
  return buyers === undefined || isBare(buyers) ? [] : [buyers];
}

/** The days in a row of an order are its own. */
function leaveDays({ feeds }: GuessedSource): void {
  for (const feed of feeds)
    if (feed.entity !== 'orders') for (const name of ['created_at', 'updated_at']) delete feed.fields[name];
}

/** Every line is part of an order, also where nothing more is known of it than its number. */
function ordersOf(
  guessed: GuessedFeed | undefined,
  lines: GuessedFeed,
  order: string,
  names: readonly string[],
): GuessedFeed {
  if (guessed === undefined)
    return { entity: 'orders', key: [order], fields: { order_number: { from: order } }, notes: {} };
  leaveToLines(guessed, lines, names);
  if (isBareName(order)) guessed.notes.key = ONE_ARTICLE;
  return { ...guessed, key: [order] };
}

/** What Amazon calls the price of an item is that of all of them. */
function toWholeLines({ fields }: GuessedFeed): void {
  if (fields.unit_price !== undefined) fields.subtotal = fields.unit_price;
  delete fields.unit_price;
}

/** What the lines hold is theirs; the order has what else there is, of which its first records tell whether it is its own. */
function leaveToLines(orders: GuessedFeed, lines: GuessedFeed, names: readonly string[]): void {
  const theirs = new Set(Object.values(lines.fields).map(({ from }) => from));
  const others = partsOfFeed('orders', columnsOf(names.filter((name) => !theirs.has(name))));
  for (const name of ['total_amount', 'discount_amount', 'tax_amount']) {
    const from = orders.fields[name]?.from;
    if (from === undefined || !theirs.has(from)) continue;
    // Said of the line and of its order it would count twice.
    delete orders.fields[name];
    const other = others?.fields[name];
    if (other !== undefined && name !== 'discount_amount') orders.fields[name] = other;
    else if (name === 'tax_amount')
      orders.notes[name] = `${String(from)} stands on each line, and is in no total`;
  }
}

/** What the name of an article is called. */
export const ARTICLES =
  'productname product productservice itemname itemtitle item article description itemdescription artikel artikelname bezeichnung produkt produit désignation producto artículo descripción bidhaa jinalabidhaa'.split(
    ' ',
  );

/** The articles of the lines; one that has a name and no number is known by that. */
function giveProducts(source: GuessedSource, lines: GuessedFeed, order: string, columns: Columns): void {
  const products = guessFeed('products', columns);
  if (products !== undefined && products.fields.product_name?.from !== order && !isBare(products)) {
    for (const name of ['stock_quantity', 'price']) delete products.fields[name];
    source.feeds.unshift(products);
    return;
  }
  const name = columns.find(ARTICLES);
  if (name === undefined || lines.fields.product_id !== undefined) return;
  source.feeds.unshift({
    entity: 'products',
    key: [name],
    fields: { product_name: { from: name } },
    notes: {},
  });
  const { order_id, ...others } = lines.fields;
  lines.fields = { ...(order_id && { order_id }), product_id: { from: name }, ...others };
}

/** In a flat row `id` or `name` may be anybody's. */
function isBare(feed: GuessedFeed): boolean {
  return isBareName(feed.key[0] ?? '');
}

function isBareName(name: string): boolean {
  return BARE.includes(name.toLowerCase());
}
