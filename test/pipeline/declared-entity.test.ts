import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectConfig } from '../../src/model/config.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write({
    ...SHOP_FILES,
    'mpesa.csv': `code,order,amount,fee,paid
QA1,O1,420.00,20.00,2026-01-05 10:00
QA2,O2,-5.00,,2026-01-06 11:00
QA3,O9,100.00,,2026-01-06 12:00
QA4,O2,2710.00,-10.00,2026-01-06 12:30
`,
  });
});
afterEach(() => shop.close());

const WITH_PAYMENTS: ProjectConfig = {
  ...SHOP,
  entities: {
    payments: {
      description: 'Money received for an order',
      fields: {
        order_id: { type: 'reference', entity: 'orders', required: true, description: 'What was paid' },
        amount: { type: 'money', min: 0, severity: 'reject', description: 'Amount received' },
        fee: { type: 'money', min: 0, description: 'What of it is kept by others' },
        net: { type: 'money', description: 'What is left of it' },
        currency: { type: 'text', description: 'Currency of the amounts' },
        paid_at: { type: 'timestamp', description: 'When, UTC' },
      },
      measures: [{ field: 'amount', currency: 'currency' }],
      equations: [
        {
          name: 'net',
          field: 'net',
          equals: 'amount - coalesce(fee, 0)',
          needs: ['net', 'amount'],
          tolerance: 0,
          severity: 'reject',
        },
      ],
    },
  },
  sources: {
    ...SHOP.sources,
    mpesa: {
      type: 'csv',
      path: 'mpesa.csv',
      entities: {
        payments: {
          key: 'code',
          fields: {
            order_id: { from: 'order', source: 'orders' },
            amount: 'amount',
            fee: 'fee',
            paid_at: 'paid',
          },
        },
      },
    },
  },
};

test('an entity that only the configuration knows gets table, rules, ledger and publish', async () => {
  const result = await shop.run(WITH_PAYMENTS);
  expect(result.entities.payments).toMatchObject({ created: 2, total: 2 });
  expect(result.ledger.find((line) => line.entity === 'payments')).toMatchObject({
    read: 4,
    accepted: 2,
    rejected: 2,
    balanced: true,
    amounts: [
      {
        measure: 'payments.amount',
        currency: 'KES',
        read: '3225.0000',
        accepted: '3130.0000',
        rejected: '95.0000',
      },
    ],
  });
  expect(result.checks.find((check) => check.name === 'payments: order_id exists')).toMatchObject({
    passed: true,
  });
  const rejects = await shop.query(
    `SELECT key, rule, field, line, waiting FROM pamoja.rejects WHERE entity = 'payments' ORDER BY key`,
  );
  expect(rejects).toEqual([
    { key: 'QA2', rule: 'range', field: 'amount', line: 3, waiting: false },
    { key: 'QA3', rule: 'reference', field: 'order_id', line: 4, waiting: true },
  ]);
  const rows =
    await shop.query(`SELECT p.amount::text, p.net::text, p.currency, to_char(p.paid_at, 'YYYY-MM-DD HH24:MI') AS paid, o.source_key
    FROM payments p JOIN orders o USING (order_id) ORDER BY o.source_key`);
  expect(rows).toEqual([
    { amount: '420.0000', net: '400.0000', currency: 'KES', paid: '2026-01-05 07:00', source_key: 'O1' },
    { amount: '2710.0000', net: '2710.0000', currency: 'KES', paid: '2026-01-06 09:30', source_key: 'O2' },
  ]);
  const findings = await shop.query(
    `SELECT rule, field, value FROM pamoja.findings WHERE entity = 'payments'`,
  );
  expect(findings).toEqual([{ rule: 'range', field: 'fee', value: '-10.00' }]);
  expect(changed(await shop.run(WITH_PAYMENTS))).toEqual({ created: 0, updated: 0, deleted: 0 });
});

test('an equation that names what is not there is a mistake of the configuration', async () => {
  const { payments } = WITH_PAYMENTS.entities ?? {};
  const equation = { name: 'sum', field: 'amount', needs: [], tolerance: 0, severity: 'reject' as const };
  const config = (equals: string): ProjectConfig => ({
    ...WITH_PAYMENTS,
    entities: { payments: { ...payments, equations: [{ ...equation, equals }] } },
  });
  await expect(shop.run(config('amont * 1'))).rejects.toMatchObject({
    code: 'PAM-CFG-005',
    where: 'entities.payments.equations.sum',
  });
  expect(() => shop.project(config('{parts.amount}'))).toThrow(
    expect.objectContaining({ code: 'PAM-CFG-004' }),
  );
});
