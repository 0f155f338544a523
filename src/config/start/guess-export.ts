import { ident } from '../../kernel/sql.js';
import { columnsOf, type GuessedFeed, guessFeed } from './guess-feed.js';

const LINE = /^line[ _]?item[ _]/i;
export const BILLING = /^billing[ _]/i;

/**
 * The export of a web shop such as Shopify's: a row a line, whose columns are called `Lineitem …`. What is said of the
 * order stands in its first row only, and of the buyer in columns called `Billing …`. Nothing where it is no such file.
 */
export function guessExport(columns: readonly string[]): GuessedFeed[] | undefined {
  const own = columns.filter((name) => !LINE.test(name));
  const outer = columnsOf(own);
  const [order, total, product] = [
    outer.find(['ordernumber', 'ordername', 'orderid', 'order', 'name']),
    outer.find(['total', 'ordertotal', 'totalamount']),
    columns.find((name) => /^line[ _]?item[ _](name|title)$/i.test(name)),
  ];
  const lines = guessWithin(
    'order_items',
    columns.filter((name) => LINE.test(name)),
    LINE,
  );
  const orders = guessFeed('orders', outer);
  if (lines === undefined || orders === undefined) return undefined;
  if (order === undefined || total === undefined || product === undefined) return undefined;
  const first = `${ident(total)} <> ''`;
  // Whether prices are without tax, the totals tell.
  const tax = outer.find(['taxes', 'tax', 'totaltax']);
  if (tax !== undefined) orders.fields.tax_amount = { from: tax };
  const buyers = guessWithin('customers', [...columns.filter((name) => BILLING.test(name)), ...own], BILLING);
  if (buyers !== undefined) nameBuyers(buyers, own, order);
  // Shopify writes '78701, so that a spreadsheet keeps the zeros before it.
  const postcode = buyers?.fields.postal_code?.from;
  if (buyers !== undefined && typeof postcode === 'string')
    buyers.fields.postal_code = { sql: `ltrim(${ident(postcode)}, '''')` };
  const email = buyers?.fields.email?.from;
  const sku = columns.find((name) => /^line[ _]?item[ _]sku$/i.test(name));
  return [
    ...(buyers === undefined || typeof email !== 'string'
      ? []
      : [{ ...buyers, key: [email], where: `${first} AND ${ident(email)} <> ''` }]),
    {
      entity: 'products',
      key: [product],
      fields: { product_name: { from: product }, ...(sku === undefined ? {} : { sku: { from: sku } }) },
      notes: {},
    },
    {
      ...orders,
      key: [order],
      where: first,
      fields: { ...orders.fields, order_number: { from: order } },
    },
    {
      ...lines,
      key: [],
      fields: { order_id: { from: order }, product_id: { from: product }, ...lines.fields },
    },
  ];
}

/**
 * The catalogue of such a shop: a row a variant, of which the first alone has the title, and rows of pictures. Nothing
 * where it is no such file.
 */
export function guessCatalogue(columns: readonly string[]): GuessedFeed[] | undefined {
  const called = (name: string) => columns.find((each) => each.toLowerCase() === name);
  const [handle, title, price] = [called('handle'), called('title'), called('variant price')];
  if (handle === undefined || title === undefined || price === undefined) return undefined;
  const options = ['option1 value', 'option2 value', 'option3 value'].flatMap((name) => called(name) ?? []);
  const name = `coalesce(${ident(title)}, ${ident(handle)})`;
  const variant =
    options[0] === undefined
      ? ''
      : ` || coalesce(' - ' || nullif(${ident(options[0])}, 'Default Title'), '')`;
  const others = {
    price,
    stock_quantity: called('variant inventory qty'),
    sku: called('variant sku'),
    gtin: called('variant barcode'),
    category: called('type'),
    brand: called('vendor'),
  };
  const fields = Object.entries(others).flatMap(([field, from]) =>
    from === undefined ? [] : [[field, { from }]],
  );
  return [
    {
      entity: 'products',
      key: [handle, ...options],
      where: `${ident(price)} <> ''`,
      fields: { product_name: { sql: name + variant }, ...Object.fromEntries(fields) },
      notes: {},
    },
  ];
}

/** Who bought has a name of its own; when the order was made says nothing of the buyer. */
function nameBuyers(buyers: GuessedFeed, columns: readonly string[], order: string): void {
  const name = columns.find((each) => /^billing[ _]name$/i.test(each));
  delete buyers.fields.created_at;
  if (name === undefined) {
    // What is called `Name` there is the number of the order.
    for (const field of ['first_name', 'last_name'])
      if (buyers.fields[field]?.from === order) delete buyers.fields[field];
    return;
  }
  const { first_name: _, ...rest } = buyers.fields;
  buyers.fields = {
    first_name: { from: name, split: { part: 'given' } },
    last_name: { from: name, split: { part: 'family' } },
    ...rest,
  };
}

/** Guesses by what columns are called behind a prefix that they share. */
export function guessWithin(
  entity: string,
  columns: readonly string[],
  prefix: RegExp,
): GuessedFeed | undefined {
  const full = new Map<string, string>();
  for (const name of columns) {
    const bare = name.replace(prefix, '');
    if (!full.has(bare)) full.set(bare, name);
  }
  const feed = guessFeed(entity, columnsOf([...full.keys()]));
  if (feed === undefined) return undefined;
  const fields = Object.entries(feed.fields).map(([field, mapping]) => [
    field,
    typeof mapping.from === 'string' ? { ...mapping, from: full.get(mapping.from) ?? mapping.from } : mapping,
  ]);
  return { ...feed, fields: Object.fromEntries(fields) };
}
