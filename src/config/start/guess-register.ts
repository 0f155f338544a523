import { ident } from '../../kernel/sql.js';
import { columnsOf, type GuessedFeed, guessFeed } from './guess-feed.js';

const VOIDED = /^void(ed)?\??$/i;

/**
 * The export of a till such as Vend's (Lightspeed): rows of sales, of their lines and of what was paid, told apart by a
 * `Line Type`. Nothing where it is no such file.
 */
export function guessRegister(columns: readonly string[]): GuessedFeed[] | undefined {
  const all = columnsOf(columns);
  const [type, receipt] = [
    all.find(['linetype']),
    all.find(['receiptnumber', 'salenumber', 'invoicenumber']),
  ];
  const orders = guessFeed('orders', all);
  const lines = guessFeed('order_items', columnsOf(columns.filter((name) => !/^(total|paid)$/i.test(name))));
  const [name, sku] = [all.find(['details', 'productname', 'product']), all.find(['sku'])];
  if (type === undefined || receipt === undefined || orders === undefined || lines === undefined)
    return undefined;
  const of = (kind: string) => `${ident(type)} = '${kind}'`;
  const code = all.find(['customercode', 'customerid']);
  const buyers = code === undefined ? undefined : guessFeed('customers', all);
  // What a sale takes off stands on its lines.
  delete orders.fields.discount_amount;
  const article = name === undefined ? undefined : { key: sku ?? name, name };
  return [
    ...(buyers === undefined
      ? []
      : [{ ...buyers, where: `${of('Sale')} AND ${ident(code as string)} <> ''` }]),
    ...(article === undefined
      ? []
      : [
          {
            entity: 'products',
            key: [article.key],
            where: of('Sale Line'),
            fields: {
              product_name: { from: article.name },
              ...(sku === undefined ? {} : { sku: { from: sku } }),
            },
            notes: {},
          },
        ]),
    { ...orders, key: [receipt], where: of('Sale') },
    {
      ...lines,
      key: [],
      where: of('Sale Line'),
      fields: {
        order_id: { from: receipt },
        ...(article === undefined ? {} : { product_id: { from: article.key } }),
        ...lines.fields,
      },
    },
  ];
}

/** Leaves out sales and lines of which a column says that they were voided, as in exports of Toast. */
export function leaveVoided(feeds: readonly GuessedFeed[], columns: readonly string[]): void {
  const voided = columns.find((name) => VOIDED.test(name));
  if (voided === undefined) return;
  for (const feed of feeds) {
    if (feed.where !== undefined || !['orders', 'order_items'].includes(feed.entity)) continue;
    feed.where = `coalesce(lower(${ident(voided)}), '') NOT IN ('true', 'yes', '1')`;
    feed.notes.where = 'the other rows were voided';
  }
}
