import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write({ ...SHOP_FILES, 'pamoja.config.json': JSON.stringify(SHOP) });
});
afterEach(() => shop.close());

const COUNTS = `SELECT (SELECT count(*) FROM customers) AS customers, (SELECT count(*) FROM orders) AS orders,
  (SELECT count(*) FROM order_items) AS items, (SELECT count(*) FROM pamoja.runs WHERE outcome <> 'failed') AS runs,
  (SELECT sum(total_amount)::text FROM orders) AS total`;

function dieAt(point: string): string | null {
  const script = resolve(import.meta.dirname, '../support/dying-run.mjs');
  const env = { ...process.env, DATABASE_URL: shop.database.url };
  return spawnSync(process.execPath, [script, shop.root, point], { env, encoding: 'utf8' }).signal;
}

describe('a run killed with SIGKILL', () => {
  test.each(['before publish', 'verified'])(
    '%s leaves the first database empty, and the next run completes',
    async (point) => {
      expect(dieAt(point)).toBe('SIGKILL');
      expect(await shop.query(`SELECT to_regclass('customers') AS there`)).toEqual([{ there: null }]);
      const result = await shop.run(SHOP);
      expect(result.outcome).toBe('published');
      expect(await shop.query(COUNTS)).toEqual([
        { customers: 3, orders: 2, items: 3, runs: 1, total: '3130.0000' },
      ]);
    },
  );

  test('in the middle of publishing a change leaves the old state whole', async () => {
    await shop.ranShop();
    const before = await shop.query(COUNTS);
    shop.write({
      'orders.csv': `${SHOP_FILES['orders.csv']}O3,C3,2026-01-07,210.00\n`.replace('420.00', '630.00'),
      'lines.csv': `${SHOP_FILES['lines.csv']}O3,P1,1,210.00\n`.replace('O1,P1,2', 'O1,P1,3'),
    });
    expect(dieAt('verified')).toBe('SIGKILL');
    expect(await shop.query(COUNTS)).toEqual(before);
    expect(changed(await shop.run(SHOP))).toEqual({ created: 2, updated: 2, deleted: 0 });
    expect(await shop.query(COUNTS)).toEqual([
      { customers: 3, orders: 3, items: 4, runs: 2, total: '3550.0000' },
    ]);
  });

  test('just after COMMIT has published, and the next run finds nothing to do', async () => {
    expect(dieAt('after publish')).toBe('SIGKILL');
    expect(await shop.query(COUNTS)).toEqual([
      { customers: 3, orders: 2, items: 3, runs: 1, total: '3130.0000' },
    ]);
    expect(changed(await shop.run(SHOP))).toEqual({ created: 0, updated: 0, deleted: 0 });
  });
});

describe('a run that fails', () => {
  test('is recorded with its reason and changes nothing', async () => {
    await shop.ranShop();
    shop.write({ 'orders.csv': 'no,customer,date,total\nO1,C1,2026-01-05,"420.00\n' });
    await expect(shop.run(SHOP)).rejects.toMatchObject({ code: 'PAM-SRC-004' });
    const [run] = await shop.query(
      'SELECT outcome, error_code FROM pamoja.runs ORDER BY run_number DESC LIMIT 1',
    );
    expect(run).toEqual({ outcome: 'failed', error_code: 'PAM-SRC-004' });
    expect(await shop.query('SELECT count(*) FROM orders')).toEqual([{ count: 2 }]);
  });

  test('is recorded, and throws its own error, where the one who is told of it fails', async () => {
    shop.write({ 'orders.csv': 'no,customer,date,total\nO1,C1,2026-01-05,"420.00\n' });
    const failed = () => {
      throw new Error('nobody listens');
    };
    await expect(shop.run(SHOP, { failed })).rejects.toMatchObject({ code: 'PAM-SRC-004' });
    expect(await shop.query('SELECT error_code FROM pamoja.runs')).toEqual([{ error_code: 'PAM-SRC-004' }]);
  });

  test.each([{}, { full: true }])(
    'changes nothing where too much is refused, though its rows were on their way (%o)',
    async (options) => {
      await shop.ranShop();
      const before = await shop.query(COUNTS);
      shop.write({
        'customers.csv': SHOP_FILES['customers.csv'].replace('Wanjiru', 'Wangari'),
        'orders.csv': `${SHOP_FILES['orders.csv']}O3,C1,2026-02-30,70.00\n`,
      });
      const strict = { ...SHOP, rejects: { maxShare: 0.1, minRows: 1 } };
      await expect(shop.run(strict, options)).rejects.toMatchObject({ code: 'PAM-QUA-001' });
      expect(await shop.query(COUNTS)).toEqual(before);
      expect(await shop.query(`SELECT 1 FROM customers WHERE first_name = 'Wangari'`)).toEqual([]);
      expect(await shop.query(`SELECT rule FROM pamoja.rejects`)).toEqual([{ rule: 'type' }]);
      expect(await shop.run(SHOP)).toMatchObject({ outcome: 'published', rejects: 1 });
    },
  );

  test('refuses tables that it did not make, unless told to adopt them', async () => {
    await shop.query('CREATE TABLE customers (customer_id bigint PRIMARY KEY, first_name text, note text)');
    await shop.query(`INSERT INTO customers VALUES (7, 'Old', 'kept')`);
    await expect(shop.run(SHOP)).rejects.toMatchObject({ code: 'PAM-DB-004' });
    const result = await shop.run(SHOP, { adopt: true });
    expect(result.entities.customers).toMatchObject({ created: 3, kept: 1, total: 4 });
    expect(await shop.query(`SELECT note FROM customers WHERE customer_id = 7`)).toEqual([{ note: 'kept' }]);
    expect(await shop.query('SELECT min(customer_id) FROM customers WHERE note IS NULL')).toEqual([
      { min: 8 },
    ]);
  });
});
