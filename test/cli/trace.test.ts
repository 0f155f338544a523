import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/terminal/display-width.js';
import { makePaint } from '../../src/cli/terminal/paint.js';
import { renderTrace } from '../../src/cli/terminal/render-trace.js';
import type { Trace } from '../../src/tracing/trace.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';
import { type Folder, makeFolder, pamoja } from './spawn-pamoja.js';

let database: TestDatabase;
let folder: Folder;
const run = (...args: string[]) => pamoja(args, { cwd: folder.root, env: { DATABASE_URL: database.url } });

beforeAll(async () => {
  database = await openTestDatabase();
  folder = makeFolder(
    { ...SHOP_FILES, 'orders.csv': 'no,customer,date,total\nO1,C1,2026-01-05,420.00\nO2,C2,never,2710.00\n' },
    SHOP,
  );
  await run('run');
});
afterAll(async () => {
  folder.remove();
  await database.close();
});

describe('pamoja trace', () => {
  test('tells a row field by field, its record, and what is next to it', async () => {
    const { code, stdout } = await run('trace', 'order', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('Order 1 is record O1 of orders.');
    expect(stdout).toMatch(/total_amount +420\.00 +total "420\.00"/);
    expect(stdout).toMatch(/\[1\] +orders +O1 +orders\.csv:2 +as published/);
    expect(stdout).toContain('pamoja trace customer 1');
    expect(stdout).toContain('pamoja trace order item 1');
  });

  test('shows values of people only where they are asked for', async () => {
    const hidden = await run('trace', 'customers', '1');
    expect(hidden.stdout).not.toMatch(/Wanjiru|Kamau|wanjiru@|712/);
    expect(hidden.stdout).toContain('--values shows them');
    const shown = await run('trace', 'customers', '1', '--values');
    expect(shown.stdout).toMatch(/phone +\+254712345678 +phone "0712 345 678" +as a phone of KE/);
  });

  test('hides by whom an order was made where that is a phone or an address', async () => {
    const file = `sales of ${'the shop at the corner of '.repeat(4)}Moi Avenue.csv`;
    const other = makeFolder(
      {
        [file]: 'Receipt,Day,Phone,Total\nR1,01/02/2026,0712000001,60\nR2,01/02/2026,ann@example.com,60\n',
      },
      {
        currency: 'KES',
        sources: {
          till: {
            type: 'csv',
            path: file,
            entities: {
              customers: { key: 'Phone', fields: { phone: 'Phone' } },
              orders: {
                key: 'Receipt',
                fields: {
                  customer_id: 'Phone',
                  order_date: { from: 'Day', format: '%d/%m/%Y' },
                  total_amount: 'Total',
                },
              },
            },
          },
        },
      },
    );
    const own = await openTestDatabase();
    const there = { cwd: other.root, env: { DATABASE_URL: own.url } };
    await pamoja(['run'], there);
    for (const id of ['1', '2']) {
      for (const more of [[], ['--json']]) {
        const { code, stdout } = await pamoja(['trace', 'order', id, ...more], there);
        expect(code).toBe(0);
        expect(stdout).not.toMatch(/0712000001|ann@/);
      }
    }
    const { stdout: whole } = await pamoja(['trace', 'order', '1', '--values'], there);
    expect(whole).toContain('0712000001');
    // A file or a program has room for all of it.
    expect(whole).toContain(`${file}:2`);
    other.remove();
    await own.close();
  });

  test('takes the key of a record, and says why it is in no table', async () => {
    const { code, stdout } = await run('trace', 'order', 'item', '--key', 'O2|P1|1', '--source', 'lines');
    expect(code).toBe(0);
    expect(stdout).toContain('This order item is not in the database: it was refused.');
    expect(stdout).toContain('lines.csv:3');
    expect(stdout).toMatch(
      /For the sake of\n {2}orders orders: order_date is not a date[\s\S]*\(type\)\n {2}orders\.csv:3/,
    );
  });

  test('--json is the trace as one object', async () => {
    const found = JSON.parse((await run('trace', 'product', '1', '--json', '--no-sources')).stdout) as Trace;
    expect(found).toMatchObject({
      outcome: 'row',
      entity: 'products',
      id: 1,
      records: [{ state: 'not read' }],
    });
  });

  test('says what is not there, and what is nearest', async () => {
    const row = await run('trace', 'order', '99');
    expect(row.code).toBe(2);
    expect(row.stderr).toMatch(
      /PAM-CLI-001 .*There is no order 99, and there never was\.\s+The nearest are: 1\./,
    );
    const word = await run('trace', 'custmer', '1');
    expect(word.stderr).toContain('Did you mean "customer"?');
    const which = await run('trace', 'order');
    expect(which.code).toBe(2);
    expect(which.stderr).toContain('It is not said which order is meant.');
  });
});

const LONG = 'a long text that nobody can show in one narrow terminal '.repeat(4);
const MERGED: Trace = {
  outcome: 'row',
  entity: 'customers',
  database: 'localhost/shop',
  runId: '20260101-000000-abc',
  id: 7,
  placeholder: null,
  ours: true,
  fields: [
    {
      field: 'marketing_consent',
      value: LONG,
      hidden: false,
      origin: 'record',
      record: 1,
      from: [{ column: 'Town \u001b[31m', value: LONG }],
      mapping: ['title case'],
      why: 'crm is believed first',
      lost: [{ record: 2, value: LONG }],
      found: [],
      leadsTo: null,
    },
  ],
  records: [1, 2].map((number) => ({
    number,
    source: 'crm',
    key: 'C'.repeat(40),
    variant: 0,
    updatedAt: null,
    vanished: false,
    state: 'changed',
    place: { file: `${'deep/'.repeat(12)}customers.csv`, line: 812, ordinal: 811 },
    repeated: [],
    notes: [],
  })),
  recordCount: 2,
  sameBecause: [{ field: 'email', value: 'x@example.com', hidden: false, records: [1, 2] }],
  below: [],
};

describe('a trace in the terminal', () => {
  test.each([60, 80, 120])('fits into %i columns, and shows no control character of a file', (width) => {
    for (const colour of [false, true]) {
      const lines = renderTrace(MERGED, {
        width,
        paint: makePaint(colour),
        typed: (text) => text,
        values: true,
      });
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(lines.join('\n')).not.toContain('\u001b[31m');
      expect(lines.join('\n')).toContain('[1] and [2] share the email x@example.com.');
    }
  });
});
