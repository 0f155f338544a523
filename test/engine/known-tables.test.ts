import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { raw, type Sql, sql } from '../../src/kernel/sql.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await Workspace.open({ dir: mkdtempSync(join(tmpdir(), 'pamoja-tables-')), threads: 1 });
});
afterAll(() => workspace.close());

/** What the workspace knows, and what the database says. */
async function sizes(table: Sql): Promise<[known: number, counted: number]> {
  return [await workspace.size(table), await workspace.count(sql`SELECT count(*) FROM ${table}`)];
}

test('a size that is known is what the database counts, after every kind of statement', async () => {
  const statements = [
    'CREATE OR REPLACE TABLE told AS SELECT range AS n FROM range(7)',
    'INSERT INTO told SELECT range FROM range(5)',
    'DELETE FROM told WHERE n < 2',
    'UPDATE told SET n = n + 1',
    'ALTER TABLE told ADD COLUMN m VARCHAR',
    `INSERT INTO "told" VALUES (1, 'a; DELETE FROM told')`,
    'INSERT INTO TOLD VALUES (2, NULL); DELETE FROM told WHERE n > 5',
    'CREATE TABLE IF NOT EXISTS told (n INTEGER)',
    'CREATE OR REPLACE TABLE told (n INTEGER)',
    'INSERT INTO told VALUES (1), (2)',
    'TRUNCATE told',
    'INSERT INTO told VALUES (3)',
    'BEGIN TRANSACTION',
    'INSERT INTO told VALUES (4)',
    'ROLLBACK',
    'CREATE OR REPLACE TEMP TABLE "a; b" AS FROM told',
    'INSERT INTO told FROM "a; b"',
    'DELETE FROM told',
  ];
  for (const statement of statements) {
    await workspace.run(raw(statement));
    const [known, counted] = await sizes(sql`told`);
    expect([statement, known]).toEqual([statement, counted]);
  }
});

test('a view is as long as what it shows at the moment, and a name can stand for a table after it', async () => {
  await workspace.run(sql`CREATE OR REPLACE TABLE shown AS FROM range(2)`);
  await workspace.run(sql`CREATE OR REPLACE VIEW shows AS FROM shown`);
  expect(await sizes(sql`shows`)).toEqual([2, 2]);
  await workspace.run(sql`INSERT INTO shown VALUES (3)`);
  expect(await sizes(sql`shows`)).toEqual([3, 3]);
  await workspace.make('view', sql`either`, sql`FROM shown`);
  await workspace.make('table', sql`either`, sql`FROM range(9)`);
  expect(await sizes(sql`either`)).toEqual([9, 9]);
});

test('a statement that fails, or runs beside the others, leaves no size that is wrong', async () => {
  await workspace.run(sql`CREATE OR REPLACE TABLE sure AS FROM range(4)`);
  await expect(workspace.run(sql`INSERT INTO sure SELECT error('no') FROM sure`)).rejects.toThrow('no');
  expect(await sizes(sql`sure`)).toEqual([4, 4]);
  await Promise.all([
    workspace.aside(sql`INSERT INTO sure FROM range(3)`),
    workspace.size(sql`sure`),
    workspace.run(sql`INSERT INTO sure FROM range(2)`),
  ]);
  expect(await sizes(sql`sure`)).toEqual([9, 9]);
});

test('what was made is there until it is dropped', async () => {
  expect(workspace.exists('Made')).toBe(false);
  await workspace.run(sql`CREATE TABLE "Made" (n INTEGER)`);
  expect(workspace.exists('made')).toBe(true);
  await workspace.drop('Made', 'never made');
  expect(workspace.exists('Made')).toBe(false);
});
