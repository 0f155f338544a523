import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectConfig } from '../../src/model/config.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
const NAMED: ProjectConfig = {
  ...SHOP,
  entities: { customers: { fields: { first_name: { type: 'text', required: true } } } },
};
beforeAll(async () => {
  shop = await openTestProject();
  shop.write({ ...SHOP_FILES, 'customers.csv': `${SHOP_FILES['customers.csv']}C4,,nobody@example.com,\n` });
});
afterAll(() => shop.close());

describe('one of four customers refused', () => {
  const limited = (maxShare: number, minRows: number) =>
    shop.run({ ...NAMED, rejects: { maxShare, minRows } });

  test('is not more than a quarter', async () => {
    expect((await limited(0.25, 1)).rejects).toBe(1);
  });

  test('is more than a fifth', async () => {
    await expect(limited(0.2, 1)).rejects.toMatchObject({ code: 'PAM-QUA-001' });
  });

  test('is less than the two that it takes', async () => {
    expect((await limited(0, 2)).rejects).toBe(1);
  });
});
