import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestProject, type TestProject } from '../support/project.js';
import { ALL, expectNoLeftovers, stateOf } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

const A = largeShop(100);
const B = changedShop(A);

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
});
afterEach(() => shop.close());

describe('two runs at once', () => {
  test('give the same rows as one, time after time: none lost, none twice', {
    timeout: 600_000,
  }, async () => {
    const pairs = ALL ? 50 : 2;
    const rows = new Map<object, string>();
    let runs = 0;
    for (let pair = 0; pair < pairs; pair++) {
      // Every tenth pair meets an empty database, the others a change.
      if (pair % 10 === 0) {
        await shop.query(
          'DROP SCHEMA IF EXISTS pamoja CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public',
        );
        runs = 0;
      }
      const files = pair % 2 === 0 ? A : B;
      shop.write(files);
      const results = await Promise.all([shop.run(SHOP), shop.run(SHOP)]);
      expect(results.map((result) => result.outcome).sort()).toEqual(['published', 'unchanged']);
      runs += 2;
      const { rows: are, books } = await stateOf(shop);
      expect(are).toBe(rows.get(files) ?? are);
      rows.set(files, are);
      expect(books).toMatchObject({ runs, ledger: runs * 4, stands: 1, last: true });
      await expectNoLeftovers(shop);
    }
    expect(rows.size).toBe(2);
    const [twice] = await shop.query<{ count: number }>(
      'SELECT count(*) FROM (SELECT FROM orders GROUP BY source_system, source_key HAVING count(*) > 1) d',
    );
    expect(twice?.count).toBe(0);
  });
});
