import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProject } from '../../src/config/read-config.js';
import { type GenerateOptions, type GenerateResult, generate } from '../../src/generate/generate.js';
import { type ServedBusiness, serveBusiness } from '../../src/generate/serve-business.js';
import { checkTruth, type TruthResult } from '../../src/pipeline/check-truth.js';
import type { RunResult } from '../../src/pipeline/run-options.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';

/** Rules of the pipeline that no generated business breaks, and why. */
const ELSEWHERE: Record<string, string> = {
  bytes: 'its files are text: test/sources/parquet has those that are none',
  formula: 'Excel kept the results of all formulas: test/sources/excel has those without',
  'mixed-dates': 'all dates of the workbook are dates: test/sources/excel has the others',
  rounded: 'no file of the demo went through a spreadsheet: test/cases/rounded-numbers has one that did',
  totals: 'orders end without a row of sums: test/cases/rows-of-totals has those that do not',
  ambiguous: 'a SKU stands once in each list, so a line never means two products',
  'lost-parts':
    'no source of the demo is an addition: test/pipeline/deliveries.test.ts has one that loses lines',
};

describe('the business of the demo, integrated with its own configuration', () => {
  let business: Integrated;
  beforeAll(async () => {
    business = await integrated({});
  });
  afterAll(() => business.close());

  test('has exactly the rows of the truth in every table', async () => {
    for (const [table, rows] of Object.entries(business.made.truth.golden)) {
      const [found] = await business.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`);
      expect(found?.rows, table).toBe(rows);
    }
  });

  test('accounts for every record of every file as the truth does', () => {
    const counts = (lines: readonly object[]) =>
      sorted(
        lines.map((line) => {
          const { file, entity, read, accepted, rejected, filtered, repeated } = line as Record<
            string,
            unknown
          >;
          return { file, entity, read, accepted, rejected, filtered, repeated };
        }),
      );
    expect(counts(business.result.ledger)).toEqual(counts(business.made.truth.ledger));
    expect(business.result.waiting).toBe(business.made.truth.waiting);
  });

  test('holds the sums of the truth to the cent', async () => {
    for (const { measure, amount } of business.made.truth.amounts) {
      const [table, column] = measure.split('.');
      const [found] = await business.query<{ sum: string }>(
        `SELECT sum(${column})::numeric(18,2)::text AS sum FROM ${table}`,
      );
      expect(found?.sum, measure).toBe(amount);
    }
  });

  test('breaks every rule that the pipeline knows', () => {
    const { ledger, findings } = business.made.truth;
    const broken = new Set(
      [...ledger.flatMap(({ rejects }) => rejects), ...findings].map(({ rule }) => rule),
    );
    const left = knownRules().filter((rule) => !broken.has(rule));
    expect(left).toEqual(Object.keys(ELSEWHERE));
    expect(ledger.some(({ filtered }) => filtered > 0)).toBe(true);
    expect(ledger.some(({ repeated }) => repeated > 0)).toBe(true);
  });

  test('is, record by record, as the truth says', () => expectTruth(business.truth));

  describe('and then tampered with', () => {
    const failing = async () =>
      (await business.check()).checks.filter((check) => !check.passed).map((check) => check.name);
    test('shows a person who was taken for another', async () => {
      const [link] = await business.query<{ key: string; id: string }>(
        `SELECT key, id FROM pamoja.links WHERE entity = 'customers' AND source = 'crm' ORDER BY id LIMIT 1`,
      );
      const lead = (id: string) =>
        business.query(
          `UPDATE pamoja.links SET id = ${id} WHERE entity = 'customers' AND source = 'crm' AND key = '${link?.key}'`,
        );
      await lead(`(SELECT max(id) FROM pamoja.links WHERE entity = 'customers')`);
      expect(await failing()).toEqual(['truth: same customers']);
      await lead(link?.id ?? '');
      expect(await failing()).toEqual([]);
    });

    test('shows a reject that has another reason, and a shilling too many', async () => {
      await business.query(`UPDATE pamoja.kept_rejects SET rule = 'range' WHERE rule = 'pattern'`);
      await business.query(
        `UPDATE orders SET total_amount = total_amount + 1 WHERE order_id = (SELECT min(order_id) FROM orders)`,
      );
      expect(await failing()).toEqual(['truth: orders.total_amount', 'truth: rejects']);
    });
  });
});

describe('a business with a workbook, an API, walk-in sales, returns and much dirt', () => {
  let business: Integrated;
  let second: RunResult;
  beforeAll(async () => {
    business = await integrated({
      customers: 700,
      orders: 1000,
      itemsPerOrder: 1.5,
      seed: 7,
      dirt: 0.06,
      walkIns: 0.2,
      returns: 0.08,
      crm: 'xlsx',
      api: true,
    });
    second = await business.run();
  });
  afterAll(() => business.close());

  test('is, record by record, as the truth says', () => expectTruth(business.truth));

  test('came over the API in pages, each of which is in the ledger', () => {
    const pages = business.result.ledger.filter((line) => line.source === 'shop_products');
    expect(pages.map((line) => line.file)).toContain('/api/products page 3');
    const [told] = business.made.truth.ledger.filter((line) => line.source === 'shop_products');
    expect(pages.reduce((sum, line) => sum + line.read, 0)).toBe(told?.read);
  });

  test('has one customer who stands for all who walked in', async () => {
    const [found] = await business.query<{ people: number; orders: number }>(
      `SELECT count(DISTINCT c.customer_id)::int AS people, count(*)::int AS orders
        FROM pamoja.links l JOIN customers c ON c.customer_id = l.id JOIN orders o USING (customer_id)
        WHERE l.entity = 'customers' AND l.placeholder`,
    );
    expect(found?.people).toBe(1);
    expect((found?.orders ?? 0) / 700).toBeCloseTo(0.2, 1);
  });

  test('takes back only what the same customer had bought before, and no more of it', async () => {
    const [found] = await business.query<{ returns: number; strange: number }>(`
      SELECT count(*)::int AS returns, count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM orders s JOIN order_items i USING (order_id) WHERE s.order_type = 'sale' AND s.customer_id = o.customer_id
          AND i.product_id = r.product_id AND i.quantity >= abs(r.quantity) AND s.ordered_at::date <= o.ordered_at::date))::int AS strange
      FROM orders o JOIN order_items r USING (order_id) WHERE o.order_type = 'return'`);
    expect(found?.returns).toBeGreaterThan(40);
    expect(found?.strange).toBe(0);
  });

  test('changes nothing in a second run', () => {
    expect(second.outcome).toBe('unchanged');
    expect(changed(second)).toEqual({ created: 0, updated: 0, deleted: 0 });
  });
});

test('a business that was not run yet has nothing to compare with', async () => {
  const project = await openTestProject();
  const env = { DATABASE_URL: project.database.url };
  await generate({ dir: project.root, customers: 10 });
  const read = await readProject(project.root);
  await expect(checkTruth(read, { env })).rejects.toMatchObject({ code: 'PAM-DB-008' });
  const elsewhere = { ...read, root: join(project.root, 'crm') };
  await expect(checkTruth(elsewhere, { env })).rejects.toMatchObject({ code: 'PAM-GEN-001' });
  await project.close();
});

interface Integrated {
  made: GenerateResult;
  result: RunResult;
  truth: TruthResult;
  run(): Promise<RunResult>;
  check(): Promise<TruthResult>;
  query: TestProject['query'];
  close(): Promise<void>;
}

/** Makes a business, serves what is to be served, runs it with the configuration as it was written, and checks it. */
async function integrated(options: Omit<GenerateOptions, 'dir'>): Promise<Integrated> {
  const project = await openTestProject();
  const env = { DATABASE_URL: project.database.url };
  const made = await generate({ ...options, dir: project.root });
  const api: ServedBusiness | undefined = options.api
    ? await serveBusiness(project.root, { port: 0 })
    : undefined;
  const read = await readProject(project.root);
  const run = () => runProject(read, { env });
  const check = () => checkTruth(read, { env });
  return {
    made,
    result: await run(),
    truth: await check(),
    run,
    check,
    query: project.query,
    async close() {
      await api?.close();
      await project.close();
    },
  };
}

function expectTruth({ checks, same, rejects }: TruthResult): void {
  expect(checks.filter((check) => !check.passed)).toEqual([]);
  for (const { pairs, missed, wrong } of same) {
    expect(pairs).toBeGreaterThan(100);
    expect({ missed, wrong }).toEqual({ missed: 0, wrong: 0 });
  }
  expect(rejects.expected).toBeGreaterThan(50);
}

/** The rules that the guide lists, and the one that is told with the amounts. */
function knownRules(): string[] {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/database.md'), 'utf8');
  const table = guide.slice(guide.indexOf('| rule | the record |'));
  const listed = [...table.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap(([, names]) =>
    [...(names ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
  );
  return [...new Set([...listed, 'currency'])];
}

function sorted<Row>(rows: readonly Row[]): Row[] {
  const text = (row: Row) =>
    JSON.stringify(Object.entries(row as object).sort(([a], [b]) => a.localeCompare(b)));
  return [...rows].sort((a, b) => text(a).localeCompare(text(b)));
}
