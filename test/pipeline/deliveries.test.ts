import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EntityMapping, ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(SHOP_FILES);
});
afterEach(() => shop.close());

function orders(more: Partial<SourceConfig>): ProjectConfig {
  const { lines: _, ...sources } = SHOP.sources;
  return { ...SHOP, sources: { ...sources, orders: { ...(sources.orders as SourceConfig), ...more } } };
}

const KEYS = `SELECT string_agg(source_key, ' ' ORDER BY source_key) AS keys FROM orders`;

describe('an addition', () => {
  const daily = orders({ path: 'daily-*.csv', delivery: 'addition' });

  test('keeps what earlier files brought, also when they are gone', async () => {
    shop.write({ 'daily-1.csv': 'no,customer,date,total\nO1,C1,2026-01-05,420.00\n' });
    await shop.run(daily);
    rmSync(join(shop.root, 'daily-1.csv'));
    shop.write({ 'daily-2.csv': 'no,customer,date,total\nO2,C2,2026-01-06,2710.00\n' });
    const result = await shop.run(daily);
    expect(result.entities.orders).toMatchObject({ created: 1, kept: 1, deleted: 0, total: 2 });
    expect(await shop.query(KEYS)).toEqual([{ keys: 'O1 O2' }]);
  });

  test('an order that waits for its customer is tried again, though its file is gone', async () => {
    shop.write({
      'daily-1.csv': 'no,customer,date,total\nO1,C1,2026-01-05,420.00\nO7,C9,2026-01-05,70.00\n',
    });
    expect(await shop.run(daily)).toMatchObject({ rejects: 1, waiting: 1 });
    rmSync(join(shop.root, 'daily-1.csv'));
    shop.write({ 'daily-2.csv': 'no,customer,date,total\nO2,C2,2026-01-06,2710.00\n' });
    const still = await shop.run(daily);
    expect(still).toMatchObject({ rejects: 1, waiting: 1 });
    expect(still.ledger.find((line) => line.file === 'daily-1.csv')).toMatchObject({
      read: 1,
      rejected: 1,
      balanced: true,
    });
    shop.write({ 'customers.csv': `${SHOP_FILES['customers.csv']}C9,Late Comer,late@example.com,\n` });
    const found = await shop.run(daily);
    expect(found).toMatchObject({ rejects: 0, waiting: 0 });
    expect(found.entities.orders).toMatchObject({ created: 1, total: 3 });
    expect(await shop.query(KEYS)).toEqual([{ keys: 'O1 O2 O7' }]);
  });
});

describe('rows of an addition whose file is gone', () => {
  const { orders: _, lines: __, ...sources } = SHOP.sources;
  const till: ProjectConfig = {
    ...SHOP,
    sources: {
      ...sources,
      till: {
        type: 'csv',
        path: 'till-*.csv',
        delivery: 'addition',
        entities: {
          orders: {
            key: 'no',
            fields: { customer_id: { from: 'customer', source: 'crm' }, order_date: 'date' },
          },
          order_items: {
            fields: {
              order_id: 'no',
              product_id: { from: 'sku', by: 'sku' },
              quantity: 'qty',
              unit_price: 'price',
            },
          },
        },
      },
    },
  };
  const deliver = (day: number, ...rows: string[]) => {
    rmSync(join(shop.root, `till-${day - 1}.csv`), { force: true });
    const lines = ['no,customer,date,sku,qty,price', ...rows].map((row) => `${row}\n`);
    shop.write({ [`till-${day}.csv`]: lines.join('') });
  };
  const LINES = `SELECT string_agg(o.source_key || ' ' || p.sku, ', ' ORDER BY o.source_key, p.sku) AS lines
    FROM public.orders o JOIN public.order_items USING (order_id) JOIN public.products p USING (product_id)`;

  test('take no line from the order that stands, where one of its lines waits alone', async () => {
    const alone: ProjectConfig = { ...till, orderIntegrity: 'lines' };
    deliver(1, 'O1,C1,2026-01-05,P1,1,210.00', 'O1,C1,2026-01-05,P9,2,5.00');
    await shop.run(alone);
    deliver(2, 'O2,C2,2026-01-06,P1,1,210.00');
    expect(await shop.run(alone)).toMatchObject({ waiting: 1, entities: { order_items: { deleted: 0 } } });
    expect(await shop.query(LINES)).toEqual([{ lines: 'O1 P1, O2 P1' }]);
    shop.write({ 'products.csv': `${SHOP_FILES['products.csv']}P9,Tea,5.00,1\n` });
    expect(await shop.run(alone)).toMatchObject({ waiting: 0, rejects: 0 });
    expect(await shop.query(LINES)).toEqual([{ lines: 'O1 P1, O1 P9, O2 P1' }]);
  });

  test('are no lines of an order that a newer file gives without them, and that is told', async () => {
    deliver(1, 'O1,C1,2026-01-05,P1,1,210.00', 'O1,C1,2026-01-05,P2,2,5.00');
    await shop.run(till);
    deliver(2, 'O1,C1,2026-01-05,P2,3,5.00');
    const { runId, entities } = await shop.run(till);
    expect(entities.order_items).toMatchObject({ updated: 1, deleted: 1, total: 1 });
    expect(await shop.query(`SELECT * FROM pamoja.findings WHERE run_id = '${runId}'`)).toMatchObject([
      { file: 'till-2.csv', key: 'O1', rule: 'lost-parts', field: 'total_amount', value: '220.0000' },
    ]);
  });

  const keyed = JSON.parse(JSON.stringify(till)) as ProjectConfig;
  ((keyed.sources.till as SourceConfig).entities.order_items as EntityMapping).key = ['no', 'sku'];
  test.each([
    ['numbered', 'O7', till],
    ['numbered, of an order with a border in its key', '|O\\7|', till],
    ['with a key of its own', 'O7', keyed],
  ])(
    'bring an order back with its line that a rule refused, and so not without it: %s',
    async (_, no, config) => {
      deliver(1, `${no},C9,2026-01-05,P1,1,210.00`, `${no},C9,2026-01-05,P2,two,5.00`);
      await shop.run(config);
      deliver(2, 'O2,C2,2026-01-06,P1,1,210.00');
      shop.write({ 'customers.csv': `${SHOP_FILES['customers.csv']}C9,Late Comer,late@example.com,\n` });
      expect(await shop.run(config)).toMatchObject({ rejects: 3, entities: { orders: { total: 1 } } });
    },
  );

  test('wait also while the customer is there and refused', async () => {
    const named = { type: 'text', required: true } as const;
    const strict: ProjectConfig = { ...till, entities: { customers: { fields: { first_name: named } } } };
    deliver(1, 'O7,C9,2026-01-05,P1,1,210.00');
    await shop.run(strict);
    deliver(2, 'O2,C2,2026-01-06,P1,1,210.00');
    shop.write({ 'customers.csv': `${SHOP_FILES['customers.csv']}C9,,late@example.com,\n` });
    expect((await shop.run(strict)).entities.orders).toMatchObject({ total: 1 });
    shop.write({ 'customers.csv': `${SHOP_FILES['customers.csv']}C9,Late Comer,late@example.com,\n` });
    expect((await shop.run(strict)).entities.orders).toMatchObject({ created: 1, total: 2 });
  });
});

describe('an addition that keeps the name of its file', () => {
  const newest = orders({ path: 'new.csv', delivery: 'addition' });
  const deliver = (...rows: string[]) =>
    shop.write({ 'new.csv': `no,customer,date,total\n${rows.map((row) => `${row}\n`).join('')}` });
  const LATE = `${SHOP_FILES['customers.csv']}C8,Late Too,too@example.com,\nC9,Late Comer,late@example.com,\n`;

  test('loses nothing that waits', async () => {
    deliver('O1,C1,2026-01-05,420.00', 'O7,C9,2026-01-05,70.00');
    await shop.run(newest);
    deliver('O2,C2,2026-01-06,2710.00', 'O8,C8,2026-01-06,80.00');
    const still = await shop.run(newest);
    expect(still).toMatchObject({ rejects: 2, waiting: 2 });
    expect(still.ledger.filter(({ entity }) => entity === 'orders')).toMatchObject([
      { file: 'new.csv', read: 2, accepted: 1, rejected: 1, balanced: true },
      { file: 'new.csv (2)', read: 1, rejected: 1, balanced: true },
    ]);
    deliver('O3,C2,2026-01-07,30.00');
    expect(await shop.run(newest)).toMatchObject({ rejects: 2, waiting: 2 });
    shop.write({ 'customers.csv': LATE });
    expect(await shop.run(newest)).toMatchObject({ rejects: 0, waiting: 0 });
    expect(await shop.query(KEYS)).toEqual([{ keys: 'O1 O2 O3 O7 O8' }]);
  });

  test('takes what it gives anew for what counts', async () => {
    deliver('O7,C9,2026-01-05,70.00', 'O8,C8,2026-01-05,80.00');
    await shop.run(newest);
    deliver('O7,C9,2026-01-05,75.00', 'O8,C8,2026-01-05,80.00');
    expect(await shop.run(newest)).toMatchObject({ rejects: 2, waiting: 2 });
    shop.write({ 'customers.csv': LATE });
    expect(await shop.run(newest)).toMatchObject({ rejects: 0, waiting: 0 });
    expect(await shop.query('SELECT source_key, total_amount FROM orders ORDER BY 1')).toMatchObject([
      { source_key: 'O7', total_amount: '75.0000' },
      { source_key: 'O8', total_amount: '80.0000' },
    ]);
  });
});

describe('a restated period', () => {
  const monthly = orders({ path: 'month-*.csv', delivery: 'period', period: 'month-(\\d+)' });

  test('replaces its own month and leaves the others alone', async () => {
    shop.write({
      'month-01.csv': 'no,customer,date,total\n1,C1,2026-01-05,10.00\n2,C1,2026-01-06,20.00\n',
      'month-02.csv': 'no,customer,date,total\n1,C2,2026-02-05,30.00\n',
    });
    await shop.run(monthly);
    expect(await shop.query(KEYS)).toEqual([{ keys: '01/1 01/2 02/1' }]);
    rmSync(join(shop.root, 'month-02.csv'));
    shop.write({ 'month-01.csv': 'no,customer,date,total\n2,C1,2026-01-06,25.00\n3,C3,2026-01-09,5.00\n' });
    expect(changed(await shop.run(monthly))).toEqual({ created: 1, updated: 1, deleted: 1 });
    expect(await shop.query(KEYS)).toEqual([{ keys: '01/2 01/3 02/1' }]);
  });

  test('takes the lines along that it no longer gives, also out of a file of their own, and no other month', async () => {
    const restated = { delivery: 'period', period: '-(\\d+)' } as const;
    const lines = { ...(SHOP.sources.lines as SourceConfig), ...restated, path: 'lines-*.csv' };
    const both = orders({ ...restated, path: 'month-*.csv' });
    const apart: ProjectConfig = { ...both, maxVanished: 1, sources: { ...both.sources, lines } };
    const deliver = (month: string, total: string, ...rows: string[]) =>
      shop.write({
        [`month-${month}.csv`]: `no,customer,date,total\n1,C1,2026-01-05,${total}\n`,
        [`lines-${month}.csv`]: ['no,sku,qty,price', ...rows, ''].join('\n'),
      });
    deliver('01', '2710', '1,P1,1,210.00', '1,P2,1,2500.00');
    deliver('02', '630', '1,P1,3,210.00');
    await shop.run(apart);
    rmSync(join(shop.root, 'month-02.csv'));
    rmSync(join(shop.root, 'lines-02.csv'));
    deliver('01', '420', '1,P1,2,210.00');
    expect(await shop.run(apart)).toMatchObject({ rejects: 0 });
    rmSync(join(shop.root, 'lines-01.csv'));
    deliver('02', '630', '1,P1,3,210.00');
    expect(await shop.run(apart)).toMatchObject({ rejects: 0 });
    expect(await shop.query('SELECT source_key, subtotal FROM order_items ORDER BY 1')).toMatchObject([
      { source_key: '01/1|P1|1', subtotal: '420.0000' },
      { source_key: '02/1|P1|1', subtotal: '630.0000' },
    ]);
  });

  test('is not one that nobody delivers any more, of which an order waits', async () => {
    const january = Array.from({ length: 30 }, (_, i) => `${i},C1,2026-01-05,10.00\n`).join('');
    shop.write({ 'month-01.csv': `no,customer,date,total\n${january}77,C9,2026-01-06,20.00\n` });
    expect(await shop.run(monthly)).toMatchObject({ waiting: 1 });
    rmSync(join(shop.root, 'month-01.csv'));
    shop.write({ 'month-02.csv': 'no,customer,date,total\n1,C2,2026-02-05,30.00\n' });
    const second = await shop.run(monthly);
    expect(changed(second)).toEqual({ created: 1, updated: 0, deleted: 0 });
    expect(second).toMatchObject({ waiting: 1 });
    shop.write({ 'customers.csv': `${SHOP_FILES['customers.csv']}C9,Late Comer,late@example.com,\n` });
    expect(changed(await shop.run(monthly))).toMatchObject({ deleted: 0 });
    expect(await shop.query(`SELECT count(*)::int AS found FROM orders WHERE source_key = '01/77'`)).toEqual([
      { found: 1 },
    ]);
  });

  test('forgets what waits in it, also where its file has another name', async () => {
    shop.write({ 'month-01.csv': 'no,customer,date,total\n1,C1,2026-01-05,10.00\n7,C9,2026-01-06,20.00\n' });
    await shop.run(monthly);
    rmSync(join(shop.root, 'month-01.csv'));
    shop.write({ 'month-01-final.csv': 'no,customer,date,total\n1,C1,2026-01-05,10.00\n' });
    expect(await shop.run(monthly)).toMatchObject({ rejects: 0, waiting: 0 });
  });

  test('needs to know which period a file restates', () => {
    expect(() => shop.project(orders({ delivery: 'period' }))).toThrow(
      expect.objectContaining({ code: 'PAM-CFG-003' }),
    );
  });
});

test('the same file under another name is filtered, not counted twice', async () => {
  const lines = { ...(SHOP.sources.lines as SourceConfig), path: 'lines*.csv' };
  shop.write({ 'lines-copy.csv': SHOP_FILES['lines.csv'] });
  const result = await shop.run({ ...SHOP, sources: { ...SHOP.sources, lines } });
  expect(result.entities.order_items).toMatchObject({ created: 3, total: 3 });
  expect(result.ledger.filter((line) => line.entity === 'order_items')).toMatchObject([
    { file: 'lines-copy.csv', accepted: 3, filtered: 0, balanced: true },
    { file: 'lines.csv', accepted: 0, filtered: 3, balanced: true },
  ]);
  const digests = await shop.query(`SELECT DISTINCT sha256 FROM pamoja.ledger WHERE entity = 'order_items'`);
  expect(digests).toEqual([{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
});

describe('a source that the configuration no longer names', () => {
  test('leaves its rows where they are, and a run says so', async () => {
    await shop.run(orders({}));
    const { orders: source, ...others } = orders({}).sources;
    const warned: string[] = [];
    const log = { step: () => {}, debug: () => {}, warn: (text: string) => warned.push(text) };
    const { entities } = await shop.run(
      { ...SHOP, sources: { ...others, tills: source as SourceConfig } },
      { log },
    );
    expect(entities.orders).toMatchObject({ created: 2, kept: 2 });
    expect(warned).toEqual(['2 orders of the source orders stay: the configuration no longer names it.']);
  });
});
