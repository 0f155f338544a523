import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectConfig } from '../../../src/model/config.js';
import { changed, openTestProject, type TestProject } from '../../support/project.js';
import { type CellText, rowsOf, workbook } from './workbook-parts.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
});
afterEach(() => shop.close());

const CONFIG: ProjectConfig = {
  name: 'shop',
  currency: 'KES',
  sources: {
    crm: {
      type: 'excel',
      path: 'shop.xlsx',
      sheet: 'Customers',
      entities: {
        customers: {
          key: 'No.',
          fields: {
            first_name: { from: 'Name', split: { part: 'given' } },
            last_name: { from: 'Name', split: { part: 'family' } },
            phone: 'Phone',
            created_at: 'Since',
          },
        },
      },
    },
    till: {
      type: 'excel',
      path: 'shop.xlsx',
      sheet: 2,
      totals: { row: 'TOTAL', columns: 'Total' },
      entities: {
        orders: {
          key: 'No.',
          fields: {
            customer_id: { from: 'Customer', source: 'crm' },
            order_date: 'Date',
            total_amount: 'Total',
          },
        },
      },
    },
  },
};

/** A phone that lost its zero is a number; one that kept it is a text. */
const CUSTOMERS = rowsOf([
  ['Duka la Mama, Kisumu'],
  null,
  ['No.', 'Name', 'Phone', 'Since'],
  ['C1', 'Wanjiru Kamau', '0712345678', { s: 1, v: 45_000 }],
  null,
  ['C2', 'Otieno Ouma', 722_111_222, { s: 2, v: '45001.5' }],
]);

function shopBook(orders: (CellText[] | null)[]): Buffer {
  return workbook({
    sheets: [
      { name: 'Customers', rows: CUSTOMERS },
      { name: 'Orders', rows: rowsOf([['No.', 'Customer', 'Date', 'Total'], ...orders]) },
    ],
    styles: [0, 14, 22],
  });
}

const day = (v: number): CellText => ({ s: 1, v });

test('a workbook becomes customers and orders, and a second run changes nothing', async () => {
  shop.write({
    'shop.xlsx': shopBook([
      ['O1', 'C1', day(45_356), { v: '1234.5600000000001' }],
      null,
      ['O2', 'C2', day(45_357), { f: 'A1', v: 100 }],
      ['TOTAL', null, null, { f: 'SUM(D2:D4)', v: '1334.56' }],
    ]),
  });
  const result = await shop.run(CONFIG);
  expect(result.ledger.every((line) => line.balanced)).toBe(true);
  expect(
    await shop.query(
      `SELECT o.order_number, c.first_name, c.phone, c.created_at::text AS since, o.order_date::text AS day, o.total_amount::text AS total
       FROM orders o JOIN customers c USING (customer_id) ORDER BY o.order_id`,
    ),
  ).toEqual([
    expect.objectContaining({
      first_name: 'Wanjiru',
      phone: '+254712345678',
      day: '2024-03-05',
      total: '1234.5600',
    }),
    expect.objectContaining({
      first_name: 'Otieno',
      phone: '+254722111222',
      day: '2024-03-06',
      total: '100.0000',
    }),
  ]);
  expect(changed(await shop.run(CONFIG))).toEqual({ created: 0, updated: 0, deleted: 0 });
});

test('what is refused is kept with the number of its row', async () => {
  shop.write({
    'shop.xlsx': shopBook([
      ['O1', 'C1', day(45_376), 100],
      null,
      ['O2', 'C2', '25/03/2024', 200],
      ['O3', 'C2', day(45_376), { t: 'e', v: '#VALUE!' }],
      ['O4', 'C2', day(45_376), { f: 'A1' }],
      ['Total', null, null, 300],
    ]),
  });
  const result = await shop.run(CONFIG);
  expect(result.ledger.find((line) => line.entity === 'orders')).toMatchObject({
    read: 4,
    accepted: 1,
    rejected: 3,
    balanced: true,
  });
  expect(
    await shop.query(`SELECT line::text AS line, rule, field FROM pamoja.rejects ORDER BY reject_id`),
  ).toEqual(
    expect.arrayContaining([
      { line: '4', rule: 'mixed-dates', field: null },
      { line: '5', rule: expect.any(String), field: 'total_amount' },
      { line: '6', rule: 'formula', field: null },
    ]),
  );
});

test('what is torn in two sources is kept of both', async () => {
  const lost: CellText = { f: 'A1' };
  shop.write({
    'shop.xlsx': workbook({
      sheets: [
        {
          name: 'Customers',
          rows: rowsOf([
            ['No.', 'Name', 'Phone', 'Since'],
            ['C1', 'Wanjiru', '0712345678', lost],
          ]),
        },
        {
          name: 'Orders',
          rows: rowsOf([
            ['No.', 'Customer', 'Date', 'Total'],
            ['O1', null, lost, 5],
            ['TOTAL', null, null, 5],
          ]),
        },
      ],
    }),
  });
  await shop.run({ ...CONFIG, rejects: { maxShare: 1 } });
  expect(await shop.query(`SELECT reject_id::int AS id, source FROM pamoja.rejects ORDER BY 1`)).toEqual([
    { id: 1, source: 'crm' },
    { id: 2, source: 'till' },
  ]);
});

test('amounts of an own table are none of its dates, however large', async () => {
  const rows: CellText[][] = [
    ['No.', 'Amount'],
    ['1', 500],
    ['2', 20_000],
    ['3', 74_000],
    ['4', day(45_356)],
  ];
  shop.write({ 'shop.xlsx': workbook({ sheets: [{ name: 'Pay', rows: rowsOf(rows) }], styles: [0, 14] }) });
  const { ledger } = await shop.run({
    name: 'shop',
    currency: 'KES',
    rejects: { maxShare: 1 },
    entities: { payments: { fields: { amount: { type: 'money', required: true } } } },
    sources: {
      till: {
        type: 'excel',
        path: 'shop.xlsx',
        entities: { payments: { key: 'No.', fields: { amount: 'Amount' } } },
      },
    },
  });
  expect(ledger).toMatchObject([{ read: 4, accepted: 3, rejected: 1 }]);
});

test('a total that does not hold publishes nothing', async () => {
  shop.write({
    'shop.xlsx': shopBook([
      ['O1', 'C1', day(45_356), 100],
      ['TOTAL', null, null, 1000],
    ]),
  });
  await expect(shop.run(CONFIG)).rejects.toMatchObject({ code: 'PAM-SRC-020' });
});
