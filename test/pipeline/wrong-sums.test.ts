import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePaint } from '../../src/cli/terminal/paint.js';
import { renderMoney } from '../../src/cli/terminal/render-money.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { makeReport } from '../../src/pipeline/make-report.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

/* What becomes of a total that is not the sum of its lines, and of a line that is not quantity × price. */

let project: TestProject;
beforeEach(async () => {
  project = await openTestProject();
  // O1 says 420.55 where its line is 420; O2's second line says 2,500.70 where one piece costs 2,500.
  project.write({
    ...SHOP_FILES,
    'orders.csv': 'no,customer,date,total\nO1,C1,2026-01-05,420.55\nO2,C2,2026-01-06,2710.00\n',
    'lines.csv': `no,sku,qty,price,amount
O1,P1,2,210.00,420.00
O2,P1,1,210.00,210.00
O2,P2,1,"2,500.00","2,500.70"
`,
  });
});
afterEach(() => project.close());

/** The shop, whose lines tell their amounts, and whose equations do as is said. */
function shop(total: string, subtotal: string): ProjectConfig {
  const config = JSON.parse(JSON.stringify(SHOP));
  config.sources.lines.entities.order_items.fields.subtotal = 'amount';
  const equation = (name: string, field: string, equals: string, needs: string[], severity: string) => ({
    equations: [{ name, field, equals, needs, tolerance: 0.01, severity }],
  });
  config.entities = {
    orders: equation('total', 'total_amount', '{order_items.subtotal}', ['total_amount'], total),
    order_items: equation(
      'subtotal',
      'subtotal',
      'quantity * unit_price',
      ['subtotal', 'quantity', 'unit_price'],
      subtotal,
    ),
  };
  return config;
}

const totals = () =>
  project.query('SELECT source_key AS order, total_amount::text AS total FROM orders ORDER BY source_key');
const subtotals = () =>
  project.query('SELECT subtotal::text AS subtotal FROM order_items ORDER BY order_item_id');
const findings = () =>
  project.query<{
    severity: string;
    key: string;
  }>(`SELECT severity, key, field, value, reason FROM pamoja.findings
    WHERE run_id = (SELECT last_run FROM pamoja.state) ORDER BY entity DESC, key`);

describe('an amount that does not come out', () => {
  test('is mended where the equation says so, lines before their totals, and what it said is told', async () => {
    const { ledger } = await project.run(shop('fix', 'fix'));
    expect(await subtotals()).toEqual([
      { subtotal: '420.0000' },
      { subtotal: '210.0000' },
      { subtotal: '2500.0000' },
    ]);
    expect(await totals()).toEqual([
      { order: 'O1', total: '420.0000' },
      { order: 'O2', total: '2710.0000' },
    ]);
    expect(await findings()).toEqual([
      {
        severity: 'fix',
        key: 'O1',
        field: 'total_amount',
        value: '420.5500',
        reason: 'is not the sum of order_items.subtotal',
      },
      {
        severity: 'fix',
        key: 'O2|P2|1',
        field: 'subtotal',
        value: '2,500.70',
        reason: 'is not quantity * unit_price',
      },
    ]);
    // What was read is not what was accepted: the difference stands beside it.
    const said = renderMoney(ledger, { width: 100, paint: makePaint(false) }).map((line) =>
      line.split(/ {2,}/).slice(1),
    );
    expect(said).toEqual([
      ['money', 'read', 'accepted', 'rejected', 'changed'],
      ['orders total amount', 'KES', '3,130.55', '3,130.00', '0', '-0.55'],
      ['order items subtotal', 'KES', '3,130.70', '3,130.00', '0', '-0.70'],
    ]);
    const { markdown } = await makeReport(project.project(shop('fix', 'fix')), {
      env: { DATABASE_URL: project.database.url },
    });
    expect(markdown).toMatch(/\| orders \| 3,130\.55 \| 3,130\.00 \| 0 \| [-−]0\.55 \|/);
    expect(markdown).toContain('Changed is what rules made of amounts');
  });

  test('is left empty where the equation says so', async () => {
    await project.run(shop('blank', 'warn'));
    expect(await totals()).toEqual([
      { order: 'O1', total: null },
      { order: 'O2', total: null },
    ]);
    expect(await subtotals()).toContainEqual({ subtotal: '2500.7000' });
    expect((await findings()).map(({ severity, key }) => [severity, key])).toEqual([
      ['blank', 'O1'],
      ['blank', 'O2'],
      ['warn', 'O2|P2|1'],
    ]);
  });

  test('is not wrong where one line leaves its own empty: that follows from the rest, and is told', async () => {
    project.write({
      'orders.csv': 'no,customer,date,total\nO1,C1,2026-01-05,500.00\nO2,C2,2026-01-06,2710.00\n',
      'lines.csv':
        'no,sku,qty,price,amount\nO1,P1,2,210.00,\nO2,P1,1,210.00,210.00\nO2,P2,1,"2,500.00",N/A\n',
    });
    const { ledger } = await project.run(shop('reject', 'reject'));
    expect(await totals()).toEqual([{ order: 'O2', total: '2710.0000' }]);
    expect(await subtotals()).toEqual([{ subtotal: '210.0000' }, { subtotal: '2500.0000' }]);
    expect((await findings()).map(({ severity, key }) => [severity, key])).toEqual([['fix', 'O2|P2|1']]);
    expect(ledger.flatMap(({ entity, amounts }) => (entity === 'order_items' ? amounts : []))).toMatchObject([
      { read: '210.0000', accepted: '2710.0000', rejected: '420.0000' },
    ]);
    const required = shop('warn', 'reject');
    required.sources.lines!.entities.order_items!.fields.subtotal = { from: 'amount', required: true };
    await project.run(required);
    expect(await totals()).toEqual([{ order: 'O2', total: '2710.0000' }]);
    expect(
      await project.query(`SELECT rule FROM pamoja.rejects WHERE rule <> 'cascade'
      AND run_id = (SELECT last_run FROM pamoja.state)`),
    ).toEqual([{ rule: 'required' }, { rule: 'required' }]);
  });

  test('is not asked for where the lines have none', async () => {
    project.write({
      'lines.csv': 'no,sku,qty,price,amount\nO1,P1,2,210.00,430.00\nO2,P1,1,2710.00,2710.00\n',
    });
    await project.run(shop('reject', 'blank'));
    expect(await totals()).toHaveLength(2);
    expect(await findings()).toMatchObject([{ severity: 'blank', key: 'O1|P1|1' }]);
  });
});

describe('a total without any line', () => {
  const lineless = {
    'orders.csv': `${SHOP_FILES['orders.csv']}O3,C3,2026-01-07,99.00\nO4,C3,2026-01-08,0\n`,
  };

  test('is told, and stays; one of nothing needs no line', async () => {
    project.write({ ...SHOP_FILES, ...lineless });
    await project.run(SHOP);
    expect(await totals()).toHaveLength(4);
    expect(await findings()).toEqual([
      { severity: 'warn', key: 'O3', field: 'total_amount', value: '99.0000', reason: 'has no order items' },
    ]);
  });

  test('is told anew by a run that looks only at changes, and no more when its line has come', async () => {
    project.write({ ...SHOP_FILES, ...lineless });
    await project.run(SHOP);
    project.write({ 'customers.csv': SHOP_FILES['customers.csv'].replace('444555', '444556') });
    expect((await project.run(SHOP)).way).toBe('only changes');
    expect(await findings()).toHaveLength(1);
    project.write({ 'lines.csv': `${SHOP_FILES['lines.csv']}O3,P1,1,99.00\n` });
    expect((await project.run(SHOP)).way).toBe('only changes');
    expect(await findings()).toEqual([]);
  });

  test('is not told of a source that gives no lines', async () => {
    project.write({ ...SHOP_FILES, ...lineless });
    const { lines: _, ...sources } = SHOP.sources;
    await project.run({ ...SHOP, sources });
    expect(await totals()).toHaveLength(4);
    expect(await findings()).toEqual([]);
  });
});
