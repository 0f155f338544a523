import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Folder, makeFolder, pamoja } from '../cli/spawn-pamoja.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let database: TestDatabase;
let folder: Folder;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = makeFolder(SHOP_FILES, SHOP);
  expect((await typed('run', '--quiet')).code).toBe(0);
});
afterAll(async () => {
  folder.remove();
  await database.close();
});

function typed(...args: string[]) {
  return pamoja(args, { cwd: folder.root, env: { DATABASE_URL: database.url } });
}

const inFolder = (name: string) => join(folder.root, name);

test('a report and its twin are written beside the configuration, and replaced the next time', async () => {
  const first = await typed('report');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('Written to report.html, and as Markdown to report.md.');
  expect(readFileSync(inFolder('report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  expect((await typed('report', '--quiet')).code).toBe(0);
});

test('a file that Pamoja did not write is not replaced, unless forced', async () => {
  writeFileSync(inFolder('mine.md'), '# Mine\n');
  const refused = await typed('report', '--out', 'mine.html');
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('PAM-CLI-002 mine.md');
  expect(existsSync(inFolder('mine.html'))).toBe(false);
  expect((await typed('report', '--out', 'mine.html', '--force')).code).toBe(0);
  expect(readFileSync(inFolder('mine.md'), 'utf8')).not.toContain('# Mine');
});

test('with names it says so, and only its owner may read it', async () => {
  const { stdout } = await typed('report', '--out', 'names.html', '--names');
  expect(stdout).toContain('It shows personal data');
  expect(statSync(inFolder('names.html')).mode & 0o077).toBe(0);
});

test('as JSON it says where they are', async () => {
  const { stdout } = await typed('report', '--json', '--out', 'told.html');
  const said = JSON.parse(stdout);
  expect(said).toMatchObject({
    outcome: 'published',
    html: inFolder('told.html'),
    markdown: inFolder('told.md'),
  });
});

test('a folder that is not there is told in words', async () => {
  const { code, stderr } = await typed('report', '--out', 'nowhere/report.html');
  expect(code).toBe(2);
  expect(stderr).toContain('cannot be written (ENOENT)');
});
