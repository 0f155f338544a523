import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';
import { type Folder, makeFolder, pamoja } from './spawn-pamoja.js';

let database: TestDatabase;
let folder: Folder;
const run = (...args: string[]) => pamoja(args, { cwd: folder.root, env: { DATABASE_URL: database.url } });

beforeAll(async () => {
  database = await openTestDatabase();
  folder = makeFolder(
    {
      ...SHOP_FILES,
      'insights/hostile.sql': `-- Hostile texts\nSELECT '=HYPERLINK("http://x")' AS name, -5 AS amount, '\u001b[31mred' AS code`,
      'insights/clean-up.sql': '-- Clean up\nDELETE FROM order_items',
      'insights/long.sql': `-- Long texts\n-- param word: text = 'a'\nSELECT n AS item_id, n * 1000 AS amount,
        repeat(:word, 300) AS story, NULL AS nothing FROM generate_series(1, 1234) n`,
    },
    SHOP,
  );
  await run('run');
});
afterAll(async () => {
  folder.remove();
  await database.close();
});

describe('pamoja insights', () => {
  test('lists them with a line each, own ones too', async () => {
    const { code, stdout } = await run('insights');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}products-by-price {2,}Products by price range +--min-price --max-price$/m);
    expect(stdout).toMatch(/^ {2}hostile +Hostile texts \(your own\)$/m);
    // However narrow it is, no option is cut.
    expect(stdout).toContain('--least-percent --top --since --until');
  });

  test('leaves out one whose header cannot be read, and says so where it is asked for', async () => {
    const path = join(folder.root, 'insights/broken.sql');
    writeFileSync(path, '-- Broken\n-- param x: foo\nSELECT 1 AS one');
    const { code, stdout, stderr } = await run('insights');
    expect([code, stdout.includes('Hostile texts')]).toEqual([0, true]);
    expect(stderr).toMatch(/Left out: .*insights\/broken\.sql.*foo/);
    expect((await run('insights', 'hostile')).code).toBe(0);
    expect((await run('insights', 'broken')).code).toBe(3);
    await run('report');
    expect(readFileSync(join(folder.root, 'report.md'), 'utf8')).toMatch(/broken[\s\S]*foo/);
    rmSync(path);
  });

  test('asks one with its parameters', async () => {
    const { code, stdout } = await run('insights', 'products-by-price', '--min-price', '1,000');
    expect(code).toBe(0);
    expect(stdout).toContain('min price 1000, max price 5000');
    expect(stdout).toContain('Kitenge Dress');
    expect(stdout).not.toContain('Maize');
    expect((await run('insights', 'products-by-price', '--max-price=300')).stdout).toContain('Maize');
  });

  test('shows a table that fits, numbers right with thousands, and says how many rows there are', async () => {
    const { stdout } = await run('insights', 'long', '--word', 'ab');
    const lines = stdout.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toMatch(/^ +1 +1,000 {2}(ab)+a?…$/m);
    expect(stdout).toContain('The first 100 of 1,234 rows');
  });

  test('gives CSV that a spreadsheet does not compute, or the exact one', async () => {
    const safe = await run('insights', 'hostile', '--csv');
    expect(safe.stdout).toBe(`name,amount,code\n"'=HYPERLINK(""http://x"")",-5,\u001b[31mred\n`);
    const exact = await run('insights', 'hostile', '--csv', '--exact');
    expect(exact.stdout).toContain('"=HYPERLINK(""http://x"")",-5');
    const shown = await run('insights', 'hostile');
    expect(shown.stdout).not.toContain('\u001b[31m');
  });

  test('gives JSON with all rows', async () => {
    const { stdout } = await run('insights', 'long', '--json');
    const found = JSON.parse(stdout);
    expect(found.rows).toHaveLength(1234);
    expect(found.rows[0].slice(0, 2)).toEqual([1, 1000]);
    expect(found.parameters).toEqual({ word: 'a' });
    const list = JSON.parse((await run('insights', '--json')).stdout);
    expect(list.insights.length).toBeGreaterThan(16);
  });

  test.each([
    [['revenue-by-mont'], /Did you mean "revenue-by-month"\?/],
    [['products-by-price', '--min-prise', '5'], /no option --min-prise[\s\S]*Did you mean --min-price\?/],
    [['products-by-price', '--min-price', 'cheap'], /"cheap"; it is a number/],
    [['products-by-price', '--min-price'], /--min-price needs a value/],
    [['customer-orders', '--min-price', '5'], /It takes none/],
    [['products-by-price', 'extra'], /one word too many/],
    [['returns', '--csv', '--json'], /either --csv or --json/],
  ])('%j is a mistake that is explained', async (args, message) => {
    const { code, stdout, stderr } = await run('insights', ...args);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(message);
  });

  test('an own insight that would write fails, and changes nothing', async () => {
    const { code, stderr } = await run('insights', 'clean-up');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /insights\/clean-up\.sql: The insight "clean-up" starts with DELETE; an insight only reads/,
    );
  });
});

describe('pamoja schema', () => {
  test('prints DBML, and writes what the name of the file says', async () => {
    expect((await run('schema')).stdout).toContain('Table customers {');
    const { code, stdout } = await run('schema', '--out', 'schema.svg');
    expect([code, stdout]).toEqual([0, 'Written to schema.svg: 4 tables as svg.\n']);
    expect(readFileSync(join(folder.root, 'schema.svg'), 'utf8')).toMatch(/^<svg /);
    expect((await run('schema', '--out', 'schema.svg')).code).toBe(2);
    expect((await run('schema', '--out', 'schema.svg', '--force')).code).toBe(0);
    expect((await run('schema', '--out', 'schema.pdf')).stderr).toContain('cannot be written as ".pdf"');
  });

  test('refuses a format that there is not', async () => {
    const { code, stderr } = await run('schema', '--format', 'htm');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "html"?');
  });

  test('compares with the database, and ends with 7 where that drifted', async () => {
    const same = await run('schema', '--diff');
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('is what the model says')]);
    const connection = await database.connect();
    await connection.run('ALTER TABLE products DROP COLUMN gtin' as never);
    const drifted = await run('schema', '--diff');
    expect(drifted.code).toBe(7);
    expect(drifted.stdout).toMatch(/drift {2}products\.gtin {2}the column is not there/);
  });
});
