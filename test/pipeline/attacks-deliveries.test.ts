import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EntityMapping, ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { checkProject } from '../../src/pipeline/check-project.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(SHOP_FILES);
});
afterEach(() => shop.close());

function withOrders(more: Partial<SourceConfig>): ProjectConfig {
  return {
    ...SHOP,
    sources: { ...SHOP.sources, orders: { ...(SHOP.sources.orders as SourceConfig), ...more } },
  };
}

function onlyOrders(more: Partial<SourceConfig>): ProjectConfig {
  const { lines: _, ...sources } = withOrders(more).sources;
  return { ...SHOP, sources };
}

const SUMS = `SELECT o.source_key AS key, o.total_amount::text AS total, sum(i.subtotal)::text AS lines
  FROM orders o JOIN order_items i USING (order_id) GROUP BY 1, 2 ORDER BY 1`;
const HEAD = 'no,customer,date,total\n';

describe('an order whose new version is refused', () => {
  test.each([
    ['by a rule', 'O1,C1,soon,630.00'],
    ['for want of its customer', 'O1,C9,2026-01-05,630.00'],
  ])('%s stays as it was, with its lines', async (_, order) => {
    await shop.ranShop();
    const before = await shop.query(SUMS);
    shop.write({
      'orders.csv': SHOP_FILES['orders.csv'].replace('O1,C1,2026-01-05,420.00', order),
      'lines.csv': `${SHOP_FILES['lines.csv'].replace('O1,P1,2', 'O1,P1,3')}O1,P2,1,5.00\n`,
    });
    expect(changed(await shop.run(SHOP))).toEqual({ created: 0, updated: 0, deleted: 0 });
    expect(await shop.query(SUMS)).toEqual(before);
  });
});

describe('an order that vanished', () => {
  const going = withOrders({ vanished: 'delete' });

  test('goes with its lines, though their file still gives them', async () => {
    await shop.run(going);
    shop.write({ 'orders.csv': `${HEAD}O2,C2,2026-01-06,2710.00\n` });
    const result = await shop.run(going);
    expect(changed(result)).toEqual({ created: 0, updated: 0, deleted: 2 });
    expect(result).toMatchObject({ rejects: 1, waiting: 1 });
    expect((await shop.run(going)).outcome).toBe('unchanged');
  });

  test('stays while a payment speaks of it', async () => {
    const paid: ProjectConfig = {
      ...going,
      entities: { payments: { fields: { order_id: { type: 'reference', entity: 'orders' } } } },
      sources: {
        ...going.sources,
        mpesa: {
          type: 'csv',
          path: 'mpesa.csv',
          entities: { payments: { key: 'code', fields: { order_id: { from: 'order', source: 'orders' } } } },
        },
      },
    };
    shop.write({ 'mpesa.csv': 'code,order\nQA1,O1\n' });
    await shop.run(paid);
    shop.write({ 'orders.csv': `${HEAD}O2,C2,2026-01-06,2710.00\n` });
    const result = await shop.run(paid);
    expect(result.entities.orders).toMatchObject({ unchanged: 1, kept: 1, deleted: 0 });
    expect(result.entities.payments).toMatchObject({ unchanged: 1, total: 1 });
  });

  test('goes in the same run in which its customer became another', async () => {
    const twins = (second: string) =>
      `id,name,email,phone\nC1,Wanjiru Kamau,w1@example.com,\nC2,Wanjiru Kamau,${second}@example.com,\n`;
    shop.write({ 'customers.csv': twins('w2') });
    await shop.run(going);
    shop.write({
      'customers.csv': twins('w1'),
      'orders.csv': `${HEAD}O1,C1,2026-01-05,420.00\n`,
      'lines.csv': 'no,sku,qty,price\nO1,P1,2,210.00\n',
    });
    expect((await shop.run(going)).entities.orders).toMatchObject({ deleted: 1, total: 1 });
    expect((await shop.run(going)).outcome).toBe('unchanged');
  });
});

test('a record that comes on two pages brings its lines once', async () => {
  const order = (no: string) => ({
    no,
    customer: 'C1',
    date: '2026-01-05',
    lines: [
      { sku: 'P1', qty: 2, price: '210.00' },
      { sku: 'P1', qty: 2, price: '210.00' },
    ],
  });
  const { lines: _, ...sources } = SHOP.sources;
  const api: ProjectConfig = {
    ...SHOP,
    sources: {
      ...sources,
      orders: {
        type: 'json',
        path: 'page-*.json',
        entities: {
          orders: {
            key: 'no',
            fields: { customer_id: { from: 'customer', source: 'crm' }, order_date: 'date' },
          },
          order_items: {
            each: 'lines',
            fields: {
              order_id: '^no',
              product_id: { from: 'sku', by: 'sku' },
              quantity: 'qty',
              unit_price: 'price',
            },
          },
        },
      },
    },
  };
  shop.write({
    'page-1.json': JSON.stringify([order('O1'), order('O2')]),
    'page-2.json': JSON.stringify([order('O2'), order('O3')]),
  });
  const result = await shop.run(api);
  expect(result.entities).toMatchObject({ orders: { total: 3 }, order_items: { total: 6 } });
  expect(
    result.ledger.find((line) => line.entity === 'order_items' && line.file === 'page-2.json'),
  ).toMatchObject({ read: 4, accepted: 2, repeated: 2, balanced: true });
  expect(await shop.query(`SELECT DISTINCT total_amount::text AS total FROM orders`)).toEqual([
    { total: '840.0000' },
  ]);
  // Where a rule refuses one record of a key, its lines are not those of the other.
  const wrong = { ...order('O4'), date: 'soon', lines: [{ sku: 'P2', qty: 1, price: '5.00' }] };
  shop.write({ 'page-3.json': JSON.stringify([wrong, order('O4')]) });
  expect(await shop.run(api)).toMatchObject({ rejects: 5, entities: { orders: { total: 3 } } });
});

describe('an order that waited, its file gone', () => {
  const daily = onlyOrders({ path: 'daily-*.csv', delivery: 'addition' });
  const day = (number: number, rows: string) => {
    rmSync(join(shop.root, `daily-${number - 1}.csv`), { force: true });
    shop.write({ [`daily-${number}.csv`]: `${HEAD}${rows}` });
  };

  test('gives way to its correction', async () => {
    day(1, 'O7,C9,2026-01-05,70.00\n');
    expect(await shop.run(daily)).toMatchObject({ waiting: 1 });
    day(2, 'O7,C3,2026-01-06,70.00\n');
    const result = await shop.run(daily);
    expect(result).toMatchObject({ rejects: 0, entities: { orders: { created: 1, total: 1 } } });
    expect(result.ledger.find((line) => line.file === 'daily-1.csv')).toMatchObject({
      read: 1,
      filtered: 1,
      balanced: true,
    });
  });

  test('is remembered through any number of runs that fail', async () => {
    day(1, 'O7,C9,2026-01-05,70.00\n');
    await shop.run(daily);
    await shop.query(`INSERT INTO pamoja.runs (run_id, project, started_at, finished_at, outcome, entities, version)
      SELECT 'failed-' || n, 'shop', now(), now(), 'failed', '{}', '0' FROM generate_series(1, 30) n`);
    day(2, '"O8,C3,2026-01-06,70.00\n');
    await expect(shop.run(daily)).rejects.toMatchObject({ code: 'PAM-SRC-004' });
    day(2, 'O8,C3,2026-01-06,70.00\n');
    shop.write({ 'customers.csv': `${SHOP_FILES['customers.csv']}C9,Late Comer,late@example.com,\n` });
    expect((await shop.run(daily)).entities.orders).toMatchObject({ created: 2, total: 2 });
  });
});

describe('a line that comes after its order', () => {
  const { orders, lines } = SHOP.sources as Record<'orders' | 'lines', SourceConfig>;
  const whole = orders.entities.orders as EntityMapping;
  const { total_amount: _, ...fields } = whole.fields;
  const later = (more: Partial<SourceConfig>, key?: string): ProjectConfig => {
    const part = { ...(lines.entities.order_items as EntityMapping), ...(key && { key }) };
    const added = { ...lines, delivery: 'addition', entities: { order_items: part } } as const;
    return { ...SHOP, sources: { ...SHOP.sources, orders: { ...orders, ...more }, lines: added } };
  };
  const summing = { entities: { orders: { ...whole, fields } } };
  const LINES = 'no,sku,qty,price\n';
  const TOTALS = `SELECT string_agg(source_key || ' ' || coalesce(total_amount::float::text, '-'), ', ' ORDER BY source_key) AS totals
    FROM public.orders`;

  test.each([
    ['snapshot', {}],
    ['addition', { full: true }],
  ] as const)('adds to the total that follows from the lines: orders by %s, %o', async (delivery, how) => {
    const config = later({ ...summing, delivery });
    const orders = `${HEAD}O1,C1,2026-01-05,\nO2,C2,2026-01-06,\n`;
    shop.write({ 'orders.csv': orders, 'lines.csv': `${LINES}O1,P1,2,210.00\n` });
    await shop.run(config);
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 420, O2 -' }]);
    if (delivery === 'addition') shop.write({ 'orders.csv': `${HEAD}O3,C1,2026-01-05,\n` });
    shop.write({ 'lines.csv': `${LINES}O1,P2,1,5.00\nO2,P2,1,7.00\n` });
    await shop.run(config, how);
    expect(await shop.query(TOTALS)).toEqual([
      { totals: delivery === 'addition' ? 'O1 425, O2 7, O3 -' : 'O1 425, O2 7' },
    ]);
    expect((await shop.run(config, how)).outcome).toBe('unchanged');
    await shop.query(`UPDATE public.orders SET total_amount = 420 WHERE source_key = 'O1'`);
    const { checks } = await checkProject(shop.project(config), { env: { DATABASE_URL: shop.database.url } });
    expect(checks.filter((check) => !check.passed)).toMatchObject([
      {
        name: 'orders: total_amount follows from the parts',
        detail: expect.stringContaining('do not add up (order_id 1)'),
      },
    ]);
  });

  test('is taken from the total of the order that it leaves', async () => {
    const config = later({ ...summing, delivery: 'addition' }, 'line');
    shop.write({ 'lines.csv': `line,${LINES}1,O1,P1,2,210.00\n2,O2,P2,1,5.00\n` });
    await shop.run(config);
    shop.write({
      'orders.csv': `${HEAD}O3,C1,2026-01-05,\n`,
      'lines.csv': `line,${LINES}1,O2,P1,2,210.00\n`,
    });
    await shop.run(config);
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 -, O2 425, O3 -' }]);
  });

  test('waits for its order where that was refused, and joins no older version of it', async () => {
    const config = later({ ...summing, delivery: 'addition' });
    const day = (orders: string, lines: string) => {
      shop.write({ 'orders.csv': `${HEAD}${orders}\n`, 'lines.csv': `${LINES}${lines}\n` });
      return shop.run(config);
    };
    await day('O1,C1,2026-01-05,', 'O1,P1,2,210.00');
    await day('O1,C1,soon,\nO2,C1,soon,', 'O1,P2,1,5.00\nO2,P2,1,7.00');
    for (const n of [3, 4])
      expect(await day(`O${n},C1,2026-01-05,`, `O${n},P2,1,1.00`)).toMatchObject({ rejects: 2, waiting: 2 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 420, O3 1, O4 1' }]);
    const last = await day('O1,C1,2026-01-06,\nO2,C2,2026-01-06,', 'O3,P1,1,1.00');
    expect(last).toMatchObject({ rejects: 0, waiting: 0 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 425, O2 7, O3 2, O4 1' }]);
  });

  test('waits for its product, though its order comes again every day', async () => {
    const config = later({});
    shop.write({
      'orders.csv': `${HEAD}O1,C1,2026-01-05,427.00\n`,
      'lines.csv': `${LINES}O1,P1,2,210.00\nO1,P9,1,7.00\n`,
    });
    await shop.run(config);
    shop.write({
      'orders.csv': `${HEAD}O1,C1,2026-01-05,427.00\nO2,C1,2026-01-05,5.00\n`,
      'lines.csv': `${LINES}O2,P2,1,5.00\n`,
    });
    expect(await shop.run(config)).toMatchObject({
      rejects: 3,
      waiting: 1,
      entities: { orders: { total: 1 } },
    });
    shop.write({ 'products.csv': `${SHOP_FILES['products.csv']}P9,Tea,7.00,1\n` });
    expect(await shop.run(config)).toMatchObject({ rejects: 0, entities: { orders: { total: 2 } } });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 427, O2 5' }]);
  });

  test('waits for its product, though its order comes again with another line', async () => {
    const config = later(summing);
    const day = (lines: string) => {
      shop.write({ 'lines.csv': `${LINES}${lines}\n` });
      return shop.run(config);
    };
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,\n` });
    await day('O1,P1,2,210.00');
    expect(await day('O1,P9,1,7.00')).toMatchObject({ rejects: 2, waiting: 1 });
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-06,\n` });
    expect(await day('O1,P2,1,5.00')).toMatchObject({ rejects: 3, waiting: 1 });
    const { checks } = await checkProject(shop.project(config), { env: { DATABASE_URL: shop.database.url } });
    expect(checks.filter((check) => !check.passed)).toEqual([]);
    shop.write({ 'products.csv': `${SHOP_FILES['products.csv']}P9,Tea,7.00,1\n` });
    expect(await shop.run(config)).toMatchObject({ rejects: 0 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 432' }]);
  });

  test('waits for its order together with one that a rule refused, until that one comes corrected', async () => {
    const config = later({ ...summing, delivery: 'addition' });
    const day = (order: string, lines: string) => {
      shop.write({ 'orders.csv': `${HEAD}${order},C1,2026-01-05,\n`, 'lines.csv': `${LINES}${lines}\n` });
      return shop.run(config);
    };
    await day('O1', 'O1,P1,two,210.00\nO1,P9,1,7.00\nO1,P2,1,5.00');
    expect(await day('O2', 'O2,P2,1,5.00')).toMatchObject({ rejects: 4, waiting: 1 });
    shop.write({ 'products.csv': `${SHOP_FILES['products.csv']}P9,Tea,7.00,1\n` });
    expect(await day('O3', 'O3,P2,1,5.00')).toMatchObject({ rejects: 4, waiting: 0 });
    expect(await day('O4', 'O1,P1,2,210.00')).toMatchObject({ rejects: 0 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 432, O2 5, O3 5, O4 -' }]);
  });

  test('stays the second of its order and product while it waits, also where the first is given anew', async () => {
    const config = later({ ...summing, delivery: 'addition' });
    const day = (order: string, lines?: string) => {
      shop.write({ 'orders.csv': `${HEAD}${order},C1,2026-01-05,\n` });
      if (lines !== undefined) shop.write({ 'lines.csv': `${LINES}${lines}\n` });
      return shop.run(config);
    };
    expect(await day('O2', 'O1,P1,1,210.00\nO1,P1,1,210.00')).toMatchObject({ waiting: 2 });
    expect(await day('O3', 'O1,P1,1,210.00')).toMatchObject({ waiting: 2 });
    expect(await day('O1')).toMatchObject({ waiting: 0 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 420, O2 -, O3 -' }]);
  });

  test('keeps its number, whether it waits or stands, beside one of its order and product whose file goes', async () => {
    const config = later({ ...summing, delivery: 'addition' });
    const side = { ...(config.sources.lines as SourceConfig), path: 'lines*.csv' };
    const beside: ProjectConfig = { ...config, sources: { ...config.sources, lines: side } };
    rmSync(join(shop.root, 'lines.csv'));
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,\nO2,C2,2026-01-06,\n` });
    for (const n of [1, 2]) shop.write({ [`lines-${n}.csv`]: `${LINES}O1,P1,${n},7.00\nO2,P9,${n},7.00\n` });
    expect(await shop.run(beside)).toMatchObject({ waiting: 2 });
    rmSync(join(shop.root, 'lines-1.csv'));
    shop.write({ 'products.csv': `${SHOP_FILES['products.csv']}P9,Tea,7.00,1\n` });
    expect(await shop.run(beside)).toMatchObject({ waiting: 0, rejects: 0 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 21, O2 21' }]);
  });

  test('waits for its product, though another line of its order moves to one that comes', async () => {
    const config = later(summing, 'line');
    shop.write({
      'orders.csv': `${HEAD}O1,C1,2026-01-05,\nO2,C2,2026-01-06,\n`,
      'lines.csv': `line,${LINES}1,O1,P9,1,7.00\n2,O1,P1,2,210.00\n`,
    });
    expect(await shop.run(config)).toMatchObject({ waiting: 1 });
    shop.write({ 'lines.csv': `line,${LINES}2,O2,P1,2,210.00\n` });
    expect(await shop.run(config)).toMatchObject({ waiting: 1 });
  });

  test('waits alone for its product, though another line of its order comes', async () => {
    const config: ProjectConfig = { ...later(summing), orderIntegrity: 'lines' };
    const day = (lines: string) => {
      shop.write({ 'lines.csv': `${LINES}${lines}\n` });
      return shop.run(config);
    };
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,\n` });
    await day('O1,P1,1,210.00\nO1,P9,1,7.00');
    expect(await day('O1,P2,1,5.00')).toMatchObject({ waiting: 1 });
    expect(await day('O1,P9,2,7.00')).toMatchObject({ waiting: 1 });
    shop.write({ 'products.csv': `${SHOP_FILES['products.csv']}P9,Tea,7.00,1\n` });
    expect(await day('O1,P1,1,211.00')).toMatchObject({ waiting: 0 });
    expect(await shop.query(TOTALS)).toEqual([{ totals: 'O1 230' }]);
  });

  test('is held against a total that its source gives beside those of before', async () => {
    const config = later({});
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,420.00\n`, 'lines.csv': `${LINES}O1,P1,2,210.00\n` });
    await shop.run(config);
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,425.00\n`, 'lines.csv': `${LINES}O1,P2,1,5.00\n` });
    expect(await shop.run(config)).toMatchObject({ rejects: 0, findings: 0 });
    expect(await shop.query(SUMS)).toEqual([{ key: 'O1', total: '425.0000', lines: '425.0000' }]);
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,430.00\n`, 'lines.csv': `${LINES}O1,P2,1,6.00\n` });
    expect(await shop.run(config)).toMatchObject({ rejects: 2, entities: { orders: { kept: 1 } } });
  });

  test('is told in every run where it breaks the total that a source gave an order of before', async () => {
    const config = later({ delivery: 'addition' });
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,420.00\n`, 'lines.csv': `${LINES}O1,P1,2,210.00\n` });
    await shop.run(config);
    shop.write({
      'orders.csv': `${HEAD}O2,C1,2026-01-06,7.00\n`,
      'lines.csv': `${LINES}O1,P2,1,5.00\nO2,P2,1,7.00\n`,
    });
    for (const _ of ['the line comes', 'nothing changed']) {
      const run = await shop.run(config);
      expect(run).toMatchObject({ rejects: 0, findings: 1 });
      expect(await shop.query(`SELECT * FROM pamoja.findings WHERE run_id = '${run.runId}'`)).toMatchObject([
        { severity: 'warn', source: 'orders', key: 'O1', rule: 'equation:total', value: '420.0000' },
      ]);
    }
    shop.write({ 'orders.csv': `${HEAD}O3,C1,2026-01-06,7.00\n`, 'lines.csv': `${LINES}O3,P2,1,7.00\n` });
    expect(await shop.run(config)).toMatchObject({ findings: 1 });
    shop.write({ 'orders.csv': `${HEAD}O1,C1,2026-01-05,425.00\n` });
    expect(await shop.run(config)).toMatchObject({ rejects: 0, findings: 0 });
  });
});

test('a period may be told by a folder', async () => {
  const monthly = onlyOrders({ path: 'in/*/*.csv', delivery: 'period', period: String.raw`(\d{4}/\d{2})` });
  shop.write({ 'in/2026/01.csv': `${HEAD}1,C1,2026-01-05,420.00\n2,C1,2026-01-05,1.00\n` });
  await shop.run(monthly);
  shop.write({ 'in/2026/01.csv': `${HEAD}1,C1,2026-01-05,420.00\n` });
  expect((await shop.run(monthly)).entities.orders).toMatchObject({ unchanged: 1, deleted: 1, total: 1 });
});
