import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  await shop.ranShop();
});
afterEach(() => shop.close());

const isCarried = (result: { ledger: { carried?: boolean }[] }) =>
  result.ledger.every((line) => line.carried);

const LAST = `SELECT * FROM pamoja.ledger WHERE run_id = (SELECT last_run FROM pamoja.state)`;

describe('a run for which nothing changed', () => {
  test('reads no record, and says the same as one that reads them all', async () => {
    const carried = await shop.run(SHOP);
    expect(isCarried(carried)).toBe(true);
    expect(carried.outcome).toBe('unchanged');
    expect(carried.steps.map((step) => step.name)).toEqual(['look for changes']);
    const whole = await shop.run(SHOP, { full: true });
    expect(isCarried(whole)).toBe(false);
    expect(carried.entities).toEqual(whole.entities);
    expect(carried).toMatchObject({
      rejects: whole.rejects,
      waiting: whole.waiting,
      findings: whole.findings,
    });
    const amounts = ({ ledger }: typeof whole) => ledger.map(({ carried: _, sha256: __, ...line }) => line);
    expect(amounts(carried)).toEqual(amounts(whole));
  });

  test('is recorded, with its ledger marked as carried over and the rejects of the run before it', async () => {
    const rejects = `SELECT entity, key, rule, waiting FROM pamoja.rejects
      WHERE run_id = (SELECT last_run FROM pamoja.state) ORDER BY reject_id`;
    shop.write({ 'orders.csv': `${SHOP_FILES['orders.csv']}O9,C99,2026-01-05,70.00\n` });
    await shop.run(SHOP);
    const before = await shop.query(rejects);
    expect(before.length).toBeGreaterThan(0);
    const { runId } = await shop.run(SHOP);
    const ledger = await shop.query<{ run_id: string; carried: boolean }>(LAST);
    expect(ledger.length).toBeGreaterThan(0);
    expect(ledger.every((line) => line.run_id === runId && line.carried)).toBe(true);
    expect(await shop.query(rejects)).toEqual(before);
  });

  test('copies no reject, and none is forgotten as long as a run tells it', async () => {
    const fail = () =>
      shop.query(`INSERT INTO pamoja.runs (run_id, project, started_at, finished_at, outcome, entities, version)
        SELECT gen_random_uuid(), 'shop', now(), now(), 'failed', '{}', '0' FROM generate_series(1, 30)`);
    shop.write({ 'orders.csv': `${SHOP_FILES['orders.csv']}O9,C99,2026-01-05,70.00\n` });
    const { runId, rejects } = await shop.run(SHOP);
    const kept = () =>
      shop.query(`SELECT count(*)::int AS rejects FROM pamoja.kept_rejects WHERE run_id >= '${runId}'`);
    for (let again = 1; again <= 3; again++) {
      expect(await shop.run(SHOP)).toMatchObject({ way: 'nothing changed', rejects });
      await fail();
    }
    expect(await shop.run(SHOP)).toMatchObject({ way: 'nothing changed', rejects });
    expect(await kept()).toEqual([{ rejects }]);
    shop.write({ 'orders.csv': SHOP_FILES['orders.csv'] });
    await shop.run(SHOP);
    await fail();
    await shop.run(SHOP, { full: true });
    expect(await kept()).toEqual([{ rejects: 0 }]);
  });

  test('forgets what a run told that somebody took away', async () => {
    shop.write({ 'orders.csv': `${SHOP_FILES['orders.csv']}O9,C99,2026-01-05,70.00\n` });
    const { runId } = await shop.run(SHOP);
    await shop.run(SHOP, { full: true });
    await shop.query(`DELETE FROM pamoja.runs WHERE run_id = '${runId}'`);
    await shop.run(SHOP);
    expect(await shop.query(`SELECT 1 FROM pamoja.kept_rejects WHERE run_id = '${runId}'`)).toEqual([]);
  });

  test('a dry run writes nothing', async () => {
    const runs = `SELECT count(*) AS runs FROM pamoja.runs`;
    const before = await shop.query(runs);
    expect(await shop.run(SHOP, { dryRun: true })).toMatchObject({ outcome: 'dry run' });
    expect(await shop.query(runs)).toEqual(before);
  });
});

describe('everything is read again', () => {
  test('where a file changed', async () => {
    shop.write({ 'orders.csv': `${SHOP_FILES['orders.csv']}` });
    expect(isCarried(await shop.run(SHOP))).toBe(true);
    shop.write({ 'orders.csv': `${SHOP_FILES['orders.csv']}\n` });
    expect(isCarried(await shop.run(SHOP))).toBe(false);
  });

  test('where the configuration changed', async () => {
    expect(isCarried(await shop.run({ ...SHOP, orderIntegrity: 'lines' }))).toBe(false);
    expect(isCarried(await shop.run({ ...SHOP, orderIntegrity: 'lines', memoryMb: 512, threads: 2 }))).toBe(
      true,
    );
  });

  test('where somebody changed a row of the database, and the row is put right', async () => {
    await shop.query(`UPDATE customers SET city = 'Atlantis'`);
    const result = await shop.run(SHOP);
    expect(isCarried(result)).toBe(false);
    expect(changed(result).updated).toBeGreaterThan(0);
    expect(await shop.query(`SELECT 1 FROM customers WHERE city = 'Atlantis'`)).toEqual([]);
  });

  test('where somebody took a row away, and it comes back', async () => {
    await shop.query('DELETE FROM order_items WHERE order_item_id = 1');
    const result = await shop.run(SHOP);
    expect(changed(result)).toMatchObject({ created: 1 });
  });

  test('where somebody wrote into the bookkeeping', async () => {
    await shop.query(`UPDATE pamoja.links SET vanished = false`);
    expect(isCarried(await shop.run(SHOP))).toBe(false);
  });

  test('in full after somebody took links away, and no customer comes a second time', async () => {
    await shop.query(`DELETE FROM pamoja.links WHERE entity = 'customers' AND key <> 'C1'`);
    await expect(shop.run(SHOP, { full: true })).rejects.toMatchObject({
      code: 'PAM-DB-012',
      message: expect.stringContaining('2 links of customers are gone.'),
    });
    expect(await shop.query(`SELECT count(*)::int AS customers FROM public.customers`)).toEqual([
      { customers: 3 },
    ]);
  });

  test('after a file is gone, which is an error and no run without changes', async () => {
    rmSync(join(shop.root, 'orders.csv'));
    await expect(shop.run(SHOP)).rejects.toMatchObject({ code: 'PAM-SRC-001' });
  });
});
