import type { ProjectConfig, SourceConfig } from '../../src/model/config.js';

/**
 * A small business whose files are full of what makes records depend on each other: shared e-mail addresses and phones,
 * names that contradict, keys told twice, articles in two catalogues, orders of nobody, of strangers and of the refused.
 * Each `next()` changes a few rows and gives the files anew; the same seed gives the same files.
 */
export interface RandomBusiness {
  config: ProjectConfig;
  next(): Record<string, string>;
}

export type Layout = 'flat' | 'nested' | 'tables';

type Row = Record<string, string>;

const FIRST = ['Mary', 'John', 'J.', 'Amina', '', 'Mary Wanjiru', 'John O.'];
const LAST = ['Otieno', 'Mwangi', 'O.', 'Hassan', ''];
const TOWNS = ['Nairobi', 'Mombasa', 'Kisumu', ''];

export function randomBusiness(layout: Layout, seed: number): RandomBusiness {
  const draw = drawing(seed);
  const pick = <T>(values: readonly T[]): T => values[draw(values.length)] as T;
  let serial = 0;
  const person = (): Row => ({
    id: draw(12) === 0 ? `C${1 + draw(8)}` : `C${++serial}`,
    first: pick(FIRST),
    last: pick(LAST),
    email: draw(4) === 0 ? '' : draw(9) === 0 ? 'broken@' : `p${draw(14)}@example.co.ke`,
    phone: draw(3) === 0 ? '' : `07123456${10 + draw(12)}`,
    town: pick(TOWNS),
  });
  const article = (): Row => ({
    id: `A${++serial}`,
    title: draw(9) === 0 ? '' : `Article ${draw(6)}`,
    sku: draw(8) === 0 ? '' : `SKU-${draw(10)}`,
    price: draw(10) === 0 ? 'dear' : `${10 + draw(5)}.50`,
  });
  const order = (): Row => ({
    no: draw(14) === 0 ? `O${1 + draw(9)}` : `O${++serial}`,
    customer: draw(6) === 0 ? '' : `C${1 + draw(24)}`,
    date: draw(12) === 0 ? 'soon' : `2026-01-${10 + draw(15)}`,
    note: pick(['web', 'shop', '']),
  });
  const line = (no: string): Row => ({
    no,
    sku: draw(10) === 0 ? 'SKU-none' : `sku-${draw(10)}`,
    qty: draw(14) === 0 ? 'two' : String(1 + draw(3)),
    price: `${10 + draw(4)}.25`,
  });
  const make = {
    crm: many(14, person),
    web: many(8, person),
    stock: many(7, article),
    shop: many(6, article),
    orders: many(22, order),
    mpesa: [] as Row[],
  };
  const payment = (): Row => ({
    id: `M${++serial}`,
    order: draw(9) === 0 ? 'O-none' : (pick(make.orders).no ?? ''),
    amount: draw(9) === 0 ? 'some' : `${100 + draw(50)}.00`,
  });
  make.mpesa.push(...many(12, payment));
  const lines = make.orders.flatMap(({ no = '' }) => many(1 + draw(3), () => line(no)));
  // At a till the same is sold again and again.
  const again = seed % 2 === 0 ? 3 : 12;
  for (const row of lines.filter(() => draw(6) === 0)) lines.push(...many(again - 1, () => ({ ...row })));

  /** One change somewhere: a value, a new row, a row that goes, one told twice, one at another place. */
  const change = (rows: Row[], fresh: () => Row) => {
    const at = draw(rows.length);
    const row = rows[at];
    if (row === undefined) return;
    const other = fresh();
    switch (draw(6)) {
      case 0:
        rows.push(other);
        break;
      case 1:
        if (rows.length > 3) rows.splice(at, 1);
        break;
      case 2:
        rows.push({ ...row });
        break;
      case 3:
        rows.push(...rows.splice(at, 1));
        break;
      default: {
        const names = Object.keys(row).filter((name) => name !== 'id' && name !== 'no');
        const name = pick(names);
        rows[at] = { ...row, [name]: other[name] ?? '' };
      }
    }
  };
  let first = true;
  return {
    config: CONFIGS[layout],
    next() {
      const changes = first ? 0 : 1 + draw(4);
      first = false;
      for (let i = 0; i < changes; i++) {
        switch (draw(7)) {
          case 6:
            change(make.mpesa, payment);
            break;
          case 0:
            change(make.crm, person);
            break;
          case 1:
            change(make.web, person);
            break;
          case 2:
            change(pick([make.stock, make.shop]), article);
            break;
          case 3:
            change(make.orders, order);
            break;
          default:
            change(lines, () => line(pick(make.orders).no ?? ''));
        }
      }
      return written(layout, make, lines);
    },
  };
}

function many<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** mulberry32, as whole numbers below a bound. */
function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function written(layout: Layout, make: Record<string, Row[]>, lines: readonly Row[]): Record<string, string> {
  const { crm = [], web = [], stock = [], shop = [], orders = [], mpesa = [] } = make;
  const masters = {
    'crm.csv': csv(crm),
    'web.csv': csv(web),
    'stock.csv': csv(stock),
    'shop.csv': csv(shop),
  };
  const linesOf = (no = '') => lines.filter((each) => each.no === no);
  if (layout === 'tables') {
    const bought = orders.map((each) => ({
      ...each,
      email: emailOf(each.customer),
      total: totalOf(linesOf(each.no)),
    }));
    return { ...masters, 'orders.csv': csv(bought), 'lines.csv': csv([...lines]), 'mpesa.csv': csv(mpesa) };
  }
  if (layout === 'flat') {
    const rows = orders.flatMap((each) => {
      const buyer = crm.find(({ id }) => id === each.customer) ?? { first: '', last: '', email: '' };
      return linesOf(each.no).map(({ sku = '', qty = '', price = '' }) => ({
        ...each,
        first: buyer.first ?? '',
        email: buyer.email ?? '',
        sku,
        qty,
        price,
      }));
    });
    return { 'stock.csv': csv(stock), 'shop.csv': csv(shop), 'sales.csv': csv(rows) };
  }
  const records = orders.map((each) => ({
    ...each,
    lines: linesOf(each.no).map(({ no: _, ...rest }) => rest),
  }));
  return { ...masters, 'orders.json': JSON.stringify(records) };
}

/** Whoever has number n in the CRM orders as p(n). */
function emailOf(customer = ''): string {
  return customer === '' ? '' : `p${Number(customer.slice(1)) % 14}@example.co.ke`;
}

/** What the lines come to; where there are three, a shilling more. */
function totalOf(lines: readonly Row[]): string {
  const sum = lines.reduce((all, { qty, price }) => all + (Number(qty) || 1) * Number(price), 0);
  return (lines.length === 3 ? sum + 1 : sum).toFixed(2);
}

function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? { id: '' });
  return `${[names, ...rows.map((row) => names.map((name) => row[name] ?? ''))].map((row) => row.join(',')).join('\n')}\n`;
}

const PERSON = {
  key: 'id',
  fields: { first_name: 'first', last_name: 'last', email: 'email', phone: 'phone', city: 'town' },
};
const ARTICLE = { key: 'id', fields: { product_name: 'title', sku: 'sku', price: 'price' } };
const HEAD = { order_number: 'no', order_date: 'date', channel: 'note' };
const LINE = { product_id: { from: 'sku', by: 'sku' }, quantity: 'qty', unit_price: 'price' };

const MASTERS: Record<string, SourceConfig> = {
  crm: { type: 'csv', path: 'crm.csv', vanished: 'delete', entities: { customers: PERSON } },
  web: { type: 'csv', path: 'web.csv', vanished: 'keep', entities: { customers: PERSON } },
  stock: { type: 'csv', path: 'stock.csv', vanished: 'delete', entities: { products: ARTICLE } },
  shop: { type: 'csv', path: 'shop.csv', vanished: 'mark', entities: { products: ARTICLE } },
};

const CONFIGS: Record<Layout, ProjectConfig> = {
  tables: config(
    {
      ...MASTERS,
      orders: {
        type: 'csv',
        path: 'orders.csv',
        vanished: 'delete',
        entities: {
          orders: {
            key: 'no',
            fields: { customer_id: { from: 'email', by: 'email' }, total_amount: 'total', ...HEAD },
          },
        },
      },
      lines: {
        type: 'csv',
        path: 'lines.csv',
        vanished: 'delete',
        entities: { order_items: { fields: { order_id: { from: 'no', source: 'orders' }, ...LINE } } },
      },
      mpesa: {
        type: 'csv',
        path: 'mpesa.csv',
        vanished: 'delete',
        entities: {
          payments: {
            key: 'id',
            fields: { order_id: { from: 'order', source: 'orders' }, amount: 'amount' },
          },
        },
      },
    },
    {
      entities: {
        payments: {
          fields: {
            order_id: { type: 'reference', entity: 'orders', required: true },
            amount: { type: 'money', severity: 'reject' },
          },
          measures: [{ field: 'amount' }],
        },
      },
    },
  ),
  flat: config({
    stock: MASTERS.stock as SourceConfig,
    shop: MASTERS.shop as SourceConfig,
    sales: {
      type: 'csv',
      path: 'sales.csv',
      vanished: 'delete',
      entities: {
        customers: { key: 'customer', fields: { first_name: 'first', email: 'email' } },
        orders: { key: 'no', fields: { customer_id: 'customer', ...HEAD } },
        order_items: { fields: { order_id: 'no', ...LINE } },
      },
    },
  }),
  nested: config({
    ...MASTERS,
    orders: {
      type: 'json',
      path: 'orders.json',
      vanished: 'delete',
      entities: {
        orders: { key: 'no', fields: { customer_id: { from: 'customer', source: 'crm' }, ...HEAD } },
        order_items: { each: 'lines', fields: { order_id: '^no', ...LINE } },
      },
    },
  }),
};

function config(sources: Record<string, SourceConfig>, more: Partial<ProjectConfig> = {}): ProjectConfig {
  return {
    name: 'random',
    country: 'KE',
    currency: 'KES',
    timezone: 'Africa/Nairobi',
    rejects: { maxShare: 1 },
    maxVanished: 1,
    sources,
    ...more,
  };
}
