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

test('a line in a file of its own is held against the currency of its order, whenever that one came', async () => {
  const orders = (cur: string) => `no,customer,date,cur\nO1,C1,2026-01-05,${cur}\nO2,C2,2026-01-06,USD\n`;
  shop.write({
    'orders.csv': orders('USD'),
    'lines.csv': 'no,sku,qty,price\nO1,P1,2,$5.00\nO1,P2,1,USD 7\nO2,P1,1,$210\nO2,P2,1,2500\n',
  });
  const config = structuredClone(SHOP);
  const { fields } = config.sources.orders?.entities.orders ?? { fields: {} };
  fields.currency = 'cur';
  delete fields.total_amount;
  const standing = () =>
    shop.query(`SELECT o.source_key AS key, currency, sum(subtotal)::float8 AS sum
      FROM orders o JOIN order_items USING (order_id) GROUP BY 1, 2 ORDER BY 1`);
  const refused = () =>
    shop.query(`SELECT key, field, value FROM pamoja.rejects JOIN pamoja.state ON last_run = run_id
      WHERE rule = 'currency' ORDER BY line`);
  await shop.run(config);
  expect(await refused()).toEqual([]);
  const both = [
    { key: 'O1', currency: 'USD', sum: 17 },
    { key: 'O2', currency: 'USD', sum: 2710 },
  ];
  expect(await standing()).toEqual(both);
  // The lines stay as they are, and their order changes its currency.
  shop.write({ 'orders.csv': orders('KES') });
  const { ledger } = await shop.run(config);
  expect(await refused()).toEqual([
    { key: 'O1|P1|1', field: 'unit_price', value: '$5.00' },
    { key: 'O1|P2|1', field: 'unit_price', value: 'USD 7' },
  ]);
  // Half a correction is worse than yesterday's truth.
  expect(await standing()).toEqual(both);
  expect(
    ledger
      .find((line) => line.entity === 'order_items')
      ?.amounts.map(({ currency, rejected }) => [currency, rejected]),
  ).toEqual([
    ['KES', '17.0000'],
    ['USD', '0.0000'],
  ]);
  // Orders of an earlier day, which nobody delivers any more.
  const later = structuredClone(config);
  for (const source of [later.sources.orders, later.sources.lines]) if (source) source.delivery = 'addition';
  shop.write({
    'orders.csv': 'no,customer,date,cur\n',
    'lines.csv': 'no,sku,qty,price\nO1,P1,9,KSh 5\nO2,P1,9,$1\nO2,P1,9,Sh 1\n',
  });
  await shop.run(later);
  expect(await refused()).toEqual([
    { key: 'O1|P1|1', field: 'unit_price', value: 'KSh 5' },
    { key: 'O2|P1|2', field: 'unit_price', value: 'Sh 1' },
  ]);
});

test('a $ in a line is held against the currency that the total in its row names, or else its source', async () => {
  shop.write({
    'orders.csv': `no,customer,date,sku,qty,price,total
O1,C1,2026-01-05,P1,2,$5.00,10.00
O2,C2,2026-01-06,P1,2,$5.00,USD 10.00
O3,C3,2026-01-07,P1,1,KSh 210,210
O4,C3,2026-01-08,P1,1,KSh 210,USD 210
`,
  });
  const config = structuredClone(ORDERS_ONLY);
  const { entities } = config.sources.orders as SourceConfig;
  entities.order_items = {
    fields: { order_id: 'no', product_id: { from: 'sku', by: 'sku' }, quantity: 'qty', unit_price: 'price' },
  };
  await shop.run(config);
  expect(await shop.query('SELECT source_key AS key, currency FROM orders ORDER BY 1')).toEqual([
    { key: 'O2', currency: 'USD' },
    { key: 'O3', currency: 'KES' },
  ]);
  expect(await shop.query(`SELECT value FROM pamoja.rejects WHERE rule = 'currency' ORDER BY line`)).toEqual([
    { value: '$5.00' },
    { value: 'KSh 210' },
  ]);
});
