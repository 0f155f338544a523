import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';
import { type Folder, makeFolder, pamoja } from './spawn-pamoja.js';

let database: TestDatabase;
let folder: Folder;
const run = (...args: string[]) => pamoja(args, { cwd: folder.root, env: { DATABASE_URL: database.url } });

beforeAll(async () => {
  database = await openTestDatabase();
  folder = makeFolder(SHOP_FILES, SHOP);
});
afterAll(async () => {
  folder.remove();
  await database.close();
});

describe('pamoja run', () => {
  test('a dry run says what would be, and publishes nothing', async () => {
    const { code, stdout } = await run('run', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'A dry run, nothing was published. It would be: 10 created, 0 updated, 0 deleted.',
    );
    const check = await run('check');
    expect(check.code).toBe(6);
    expect(check.stderr).toContain('PAM-DB-008');
  });

  test('prints the finding, the ledger, the tables, the money and what to do next', async () => {
    const { code, stdout, stderr } = await run('run');
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('\nFour sources, one database, every row accounted for.\n');
    expect(stdout).toMatch(/^ {2}source {5}file {11}into {9}read {2}accepted {2}rejected$/m);
    expect(stdout).toMatch(/^ {2}lines {6}lines\.csv {6}order items {5}3 {9}3 {9}0$/m);
    expect(stdout).toMatch(/^ {2}order items {8}3 {8}0 {10}0 {8}0 {6}3$/m);
    expect(stdout).toMatch(/^ {2}orders total amount {3}KES {2}3,130\.00 {2}3,130\.00 {9}0$/m);
    expect(stdout).toMatch(/^ {2}checks {4}(\d+) of \1 passed$/m);
    expect(stdout).toMatch(/^ {2}database {2}127\.0\.0\.1:\d+\/test_\w+ {2,}pamoja db psql$/m);
    expect(stdout).not.toContain('rejected  ');
    expect(stderr).toMatch(/^Reading crm$/m);
    expect(stderr).not.toMatch(/[\u001b\r]/);
  });

  test('a second time it says plainly that nothing changed', async () => {
    const { code, stdout } = await run('run');
    expect(code).toBe(0);
    expect(stdout).toContain('\nNothing changed: 0 created, 0 updated, 0 deleted.\n');
  });

  test('--json prints one object, counts as numbers and amounts as text, and nothing beside it', async () => {
    const { code, stdout, stderr } = await run('run', '--json');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual([
      'run_id',
      'outcome',
      'way',
      'database',
      'entities',
      'ledger',
      'checks',
      'rejects',
      'waiting',
      'findings',
      'steps',
    ]);
    expect(result.outcome).toBe('unchanged');
    expect(result.entities.customers).toEqual({
      created: 0,
      updated: 0,
      unchanged: 3,
      kept: 0,
      deleted: 0,
      total: 3,
      placeholders: 0,
    });
    expect(result.ledger).toHaveLength(4);
    expect(result.ledger[2]).toMatchObject({
      source: 'orders',
      file: 'orders.csv',
      entity: 'orders',
      read: 2,
      accepted: 2,
      rejected: 0,
      filtered: 0,
      repeated: 0,
      merged: 0,
      balanced: true,
      amounts: [
        {
          measure: 'orders.total_amount',
          currency: 'KES',
          read: '3130.0000',
          accepted: '3130.0000',
          rejected: expect.stringMatching(/^0/),
          filtered: expect.stringMatching(/^0/),
          repeated: expect.stringMatching(/^0/),
          unreadable: 0,
        },
      ],
    });
    expect(Object.keys(result.checks[0])).toEqual(['name', 'passed', 'detail']);
  });

  test('--quiet says nothing where nothing is wrong', async () => {
    expect(await run('run', '--quiet')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('says first of all where nothing of a kind came in', async () => {
    const customers = {
      type: 'csv',
      path: 'people.csv',
      entities: {
        customers: {
          key: 'id',
          fields: { last_name: 'name', created_at: { from: 'since', required: true } },
        },
      },
    } as const;
    const other = makeFolder(
      { 'people.csv': 'id,name,since\n1,Kamau,once\n2,Otieno,long ago\n' },
      { sources: { crm: customers }, rejects: { maxShare: 1 } },
    );
    const none = await openTestDatabase();
    const run = await pamoja(['run'], { cwd: other.root, env: { DATABASE_URL: none.url } });
    await none.close();
    other.remove();
    expect(run.stdout).toMatch(/^No customers came in: all 2 were refused\.$/m);
  });

  test('--config means the project in another folder, and what to do next says so', async () => {
    const { code, stdout } = await pamoja(['run', '--config', folder.root], {
      cwd: '/',
      env: { DATABASE_URL: database.url },
    });
    expect(code).toBe(0);
    expect(stdout).toContain(`pamoja db psql --config ${folder.root}`);
  });
});

describe('pamoja check', () => {
  test('holds the database against the sources', async () => {
    const { code, stdout } = await run('check', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.passed).toBe(true);
    expect(result.checks.length).toBeGreaterThan(10);
    expect(Object.keys(result.checks[0])).toEqual(['name', 'passed', 'detail']);
  });

  test('exits 7 where somebody changed a value, and names the check that failed', async () => {
    const connection = await database.connect();
    await connection.run('UPDATE orders SET total_amount = 1 WHERE order_id = 1' as never);
    const { code, stdout } = await run('check');
    expect(code).toBe(7);
    expect(stdout).toContain('The database is not what the sources say');
    expect(stdout).toMatch(/^ {2}failed {2}orders/m);
    expect((await run('check', '--quiet')).stdout).toContain('failed');
    const json = await run('check', '--json');
    expect(json.code).toBe(7);
    expect(JSON.parse(json.stdout).passed).toBe(false);
  });
});

describe('a run that fails', () => {
  test('exits 4 where a file cannot be trusted, with the error as one object where JSON was asked for', async () => {
    const broken = makeFolder({ ...SHOP_FILES }, SHOP);
    broken.write({ 'customers.csv': 'id,name,email,phone\nC1,"Wanjiru,w@example.com,0712345678\n' });
    const env = { DATABASE_URL: database.url };
    const plain = await pamoja(['run'], { cwd: broken.root, env });
    expect(plain.code).toBe(4);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).toContain('PAM-SRC-004');
    const json = await pamoja(['run', '--json'], { cwd: broken.root, env });
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'failed', error: { code: 'PAM-SRC-004' } });
    broken.remove();
  });

  test('exits 6 where the database cannot be reached, and never shows the password', async () => {
    const { code, stdout, stderr } = await pamoja(['run', '--verbose'], {
      cwd: folder.root,
      env: { DATABASE_URL: 'postgres://wanjiru:very-secret@127.0.0.1:1/shop' },
    });
    expect(code).toBe(6);
    expect(stderr).toContain('PAM-DB-001');
    expect(stdout + stderr).not.toContain('very-secret');
  });

  test('exits 5 where too much was refused; what was refused can be listed', async () => {
    const lines = Array.from({ length: 150 }, (_, i) => `C${i},,no address,`).join('\n');
    const refused = makeFolder(
      { ...SHOP_FILES, 'customers.csv': `id,name,email,phone\n${lines}\n` },
      {
        ...SHOP,
        entities: { customers: { fields: { first_name: { type: 'text', required: true } } } },
      },
    );
    const env = { DATABASE_URL: database.url };
    const { code, stderr } = await pamoja(['run'], { cwd: refused.root, env });
    expect(code).toBe(5);
    expect(stderr).toContain('PAM-QUA-001 crm: 150 of 150 customers were refused');
    const list = await pamoja(['rejects'], { cwd: refused.root, env });
    expect(list.stdout).toContain('This run failed, and published nothing.');
    expect(list.stdout).toMatch(/^ {2}150 {2}crm customers: first_name is required/m);
    refused.remove();
  });
});
