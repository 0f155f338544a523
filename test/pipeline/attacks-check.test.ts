import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PamojaError } from '../../src/kernel/errors.js';
import type { ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { checkProject } from '../../src/pipeline/check-project.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
/** Beside the customers of the shop, one of them as a club knows her. */
const CLUB: ProjectConfig = {
  ...SHOP,
  sources: {
    ...SHOP.sources,
    club: { ...(SHOP.sources.crm as SourceConfig), path: 'club.csv', priority: 9 },
  },
};
const TABLES = ['customers', 'products', 'orders', 'order_items'];
beforeAll(async () => {
  shop = await openTestProject();
  shop.write({
    ...SHOP_FILES,
    'club.csv': 'id,name,email,phone\nK1,Wanjiru Kamau,w.kamau@work.example.com,0712 345 678\n',
    'orders.csv': `${SHOP_FILES['orders.csv']}O3,,2026-02-01,210.00\n`,
    'lines.csv': `${SHOP_FILES['lines.csv']}O3,P1,1,210.00\n`,
  });
  await shop.run(CLUB);
  await shop.query('ALTER TABLE orders ALTER customer_id DROP NOT NULL');
  await shop.query('ALTER TABLE order_items ALTER order_id DROP NOT NULL');
  await shop.query('CREATE SCHEMA saved');
  for (const table of TABLES) await shop.query(`CREATE TABLE saved.${table} AS TABLE ${table}`);
});
afterEach(async () => {
  await shop.query(`TRUNCATE ${TABLES.join(', ')}`);
  for (const table of TABLES) await shop.query(`INSERT INTO ${table} TABLE saved.${table}`);
});
afterAll(() => shop.close());

async function failing(): Promise<string[]> {
  const { checks } = await checkProject(shop.project(CLUB), { env: { DATABASE_URL: shop.database.url } });
  return checks.filter((check) => !check.passed).map((check) => check.name);
}

test('check passes what a run published', async () => {
  expect(await failing()).toEqual([]);
});

test('check names the first rows that are wrong', async () => {
  await shop.query(`UPDATE customers SET email = 'x@example.com' WHERE customer_id = 1`);
  await shop.query('UPDATE order_items SET quantity = quantity + 1');
  const { checks } = await checkProject(shop.project(CLUB), { env: { DATABASE_URL: shop.database.url } });
  const details = checks.filter((check) => !check.passed).map((check) => check.detail);
  expect(details).toEqual([
    'values that no source record gives: email in 1 row (customer_id 1)',
    'another value should stand: email in 1 row (customer_id 1)',
    '4 of 4 rows differ (order_item_id 1, 2, 3, …)',
  ]);
});

test('check names tables and columns that are gone', async () => {
  const checks = async () =>
    (await checkProject(shop.project(CLUB), { env: { DATABASE_URL: shop.database.url } })).checks;
  await shop.query(
    'ALTER TABLE order_items RENAME TO lines; ALTER TABLE orders RENAME total_amount TO total',
  );
  expect(await checks()).toEqual([
    { name: 'orders: table', passed: false, detail: 'columns are not there: total_amount' },
    { name: 'order_items: table', passed: false, detail: 'the table is gone' },
  ]);
  await shop.query(
    'ALTER TABLE lines RENAME TO order_items; ALTER TABLE orders RENAME total TO total_amount',
  );
  // Documents are known by source and key, and nothing at all where the books are not whole.
  await shop.query('ALTER TABLE orders RENAME source_key TO was_key');
  await expect(checks()).rejects.toMatchObject({
    code: 'PAM-DB-004',
    message: 'The table public.orders has lost its column source_key.',
  });
  await shop.query(
    'ALTER TABLE orders RENAME was_key TO source_key; CREATE TABLE saved.state AS TABLE pamoja.state',
  );
  await shop.query('DELETE FROM pamoja.state');
  const gone: PamojaError = await checks().then(
    () => undefined as never,
    (error) => error,
  );
  expect(gone).toMatchObject({ code: 'PAM-DB-005', message: 'The one row of pamoja.state is gone.' });
  await shop.query(gone.next?.replace('Bring it back: ', '') ?? '');
  expect(
    await shop.query('SELECT last_run FROM pamoja.state EXCEPT SELECT last_run FROM saved.state'),
  ).toEqual([]);
  expect(await failing()).toEqual([]);
});

/** An attack is seen by all checks that it concerns, and these are named. */
const ATTACKS: [attack: string, statement: string, seenBy: string[]][] = [
  [
    'a value taken away',
    `UPDATE customers SET email = NULL WHERE customer_id = 1`,
    ['customers: every value has a source', 'customers: the right source wins'],
  ],
  [
    'a row more',
    `INSERT INTO customers (customer_id, first_name) VALUES (99, 'Nobody')`,
    ['customers: count'],
  ],
  [
    'an order of a source that never gave it',
    `INSERT INTO orders SELECT 99, customer_id, order_date, 0, order_number, ordered_at, order_type, status, channel,
      currency, NULL, NULL, NULL, source_system, 'O99' FROM orders LIMIT 1`,
    ['orders: count'],
  ],
  [
    'a sale over the counter given to a customer',
    `UPDATE orders SET customer_id = 1 WHERE source_key = 'O3'`,
    ['orders: every value equals its record'],
  ],
  [
    'a line turned to another product',
    `UPDATE order_items SET product_id = 2 WHERE order_item_id = 1`,
    ['order_items: every value equals its record'],
  ],
  [
    'money moved from one line to another',
    `UPDATE order_items SET subtotal = subtotal + CASE order_item_id WHEN 1 THEN 1 ELSE -1 END WHERE order_item_id < 3`,
    ['order_items: every value equals its record'],
  ],
  [
    'the value of the source that lost',
    `UPDATE customers SET email = 'w.kamau@work.example.com' WHERE customer_id = 1`,
    ['customers: the right source wins'],
  ],
  [
    'a customer deleted whose records stay',
    `DELETE FROM customers WHERE email = 'amina@example.com'`,
    ['customers: count', 'customers: links', 'customers: every record is there'],
  ],
  [
    'an order of nobody',
    `UPDATE orders SET customer_id = NULL WHERE source_key = 'O1'`,
    ['orders: customer_id exists', 'orders: every value equals its record'],
  ],
  [
    'a line of no order',
    `UPDATE order_items SET order_id = NULL WHERE order_item_id = 1`,
    ['order_items: order_id exists', 'order_items: every value equals its record'],
  ],
  [
    'an order of a customer who is not there, behind a foreign key that was not asked',
    `ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; UPDATE orders SET customer_id = 77 WHERE source_key = 'O1';
      ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers NOT VALID`,
    ['orders: customer_id exists', 'orders: every value equals its record'],
  ],
];

describe('check sees by whatever hand', () => {
  test.each(ATTACKS)('%s', async (_, statement, seenBy) => {
    await shop.query(statement);
    expect(await failing()).toEqual(seenBy);
  });
});
