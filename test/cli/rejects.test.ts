import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
      // A date that is none takes its line along; a formula must not reach a spreadsheet.
      'orders.csv':
        'no,customer,date,total\nO1,C1,2026-01-05,420.00\nO2,C2,=HYPERLINK("x"),2710.00\nO3,C9,2026-02-01,\n',
    },
    SHOP,
  );
  await run('run');
});
afterAll(async () => {
  folder.remove();
  await database.close();
});

describe('pamoja rejects', () => {
  test('groups what was refused by cause, with its first line and what it took along', async () => {
    const { code, stdout } = await run('rejects');
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 {2}orders orders: order_date is not a date/);
    expect(stdout).toContain('type, first orders.csv:3');
    expect(stdout).toContain('took 2 order items along');
    // Said once, by its reason.
    expect(stdout.match(/tried\s+again/g)).toHaveLength(1);
    expect(stdout).not.toContain('HYPERLINK');
  });

  test('shows values only where they are asked for', async () => {
    const { stdout } = await run('rejects', '--values');
    expect(stdout).toContain('such as "=HYPERLINK("x")"');
  });

  test('asked for lines it lists the orders that took them along', async () => {
    const { stdout } = await run('rejects', '--entity', 'order_items');
    expect(stdout).toContain('orders orders: order_date');
    expect(stdout).not.toContain('waits for');
  });

  test('asked for what was refused for the sake of others it lists what took it along', async () => {
    const { stdout } = await run('rejects', '--rule', 'cascade');
    expect(stdout).toContain('took 2 order items along');
    expect(stdout).not.toContain('waits for');
    // None of a rule that there is, and any of one that there is not, are two answers.
    expect(await run('rejects', '--rule', 'nul')).toMatchObject({ code: 0 });
    const unknown = await run('rejects', '--rule', 'cascades');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('There is no rule "cascades".');
    expect(unknown.stderr).toContain('Did you mean "cascade"?');
  });

  test('does not write over a folder', async () => {
    const { code, stderr } = await run('rejects', '--csv', '.', '--force');
    expect(code).toBe(2);
    expect(stderr).toContain('PAM-CLI-002');
    const report = await run('report', '--out', '.');
    expect([report.code, report.stderr]).toEqual([2, expect.stringContaining('is a folder')]);
  });

  test('refuses a source, entity or run that is not there, and names those that are', async () => {
    const source = await run('rejects', '--source', 'order');
    expect(source.code).toBe(2);
    expect(source.stderr).toContain('Did you mean "orders"?');
    const earlier = await run('rejects', '--run', 'yesterday');
    expect(earlier.code).toBe(2);
    expect(earlier.stderr).toMatch(/There is no run "yesterday"\.\s+The latest are: \d{8}-\d{6}-\w+\./);
  });

  test('--json is one object with the causes and every record', async () => {
    const result = JSON.parse((await run('rejects', '--json')).stdout);
    expect(result.total).toBe(4);
    expect(result.groups).toHaveLength(2);
    expect(result.rejects).toHaveLength(4);
    const root = result.rejects.find((reject: { rule: string }) => reject.rule === 'type');
    expect(root).toMatchObject({ source: 'orders', line: 3, field: 'order_date', root_id: null });
    for (const personal of ['key', 'value', 'raw']) expect(root).not.toHaveProperty(personal);
    const both = await run('rejects', '--json', '--csv', '-');
    expect(both.code).toBe(2);
    expect(JSON.parse(both.stdout).error.code).toBe('PAM-CLI-001');
    const whole = JSON.parse((await run('rejects', '--json', '--values')).stdout).rejects;
    expect(JSON.parse(whole.find((reject: { rule: string }) => reject.rule === 'type').raw)).toMatchObject({
      no: 'O2',
      date: '=HYPERLINK("x")',
    });
  });

  test('--csv writes every record, disarmed for a spreadsheet unless asked otherwise', async () => {
    const { code, stdout } = await run('rejects', '--csv', 'r.csv');
    expect(code).toBe(0);
    expect(stdout).toContain('Written to r.csv');
    const path = join(folder.root, 'r.csv');
    const text = readFileSync(path, 'utf8');
    expect(text.split('\n')[0]).toBe(
      'reject_id,root_id,source,file,line,ordinal,entity,key,rule,field,value,reason,waiting,raw',
    );
    expect(text.trim().split('\n')).toHaveLength(5);
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    expect(statSync(path).mode & 0o077).toBe(0);
    const exact = await run('rejects', '--csv', '-', '--exact');
    expect(exact.stdout).toContain(`,"=HYPERLINK(""x"")",`);
  });

  test('--csv leaves a file that is already there, unless it is told to replace it', async () => {
    folder.write({ 'mine.csv': 'mended by hand' });
    const { code, stderr } = await run('rejects', '--csv', 'mine.csv');
    expect(code).toBe(2);
    expect(stderr).toContain('PAM-CLI-002 mine.csv: is already there.');
    expect(readFileSync(join(folder.root, 'mine.csv'), 'utf8')).toBe('mended by hand');
    expect((await run('rejects', '--csv', 'mine.csv', '--force')).code).toBe(0);
    expect(readFileSync(join(folder.root, 'mine.csv'), 'utf8')).toContain('reject_id');
  });

  test('a reader that leaves early is no error', async () => {
    const bin = resolve(import.meta.dirname, '../../bin/pamoja.mjs');
    const child = spawn(process.execPath, [bin, 'rejects', '--json'], {
      cwd: folder.root,
      env: { PATH: process.env.PATH, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk) => said.push(String(chunk)));
    child.stdout.destroy();
    const code = await new Promise((done) => child.on('close', done));
    expect(said.join('')).toBe('');
    expect(code).toBe(0);
  });
});
