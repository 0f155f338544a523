import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rejects, readRejects } from '../../src/pipeline/read-rejects.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
const STARTS = ['=', '+', '-', '@', '\t', '\r'];
beforeAll(async () => {
  shop = await openTestProject();
  const orders = STARTS.map((start, i) => `F${i},C1,"${start}1+1",420.00\n`);
  shop.write({
    ...SHOP_FILES,
    'orders.csv': `${SHOP_FILES['orders.csv']}${orders.join('')}=1+1,torn,2026-01-05,1,more\n`,
  });
  await shop.run(SHOP);
});
afterAll(() => shop.close());

function read<T>(work: (rejects: Rejects) => Promise<T>): Promise<T> {
  return readRejects(shop.project(SHOP), { env: { DATABASE_URL: shop.database.url } }, work);
}

describe('rejects for a spreadsheet', () => {
  test.each(STARTS)('are disarmed where a value begins with %j', async (start) => {
    const csv = await read((rejects) => text(rejects.csv({ safe: true })));
    expect(csv).toContain(`'${start}1+1`);
    const exact = await read((rejects) => text(rejects.csv({ safe: false })));
    expect(exact).toContain(`${start}1+1`);
    expect(exact).not.toContain(`'${start}1+1`);
  });

  test('are disarmed where a torn line does', async () => {
    expect(await read((rejects) => text(rejects.csv({ safe: true })))).toContain(`"'=1+1,torn`);
  });
});

test('rejects that are read when the database is closed end with a word on why', async () => {
  const late = await read(async (rejects) => rejects.jsonLines());
  await expect(text(late)).rejects.toThrow('the database is closed');
});

test.each([Number.NaN, -1, 1.5])('%d is no number of values', async (values) => {
  const asked = readRejects(shop.project(SHOP), { values }, async () => undefined);
  await expect(asked).rejects.toThrow(`values must be a whole number, not ${values}`);
});
