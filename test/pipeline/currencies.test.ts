import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write({
    ...SHOP_FILES,
    'orders.csv': `no,customer,date,total
O1,C1,2026-01-05,"KSh 1,200/="
O2,C2,2026-01-06,USD 5.00
O3,C3,2026-01-07,300
`,
  });
});
afterEach(() => shop.close());

const { lines: _, ...sources } = SHOP.sources;
const ORDERS_ONLY: ProjectConfig = { ...SHOP, sources };

test('an amount that names its currency is never summed with shillings', async () => {
  const result = await shop.run(ORDERS_ONLY);
  const amounts = result.ledger.find((line) => line.entity === 'orders')?.amounts;
  expect(amounts?.map(({ currency, read, accepted }) => ({ currency, read, accepted }))).toEqual([
    { currency: 'KES', read: '1500.0000', accepted: '1500.0000' },
    { currency: 'USD', read: '5.0000', accepted: '5.0000' },
  ]);
  expect(
    await shop.query('SELECT currency, sum(total_amount)::text AS total FROM orders GROUP BY 1 ORDER BY 1'),
  ).toEqual([
    { currency: 'KES', total: '1500.0000' },
    { currency: 'USD', total: '5.0000' },
  ]);
});

test('an amount that names another currency than its record is refused', async () => {
  shop.write({
    'products.csv': `sku,name,price,stock
P1,Maize Flour 2kg,USD 2.10,40
P2,Kitenge Dress,KES 2500,12
P3,Tea,$2.10,1
P4,Sugar,Sh 210,1
`,
  });
  const config = structuredClone(ORDERS_ONLY);
  const products = config.sources.catalogue?.entities.products;
  if (products !== undefined) products.fields.currency = { constant: 'KES' };
  await shop.run(config);
  expect(
    await shop.query(
      `SELECT key, rule, field, value FROM pamoja.rejects WHERE entity = 'products' ORDER BY key`,
    ),
  ).toEqual([
    { key: 'P1', rule: 'currency', field: 'price', value: 'USD 2.10' },
    { key: 'P3', rule: 'currency', field: 'price', value: '$2.10' },
  ]);
});

test('a currency in small letters, or as a word, is that currency, also when little changed', async () => {
  const rows = (total: string) =>
    `no,customer,date,total,cur\nO1,C1,2026-01-05,1200,kes\nO2,C2,2026-01-06,${total},Ksh\nO3,C3,2026-01-07,300,KES\n`;
  const config = structuredClone(ORDERS_ONLY);
  const orders = config.sources.orders?.entities.orders;
  if (orders !== undefined) orders.fields.currency = 'cur';
  const call = async (total: string) => {
    shop.write({ 'orders.csv': rows(total) });
    const { way, rejects, ledger } = await shop.run(config);
    const amounts = ledger.find((line) => line.entity === 'orders')?.amounts;
    return { way, rejects, amounts: amounts?.map(({ currency, accepted }) => [currency, accepted]) };
  };
  expect(await call('5')).toEqual({ way: 'all new', rejects: 0, amounts: [['KES', '1505.0000']] });
  expect(await call('6')).toEqual({ way: 'only changes', rejects: 0, amounts: [['KES', '1506.0000']] });
});

test('a line has the currency that its row tells of its order, and may not name another', async () => {
  shop.write({
    'orders.csv': `no,customer,date,cur,sku,qty,price
O1,C1,2026-01-05,USD,P1,2,USD 5.00
O2,C2,2026-01-06,KES,P1,2,$5.00
O3,C3,2026-01-07,,P1,1,KSh 210
O4,C3,2026-01-08,USD,P1,1,KSh 210
`,
  });
  const config = structuredClone(ORDERS_ONLY);
  const { entities } = config.sources.orders as SourceConfig;
  entities.orders = {
    key: 'no',
    fields: { customer_id: { from: 'customer', source: 'crm' }, order_date: 'date', currency: 'cur' },
  };
  entities.order_items = {
    fields: { order_id: 'no', product_id: { from: 'sku', by: 'sku' }, quantity: 'qty', unit_price: 'price' },
  };
  await shop.run(config);
  expect(
    await shop.query(`SELECT o.source_key AS key, currency, subtotal::float8 AS subtotal
      FROM orders o LEFT JOIN order_items USING (order_id) ORDER BY 1`),
  ).toEqual([
    { key: 'O1', currency: 'USD', subtotal: 10 },
    { key: 'O3', currency: 'KES', subtotal: 210 },
  ]);
  const refused = () =>
    shop.query(`SELECT value FROM pamoja.rejects JOIN pamoja.state ON last_run = run_id
      WHERE rule = 'currency' ORDER BY line`);
  expect(await refused()).toEqual([{ value: '$5.00' }, { value: 'KSh 210' }]);
  // Where the row tells no currency of its order, that is the currency of the source.
  delete entities.orders.fields.currency;
  await shop.run(config);
  expect(await refused()).toEqual([{ value: 'USD 5.00' }, { value: '$5.00' }]);
});

test('a $ in a line speaks against no order that another file gives: that one may be in dollars', async () => {
  shop.write({
    'orders.csv': SHOP_FILES['orders.csv'],
    'lines.csv': 'no,sku,qty,price\nO1,P1,2,$210.00\nO2,P1,1,210.00\nO2,P2,1,"USD 2,500.00"\n',
  });
  await shop.run(SHOP);
  expect(await shop.query(`SELECT key, rule, value FROM pamoja.rejects WHERE rule = 'currency'`)).toEqual([
    { key: 'O2|P2|1', rule: 'currency', value: 'USD 2,500.00' },
  ]);
  expect(await shop.query('SELECT source_key AS key FROM orders')).toEqual([{ key: 'O1' }]);
});
