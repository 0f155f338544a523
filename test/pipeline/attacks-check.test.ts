import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectConfig } from '../../src/model/config.js';
import { checkProject } from '../../src/pipeline/check-project.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
const TABLES = ['customers', 'products', 'orders', 'order_items'];
beforeAll(async () => {
  shop = await openTestProject();
  shop.write({
    ...SHOP_FILES,
    'orders.csv': `${SHOP_FILES['orders.csv']}O3,,2026-02-01,210.00\n`,
    'lines.csv': `${SHOP_FILES['lines.csv']}O3,P1,1,210.00\n`,
  });
  await shop.run(SHOP);
  await shop.query('CREATE SCHEMA saved');
  for (const table of TABLES) await shop.query(`CREATE TABLE saved.${table} AS TABLE ${table}`);
});
afterEach(async () => {
  await shop.query(`TRUNCATE ${TABLES.join(', ')}`);
  for (const table of TABLES) await shop.query(`INSERT INTO ${table} TABLE saved.${table}`);
});
afterAll(() => shop.close());

async function failing(config: ProjectConfig = SHOP): Promise<string[]> {
  const { checks } = await checkProject(shop.project(config), { env: { DATABASE_URL: shop.database.url } });
  return checks.filter((check) => !check.passed).map((check) => check.name);
}

test('check passes what a run published', async () => {
  expect(await failing()).toEqual([]);
});

describe('check sees by whatever hand', () => {
  test.each([
    ['a value taken away', `UPDATE customers SET email = NULL WHERE customer_id = 1`],
    ['a row more', `INSERT INTO customers (customer_id, first_name) VALUES (99, 'Nobody')`],
    [
      'an order of a source that never gave it',
      `INSERT INTO orders SELECT 99, customer_id, order_date, 0, order_number, ordered_at, order_type, status, channel,
        currency, NULL, NULL, NULL, source_system, 'O99' FROM orders LIMIT 1`,
    ],
    [
      'a sale over the counter given to a customer',
      `UPDATE orders SET customer_id = 1 WHERE source_key = 'O3'`,
    ],
    ['a line turned to another product', `UPDATE order_items SET product_id = 2 WHERE order_item_id = 1`],
    [
      'money moved from one line to another',
      `UPDATE order_items SET subtotal = subtotal + CASE order_item_id WHEN 1 THEN 1 ELSE -1 END WHERE order_item_id < 3`,
    ],
  ])('%s', async (_, statement) => {
    await shop.query(statement);
    expect(await failing()).not.toEqual([]);
  });
});
