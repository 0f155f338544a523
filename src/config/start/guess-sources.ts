import type { SourceType } from '../../model/config.js';
import { COLUMN_WORDS, OTHER_FILES } from './column-words.js';
import type { DataFile } from './data-files.js';
import { guessExport } from './guess-export.js';
import { type Columns, columnsOf, foreignKey, type GuessedFeed, guessFeed, likeness } from './guess-feed.js';

/** A data file whose columns were read. */
export interface ReadableFile extends DataFile {
  columns: string[];
  /** Where it is not UTF-8. */
  encoding?: 'windows-1252';
}

/** A source as it seems to be. */
export interface GuessedSource {
  name: string;
  type: SourceType;
  path: string;
  example: string;
  second?: string;
  files: number;
  /** Where ids start anew in each file: which part of its name tells them apart. */
  period?: string;
  records?: string;
  encoding?: 'windows-1252';
  /** What stands before the decimals, where it is no point. */
  decimal?: ',';
  /** Empty where nobody can tell what it holds. */
  feeds: GuessedFeed[];
  columns: string[];
}

/** Guesses what each file holds and how the files refer to each other, by the names of files and columns. */
export function guessSources(files: readonly ReadableFile[]): GuessedSource[] {
  const names = new Set<string>();
  const sources = files.map((file) => guessSource(file, nameFor(file.path, names)));
  const given = (entity: string, but: GuessedSource) =>
    sources.some((source) => source !== but && source.feeds[0]?.entity === entity);
  for (const source of sources) spread(source, (entity) => given(entity, source));
  for (const source of sources) for (const feed of source.feeds) refer(feed, source, sources);
  return sources.sort((a, b) => rank(a) - rank(b));
}

/** Who is referred to comes first, which also makes the file read like a story. */
function rank({ feeds }: GuessedSource): number {
  const order = Object.keys(COLUMN_WORDS);
  const [first] = feeds;
  return first === undefined ? order.length : order.indexOf(first.entity);
}

function nameFor(path: string, taken: Set<string>): string {
  const parts = path
    .replace(/(\.\w+)(\.gz)?$/, '')
    .toLowerCase()
    .split('/')
    .map((part) => part.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, ''));
  const base = parts.at(-1) || parts.at(-2) || 'source';
  const folder = parts.at(-2);
  const wanted = taken.has(base) && folder ? `${folder}_${base}` : base;
  const safe = /^[a-z]/.test(wanted) ? wanted.slice(0, 40) : `source_${wanted}`.slice(0, 40);
  let name = safe;
  for (let i = 2; taken.has(name); i++) name = `${safe}_${i}`;
  taken.add(name);
  return name;
}

function guessSource(file: ReadableFile, name: string): GuessedSource {
  const { type, path, example, second, files } = file;
  const { records, columns } = withoutEnvelope(file);
  const lists = [...new Set(columns.flatMap((column) => /^([^[\]]+)\[\]\./.exec(column)?.[1] ?? []))];
  const outer = columnsOf(columns.filter((column) => !column.includes('[]')));
  const candidates = Object.keys(COLUMN_WORDS)
    .filter((entity) => entity !== 'order_items' || orderOf(outer, path) !== undefined)
    .flatMap((entity) => guessFeed(entity, outer) ?? []);
  const best = candidates.sort((a, b) => likeness(b, path) - likeness(a, path))[0];
  const source: GuessedSource = { name, type, path, example, files, feeds: [], columns };
  if (second !== undefined) source.second = second;
  if (records !== undefined) source.records = records;
  if (file.encoding !== undefined) source.encoding = file.encoding;
  const shop = guessExport(columns);
  if (shop !== undefined) return { ...source, feeds: shop };
  if (best === undefined || isOther(path)) return source;
  source.feeds.push(best);
  if (best.entity === 'orders') source.feeds.push(...nestedLines(columns, lists, best));
  return source;
}

/** The column that says of which order a line is a part; in a file that is called after lines, also a bare `no`. */
function orderOf(columns: Columns, path: string): string | undefined {
  const named = foreignKey(columns, 'orders');
  const base = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (named !== undefined || !COLUMN_WORDS.order_items?.files.test(base)) return named;
  return columns.find(['no', 'number', 'order', 'invoice', 'receipt']);
}

/** Suppliers have names and phones as customers have, and are none. */
function isOther(path: string): boolean {
  const base = (path.split('/').at(-1) ?? '').toLowerCase();
  return OTHER_FILES.test(base) && !Object.values(COLUMN_WORDS).some(({ files }) => files.test(base));
}

/** `{"orders": [ … ]}`: the list is what holds the records. */
function withoutEnvelope({ type, columns }: ReadableFile): { records?: string; columns: string[] } {
  if (type !== 'json') return { columns };
  const count = new Map<string, number>();
  for (const column of columns) {
    const list = /^([^[\]]+)\[\]\./.exec(column)?.[1];
    if (list !== undefined) count.set(list, (count.get(list) ?? 0) + 1);
  }
  const [list, members = 0] = [...count].sort((a, b) => b[1] - a[1])[0] ?? [];
  const outside = columns.filter((column) => !column.includes('[]'));
  // Beside the list stands at most what counts pages: a record with a list in it has more to say.
  if (
    list === undefined ||
    !outside.every((column) => /^(total|count|page|limit|skip|next|offset|pages|meta\b.*)/i.test(column))
  )
    return { columns };
  const inner = columns
    .filter((column) => column.startsWith(`${list}[].`))
    .map((column) => column.slice(list.length + 3));
  return members > 0 ? { records: list, columns: inner } : { columns };
}

function nestedLines(
  columns: readonly string[],
  lists: readonly string[],
  order: GuessedFeed,
): GuessedFeed[] {
  for (const each of lists) {
    const inner = columns
      .filter((column) => column.startsWith(`${each}[].`))
      .map((column) => column.slice(each.length + 3))
      .filter((column) => !column.includes('[]'));
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

function productOf(columns: Columns): GuessedFeed['fields'] {
  const product = foreignKey(columns, 'products') ?? columns.find(['id']);
  return product === undefined ? {} : { product_id: { from: product } };
}

/** One flat row a line feeds orders and lines at once, and the customers and products that no other file gives. */
function spread(source: GuessedSource, given: (entity: string) => boolean): void {
  const [main] = source.feeds;
  const columns = columnsOf(source.columns);
  const order = orderOf(columns, source.path);
  if (main === undefined || source.feeds.length > 1 || order === undefined) return;
  if (main.entity !== 'orders' && main.entity !== 'order_items') return;
  const [lines, orders] = [guessFeed('order_items', columns), guessFeed('orders', columns)];
  if (lines === undefined) return;
  lines.fields = {
    order_id: { from: order },
    ...productOf(columnsOf(source.columns.filter((name) => name !== 'id'))),
    ...lines.fields,
  };
  const head =
    orders !== undefined && (orders.fields.order_date ?? foreignKey(columns, 'customers')) !== undefined;
  if (given('orders') && (!head || main.entity === 'order_items')) {
    source.feeds = [lines];
    return;
  }
  if (orders === undefined) {
    // Every line is part of an order, also where nothing more is known of it than its number.
    source.feeds = [
      { entity: 'orders', key: [order], fields: { order_number: { from: order } }, notes: {} },
      lines,
    ];
    return;
  }
  // On each line stands the amount of the line, and what the order amounts to follows from them.
  delete orders.fields.total_amount;
  source.feeds = [orders, lines];
  for (const entity of ['products', 'customers']) {
    const feed = given(entity) ? undefined : guessFeed(entity, columns);
    const own = feed?.key[0] !== order && feed?.fields.product_name?.from !== order;
    if (feed !== undefined && own && !isBare(feed)) source.feeds.unshift(feed);
  }
  for (const feed of source.feeds) {
    if (feed.entity === 'products') for (const name of ['stock_quantity', 'price']) delete feed.fields[name];
    if (feed.entity !== 'orders') for (const name of ['created_at', 'updated_at']) delete feed.fields[name];
  }
}

/** In a flat row `id` or `name` may be anybody's. */
function isBare(feed: GuessedFeed): boolean {
  return ['id', 'no', 'code', 'number', 'key'].includes((feed.key[0] ?? '').toLowerCase());
}

/** Adds the references of a feed: to the same source, else to the one beside it, else to the first that gives the entity. */
function refer(feed: GuessedFeed, source: GuessedSource, sources: readonly GuessedSource[]): void {
  const columns = columnsOf(source.columns);
  if (feed.entity === 'orders') {
    const customer = foreignKey(columns, 'customers');
    const bare = columns.find(['customer', 'client']);
    const email = columns.find(COLUMN_WORDS.customers?.fields.email ?? []);
    const at = find('customers', source, sources);
    // In a flat row stands who ordered, by whatever tells customers apart.
    const own =
      at?.source === source ? source.feeds.find(({ entity }) => entity === 'customers')?.key : undefined;
    if (at !== undefined && customer !== undefined) point(feed, 'customer_id', customer, at, source);
    else if (at !== undefined && email !== undefined)
      feed.fields = { customer_id: { from: email, by: 'email' }, ...feed.fields };
    else if (own?.length === 1) point(feed, 'customer_id', own[0] as string, at as Found, source);
    else if (at !== undefined && bare !== undefined && at.source !== source) {
      point(feed, 'customer_id', bare, at, source);
      feed.notes.customer_id = `is it the key of ${at.source.name}?`;
    } else feed.notes.customer_id = 'no column was found that says who ordered';
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

function referToProduct(feed: GuessedFeed, source: GuessedSource, sources: readonly GuessedSource[]): void {
  const product = feed.fields.product_id?.from;
  const products = find('products', source, sources);
  if (typeof product !== 'string') return;
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
  const folder = from.path.slice(0, from.path.lastIndexOf('/') + 1);
  const source =
    giving.find((each) => each === from) ??
    giving.find((each) => folder !== '' && each.path.startsWith(folder)) ??
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
