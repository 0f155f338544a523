import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseProject } from '../../src/config/read-config.js';
import { Postgres } from '../../src/engine/postgres.js';
import { generate } from '../../src/generate/generate.js';
import { projectYaml } from '../../src/generate/project-config.js';
import type { Insight } from '../../src/insights/insight.js';
import { listInsights } from '../../src/insights/list-insights.js';
import type { OpenInsight } from '../../src/insights/read-insight.js';
import { csvHeader, csvLine } from '../../src/insights/write-values.js';
import { sql } from '../../src/kernel/sql.js';
import type { Project, ProjectConfig } from '../../src/model/config.js';
import { openInsight, runInsight } from '../../src/pipeline/run-insight.js';
import { pgbouncer } from '../support/pgbouncer.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP } from '../support/shop.js';
import { openSmallBusiness, ROWS, type SmallBusiness } from './small-business.js';

const BUILT_IN = listInsights('/nowhere').map((each) => each.name);
const QUERIES = resolve(import.meta.dirname, '../../src/insights/queries');

/** The queries of the notebook that Pamoja grew out of, word for word. */
const NOTEBOOK = {
  'customer-orders': `SELECT o.order_id, c.first_name, c.last_name, p.product_name, oi.quantity, oi.unit_price, oi.subtotal
    FROM orders o JOIN customers c ON o.customer_id = c.customer_id JOIN order_items oi ON oi.order_id = o.order_id
    JOIN products p ON p.product_id = oi.product_id LIMIT 20;`,
  'total-per-customer': `SELECT c.customer_id, c.first_name, c.last_name, SUM(o.total_amount) AS total_spent
    FROM customers c JOIN orders o ON c.customer_id = o.customer_id
    GROUP BY c.customer_id, c.first_name, c.last_name ORDER BY total_spent DESC LIMIT 20;`,
  'products-by-price': 'SELECT * FROM products WHERE price BETWEEN 100 AND 5000 LIMIT 50;',
  'high-value-orders': `SELECT o.order_id, c.first_name, c.last_name, o.total_amount FROM orders o
    JOIN customers c ON o.customer_id = c.customer_id WHERE o.total_amount > 8000 ORDER BY o.total_amount DESC;`,
};

const plain = (text: string) =>
  text
    .replace(/^--.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();

test.each(Object.entries(NOTEBOOK))('%s is the query of the notebook', (name, query) => {
  const ours = plain(readFileSync(resolve(QUERIES, `${name}.sql`), 'utf8'))
    .replace(':min_price', '100')
    .replace(':max_price', '5000')
    // Those of the same total in the order of their ids: one of the orders that the notebook's query may give. Its
    // customers without any total come last, not first.
    .replace('DESC, o.order_id;', 'DESC;')
    .replace('DESC NULLS LAST, c.customer_id LIMIT', 'DESC LIMIT');
  expect(ours).toBe(plain(query));
});

test('at least twelve more come with it, each with a title, a description and known axes', () => {
  const more = listInsights('/nowhere').filter((each) => !(each.name in NOTEBOOK));
  expect(more.length).toBeGreaterThanOrEqual(12);
  for (const { description, title } of more) expect([title, description]).not.toContain('');
});

describe('on the generated business', () => {
  let shop: TestProject;
  let project: Project;
  const ask = (name: string) =>
    runInsight(project, name, { env: { DATABASE_URL: shop.database.url }, mostRows: 100_000 });
  beforeAll(async () => {
    shop = await openTestProject();
    await generate({ dir: shop.root, customers: 600, products: 500, orders: 1200, itemsPerOrder: 2 });
    const config = parse(projectYaml()) as ProjectConfig;
    project = shop.project(config);
    await shop.run(config);
  });
  afterAll(() => shop.close());

  test.each(Object.entries(NOTEBOOK))('%s gives the rows of the notebook', async (name, query) => {
    const { columns, rows } = await ask(name);
    const cast = columns.map(({ name: column }) => `"${column}"::text`).join(', ');
    const inside = query.trimEnd().slice(0, -1);
    const theirs = await shop.query<Record<string, string | null>>(`SELECT ${cast} FROM (${inside}) q`);
    const texts = theirs.map((row) => columns.map((column) => row[column.name] ?? null));
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
      new Set(texts.map((row) => JSON.stringify(row))),
    );
  });

  test.each(BUILT_IN)('%s runs, and its chart names columns that are there', async (name) => {
    const { insight, columns } = await ask(name);
    const names = columns.map((column) => column.name);
    expect(new Set(names).size).toBe(names.length);
    if (insight.chart.kind === 'none') return;
    const { x, y, by } = insight.chart;
    expect(names).toEqual(expect.arrayContaining([x, y, ...(by === null ? [] : [by])]));
  });

  test('what is counted in several ways is the same in each', async () => {
    const [total] = await shop.query<{ sum: string; orders: number }>(
      'SELECT sum(amount) AS sum, count(DISTINCT order_id)::int AS orders FROM sales',
    );
    for (const name of [
      'revenue-by-month',
      'revenue-by-category',
      'revenue-by-county',
      'revenue-by-channel',
    ]) {
      const { columns, rows } = await ask(name);
      const at = columns.findIndex((column) => column.name === 'revenue');
      const cents = rows.reduce((sum, row) => sum + Math.round(Number(row[at]) * 10_000), 0);
      expect(cents, name).toBe(Math.round(Number(total?.sum) * 10_000));
    }
  });
});

describe('before anything was sold', () => {
  let empty: SmallBusiness;
  beforeAll(async () => {
    empty = await openSmallBusiness('SELECT 1');
  });
  afterAll(() => empty.close());

  test.each(BUILT_IN)('%s has an answer', async (name) => {
    const rows = await empty.ask(name);
    if (name !== 'repeat-rate') expect(rows).toEqual([]);
    else
      expect(rows).toEqual([
        expect.objectContaining({ customers: 0, came_back: 0, repeat_rate_percent: null }),
      ]);
  });
});

describe('an own insight', () => {
  let shop: SmallBusiness;
  const own = async (text: string, parameters = {}) => {
    shop.test.write({ 'insights/mine.sql': text });
    return shop.ask('mine', parameters);
  };
  const refused = (text: string) =>
    own(text).then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );
  beforeAll(async () => {
    shop = await openSmallBusiness(`${ROWS} CREATE SEQUENCE counter;`);
  });
  afterAll(() => shop.close());

  test('joins those that come with Pamoja, and takes the place of one of its name with a word', () => {
    const warnings: string[] = [];
    shop.test.write({ 'insights/returns.sql': '-- My returns\nSELECT 1 AS one', 'insights/notes.txt': 'no' });
    const found = listInsights(shop.test.root, {
      step() {},
      debug() {},
      warn: (text) => warnings.push(text),
    });
    const isMine = (each: Insight) => each.origin === 'own' && each.name === 'returns';
    expect(found.filter(isMine)).toMatchObject([{ title: 'My returns', file: 'insights/returns.sql' }]);
    expect(found.filter((each) => each.name === 'returns')).toHaveLength(1);
    expect(warnings).toEqual([
      'insights/returns.sql takes the place of the insight "returns" that comes with Pamoja.',
    ]);
  });

  test('binds hostile values as values', async () => {
    const hostile = `x'; DROP TABLE customers; --`;
    expect(await own('-- Mine\n-- param a: text\nSELECT :a AS a', { a: hostile })).toEqual([{ a: hostile }]);
  });

  test.each([
    ['DELETE FROM order_items', 'PAM-CFG-003', /only reads/],
    ['WITH gone AS (DELETE FROM order_items RETURNING *) SELECT * FROM gone', 'PAM-CFG-005', /would write/],
    ["SELECT nextval('counter')", 'PAM-CFG-005', /would write/],
    ['SELECT pg_notify(1)', 'PAM-CFG-005', /pg_notify/],
    ['SELECT 1; COMMIT; DELETE FROM order_items; SELECT 1', 'PAM-CFG-005', /multiple commands/],
    ["SELECT set_config('transaction_read_only', 'off', false)", 'PAM-CFG-005', /read-write/],
    ['SELECT nothing FROM customers', 'PAM-CFG-005', /nothing/],
  ])('%s is refused, and changes nothing', async (text, code, message) => {
    const error = await refused(text);
    expect(error).toMatchObject({ code, where: 'insights/mine.sql' });
    expect((error as Error).message).toMatch(message);
    expect(await shop.test.query('SELECT count(*)::int AS n FROM order_items')).toEqual([{ n: 11 }]);
  });

  test('is given up when it takes too long', async () => {
    shop.test.write({ 'insights/mine.sql': 'SELECT pg_sleep(60)' });
    const env = { DATABASE_URL: shop.test.database.url };
    await expect(runInsight(shop.project, 'mine', { env, timeoutSeconds: 0.2 })).rejects.toMatchObject({
      code: 'PAM-DB-005',
      message: expect.stringContaining('0.2 seconds'),
    });
    // Also by many answers that each came in time.
    shop.test.write({ 'insights/mine.sql': 'SELECT generate_series(1, 100000000)' });
    const all = async ({ batches }: OpenInsight) => {
      for await (const _ of batches());
    };
    await expect(openInsight(shop.project, 'mine', { env, timeoutSeconds: 0.2 }, all)).rejects.toMatchObject({
      code: 'PAM-DB-005',
      message: expect.stringContaining('0.2 seconds'),
    });
  });

  test('may give columns of the same name, and values of any type exactly', async () => {
    shop.test.write({
      'insights/mine.sql': `SELECT 1 AS a, 2 AS a, 12345678901234.5678::numeric AS n, ARRAY[1, NULL] AS l, NULL AS z,
        true AS b, date '2026-01-05' AS d, '{"k": 1}'::json AS j, 'Wanjiru' AS first_name`,
    });
    const env = { DATABASE_URL: shop.test.database.url };
    const { columns, rows } = await runInsight(shop.project, 'mine', { env });
    const types = ['integer', 'integer', 'numeric', 'text', 'text', 'boolean', 'date', 'text', 'text'];
    expect(columns.map((column) => column.type)).toEqual(types);
    expect(columns.filter((column) => column.personal).map((column) => column.name)).toEqual(['first_name']);
    expect(rows).toEqual([
      ['1', '2', '12345678901234.5678', '{1,NULL}', null, 't', '2026-01-05', '{"k": 1}', 'Wanjiru'],
    ]);
  });

  test('is read a few hundred rows at a time, all of them or as many as are wanted', async () => {
    shop.test.write({ 'insights/mine.sql': 'SELECT n FROM generate_series(1, 20001) n' });
    const env = { DATABASE_URL: shop.test.database.url };
    expect(await runInsight(shop.project, 'mine', { env })).toMatchObject({
      complete: false,
      rows: { length: 10_000 },
    });
    const sizes: number[] = [];
    await openInsight(shop.project, 'mine', { env }, async ({ batches }) => {
      for await (const batch of batches()) sizes.push(batch.length);
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20_001);
    expect(Math.max(...sizes)).toBe(500);
  });
});

test('the bookkeeping and the tables may have other names', async () => {
  const named = { schema: 'order', bookkeeping: 'select' };
  const rows = ROWS.replaceAll('pamoja.', '"select".');
  const shop = await openSmallBusiness(rows, named);
  try {
    expect(await shop.ask('data-quality')).toHaveLength(3);
    expect(await shop.ask('best-customers')).toHaveLength(4);
  } finally {
    await shop.close();
  }
});

test('through a transaction pooler it leaves no setting behind', async ({ skip }) => {
  const shop = await openSmallBusiness(ROWS);
  const pooler = await pgbouncer(shop.test.database.url, { mode: 'transaction', poolSize: 1 });
  if (pooler === undefined) return skip();
  try {
    const env = { DATABASE_URL: pooler.url };
    const project = shop.test.project({ ...SHOP, timezone: 'Asia/Tokyo' });
    expect((await runInsight(project, 'best-sellers', { env, parameters: { top: 1 } })).rows).toHaveLength(2);
    const next = await Postgres.connect(pooler.url);
    const settings = await next.query<{ zone: string; limit: string; read_only: string }>(
      sql`SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS limit,
        current_setting('transaction_read_only') AS read_only`,
    );
    await next.close();
    expect(settings).toEqual([{ zone: expect.not.stringContaining('Tokyo'), limit: '0', read_only: 'off' }]);
  } finally {
    await pooler.stop();
    await shop.close();
  }
});

test('before the first run it says so', async () => {
  const shop = await openTestProject();
  try {
    const project = shop.project(SHOP);
    const asked = runInsight(project, 'returns', { env: { DATABASE_URL: shop.database.url } });
    await expect(asked).rejects.toMatchObject({ code: 'PAM-DB-008' });
  } finally {
    await shop.close();
  }
});

test('in CSV only texts that a spreadsheet would compute are disarmed', () => {
  const columns = [
    { name: 'name', type: 'text', personal: false },
    { name: 'amount', type: 'numeric', personal: false },
  ] as const;
  const hostile = ['=HYPERLINK("http://x")', '+1', '-1', '@x', '\tx', '\rx'];
  for (const text of hostile) {
    const quoted = /["\r]/.test(text);
    const told = (value: string) => (quoted ? `"${value.replaceAll('"', '""')}"` : value);
    expect(csvLine(columns, [text, '-12.50'], { safe: true })).toBe(`${told(`'${text}`)},-12.50\n`);
    expect(csvLine(columns, [text, '-12.50'], { safe: false })).toBe(`${told(text)},-12.50\n`);
  }
  expect(csvLine(columns, ['', null], { safe: true })).toBe('"",\n');
  expect(csvHeader(columns, { safe: true })).toBe('name,amount\n');
});

describe('the guide', () => {
  const guide = readFileSync(resolve(import.meta.dirname, '../../docs/guides/insights.md'), 'utf8');

  test('lists every insight that comes with Pamoja, and no other', () => {
    const listed = [...guide.matchAll(/^\| `([a-z-]+)` \|/gm)].map((row) => row[1]);
    expect(listed.sort()).toEqual([...BUILT_IN].sort());
  });

  test('has an example of an own one that works', async () => {
    const [, example = ''] = /^```sql insight\n([\s\S]*?)^```/m.exec(guide) ?? [];
    const shop = await openSmallBusiness(ROWS);
    try {
      shop.test.write({ 'insights/big-spenders.sql': example });
      expect(await shop.ask('big-spenders', { least: 500 })).toEqual([
        { currency: 'KES', customer_id: 1, spent: 600 },
        { currency: 'KES', customer_id: 9, spent: 570 },
      ]);
    } finally {
      await shop.close();
    }
  });
});

test.each([
  { mostRows: Number.NaN },
  { mostRows: -1 },
  { timeoutSeconds: -1 },
  { timeoutSeconds: Number.NaN },
])('an insight is not asked for %o', async (wrong) => {
  const project = parseProject(SHOP, tmpdir());
  await expect(runInsight(project, 'best-sellers', wrong)).rejects.toThrow(RangeError);
});
