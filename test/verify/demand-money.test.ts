import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { sql } from '../../src/kernel/sql.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import { demandMoney, type MoneyFeed } from '../../src/verify/demand-money.js';

const entity = {
  name: 'payments',
  kind: 'document',
  id: 'payment_id',
  fields: [],
  measures: [{ field: 'amount' }],
};
const text = sql`given AS "amount:text"`;
const feed = {
  index: 0,
  entity,
  source: { name: 'mpesa', currency: 'KES' },
  feed: { key: ['id'], fields: { amount: { from: 'given' } } },
  files: ['mpesa.csv'],
  raw: 'raw_mpesa',
  compiled: [
    {
      field: { name: 'amount' },
      texts: text,
      textColumn: 'amount:text',
      value: sql`"amount:text"::DECIMAL(18, 4)`,
    },
  ],
  derived: new Map(),
} as unknown as MoneyFeed;

let workspace: Workspace;
beforeAll(async () => {
  workspace = await Workspace.open({ dir: mkdtempSync(join(tmpdir(), 'pamoja-money-')), memoryMb: 512 });
  await workspace.run(
    sql`CREATE TABLE raw_mpesa AS FROM (VALUES (0, '10.00'), (0, '25.00'), (0, '7.50')) t(_file, given)`,
  );
  // A rule made 20 of 25.
  await workspace.run(sql`CREATE TABLE mapped_payments AS
    SELECT 0 AS feed, 0 AS file, rec, mask, amount::DECIMAL(18, 4) AS amount FROM (VALUES (0, 0, 10), (1, 1, 20), (2, 0, 7.5)) t(rec, mask, amount)`);
});
afterAll(() => workspace.close());

/** Of 42.50 that were read. */
function demand(accepted: string): Promise<void> {
  const amount = { measure: 'payments.amount', currency: 'KES', read: '42.50', accepted, unreadable: 0 };
  const rest = { rejected: '0', filtered: '0', repeated: '0' };
  const line = { source: 'mpesa', file: 'mpesa.csv', entity: 'payments', amounts: [{ ...amount, ...rest }] };
  return demandMoney(
    workspace,
    [feed],
    [entity as never],
    [line as unknown as LedgerLine],
    () => sql`mask = 1`,
  );
}

describe('money that was read', () => {
  test.each(['42.50', '37.5000'])('is all there, but for what a rule mended: %s', async (accepted) => {
    await expect(demand(accepted)).resolves.toBeUndefined();
  });

  test('and that became another amount by no rule stops the run', async () => {
    await expect(demand('30.00')).rejects.toMatchObject({
      code: 'PAM-LED-001',
      message:
        'payments.amount: what was read and what became of it differ by KES -7.5000, and no rule mended so much.',
    });
  });
});
