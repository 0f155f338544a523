import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { personalPlaces } from '../../src/model/personal-data.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
});
afterEach(() => shop.close());

test('personal data rests only where the inventory says', async () => {
  const person = 'Zebedayo';
  const customers = `${SHOP_FILES['customers.csv']}C4,${person} Kiplimo,${person}@example.com,${person} has no phone
,${person} Nokey,nokey@example.com,
`;
  shop.write({ ...SHOP_FILES, 'customers.csv': customers });
  const result = await shop.run(SHOP);
  expect(result).toMatchObject({ rejects: 1, findings: 1 });
  const tables = await shop.query<{
    schema: string;
    name: string;
  }>(`SELECT table_schema AS schema, table_name AS name
    FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`);
  const holding: string[] = [];
  for (const { schema, name } of tables) {
    const found = await shop.query(
      `SELECT 1 FROM "${schema}"."${name}" t WHERE t::text ILIKE '%${person}%' LIMIT 1`,
    );
    if (found.length > 0) holding.push(`${schema}.${name}`);
  }
  expect(holding.sort()).toEqual([
    'pamoja.customer_records',
    'pamoja.kept_findings',
    'pamoja.kept_rejects',
    'public.customers',
  ]);
  const listed = personalPlaces('public', 'pamoja', shop.project(SHOP).entities).map(({ place }) => place);
  expect(holding.filter((place) => !listed.includes(place))).toEqual([]);
});

test('a run leaves nothing in the workspace', async () => {
  shop.write(SHOP_FILES);
  await shop.run(SHOP);
  const work = join(shop.root, '.pamoja', 'work');
  expect(readdirSync(work)).toEqual([]);
});

test('columns that nobody mapped reach neither the database nor an error', async () => {
  const secret = 'SSN-999-12-3456';
  const rows = SHOP_FILES['customers.csv'].trimEnd().split('\n');
  const withSecret = rows.map((row, i) => `${row},${i === 0 ? 'ssn' : secret}`);
  shop.write({ ...SHOP_FILES, 'customers.csv': `${[...withSecret, `C9,torn,${secret}`].join('\n')}\n` });
  await shop.run(SHOP);
  const tables = await shop.query<{ name: string }>(`SELECT table_schema || '.' || table_name AS name
    FROM information_schema.tables WHERE table_schema IN ('public', 'pamoja')`);
  for (const { name } of tables) {
    expect(await shop.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE '%${secret}%'`), name).toEqual([]);
  }
  const [torn] = await shop.query(`SELECT line, rule, raw FROM pamoja.rejects`);
  expect(torn).toMatchObject({ line: 5, rule: 'structure', raw: null });
  const files = readdirSync(shop.root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath.includes('.pamoja'),
  );
  for (const file of files)
    expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain(secret);
});
