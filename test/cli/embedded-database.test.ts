import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionVariables } from '../../src/cli/commands/db-psql.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';
import { type Folder, makeFolder, pamoja } from './spawn-pamoja.js';

let folder: Folder;
const run = (...args: string[]) => pamoja(args, { cwd: folder.root });
const hasPsql = spawnSync('psql', ['--version']).status === 0;

beforeAll(() => {
  folder = makeFolder(SHOP_FILES, SHOP);
});
afterAll(async () => {
  await run('db', 'stop');
  folder.remove();
});

describe('the database that a project has of its own', () => {
  test('is not there before the first run, and says how to make it', async () => {
    expect((await run('db', 'status')).stdout).toContain('The first pamoja run makes it.');
    const url = await run('db', 'url');
    expect(url.code).toBe(6);
    expect(url.stderr).toContain('Start it with: pamoja db start');
  });

  test('is made by a run, and off afterwards', async () => {
    const { code, stdout } = await run('run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}database {2}embedded PostgreSQL/m);
    expect((await run('db', 'status')).stdout).toContain('The embedded PostgreSQL is off.');
  });

  test('answers an insight, and lets none read what is no table', async () => {
    expect((await run('insights', 'customer-orders', '--csv')).stdout).toMatch(/wanjiru/i);
    mkdirSync(join(folder.root, 'insights'));
    writeFileSync(join(folder.root, 'insights', 'hostile.sql'), "SELECT pg_read_file('/etc/hostname')");
    const { code, stderr } = await run('insights', 'hostile');
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('permission denied for function pg_read_file'),
    ]);
    rmSync(join(folder.root, 'insights'), { recursive: true });
  });

  test.skipIf(!hasPsql)('opens in psql, which gets what follows and gives its exit code', async () => {
    const count = await run('db', 'psql', '-At', '-c', 'SELECT count(*) FROM customers');
    expect(count).toMatchObject({ code: 0, stdout: '3\n' });
    const mistake = await run('db', 'psql', '-c', 'SELECT nothing');
    expect(mistake.code).toBe(1);
    expect(mistake.stderr).toContain('column "nothing" does not exist');
    const asleep = "DO $$BEGIN RAISE NOTICE 'asleep'; PERFORM pg_sleep(20); END$$";
    const ended = await pamoja(['db', 'psql', '-c', asleep], {
      cwd: folder.root,
      onStderr: (text, pid) => void (text.includes('asleep') && process.kill(pid, 'SIGTERM')),
    });
    expect(ended.code).toBe(143);
  });

  test('says what to do where psql is not installed', async () => {
    const { code, stderr } = await pamoja(['db', 'psql'], { cwd: folder.root, env: { PATH: '/nowhere' } });
    expect(code).toBe(2);
    expect(stderr).toContain('psql is not installed here');
    expect(stderr).toContain('pamoja db url');
  });

  test('stays on where it is asked to, shows its password to nobody who does not ask, and stops', async () => {
    const started = await run('db', 'start');
    expect(started.stdout).toContain('The embedded PostgreSQL is on');
    const url = (await run('db', 'url')).stdout.trim();
    const { password } = new URL(url);
    expect(password.length).toBeGreaterThan(10);
    const status = await run('db', 'status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ kind: 'embedded', state: 'running', kept: true });
    const said = [
      started,
      status,
      await run('db', 'status'),
      await run('run', '--verbose'),
      await run('doctor'),
    ];
    for (const { stdout, stderr } of said) expect(stdout + stderr).not.toContain(password);
    expect((await run('db', 'stop')).stdout).toContain('is off.');
    expect((await run('db', 'stop')).stdout).toContain('was off already.');
  });

  test('a database that DATABASE_URL names is not ours to stop', async () => {
    const env = { DATABASE_URL: 'postgres://wanjiru:very-secret@db.example.com/shop' };
    const stop = await pamoja(['db', 'stop'], { cwd: folder.root, env });
    expect(stop.code).toBe(2);
    const status = await pamoja(['db', 'status'], { cwd: folder.root, env });
    expect(status.stdout).toContain('the one of DATABASE_URL: db.example.com/shop');
    expect(status.stdout).not.toContain('very-secret');
  });
});

describe('pamoja doctor', () => {
  test('finds everything in order', async () => {
    const { code, stdout } = await run('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}fine {3}configuration +pamoja\.config\.yaml$/m);
    expect(stdout).toMatch(/^ {2}fine {3}rights on schema public/m);
  });

  test('exits 6 where something is wrong, and says what to do', async () => {
    const env = { DATABASE_URL: 'postgres://wanjiru:very-secret@127.0.0.1:1/shop' };
    const { code, stdout } = await pamoja(['doctor'], { cwd: folder.root, env });
    expect(code).toBe(6);
    expect(stdout).toContain('One thing is wrong.');
    expect(stdout).not.toContain('very-secret');
  });
});

test('the URL goes to psql in variables, decoded', () => {
  expect(
    connectionVariables('postgres://we%40ke:p%23s@[::1]:6543/my%20shop?sslmode=require&pgbouncer=true'),
  ).toEqual({
    PGHOST: '::1',
    PGPORT: '6543',
    PGUSER: 'we@ke',
    PGPASSWORD: 'p#s',
    PGDATABASE: 'my shop',
    PGSSLMODE: 'require',
  });
});

describe('Ctrl-C in the middle of a run', () => {
  test('says that nothing was published, exits 130, and leaves no server and no work files behind', async () => {
    const stopped = makeFolder(SHOP_FILES, SHOP);
    const bin = resolve(import.meta.dirname, '../../bin/pamoja.mjs');
    // A shell tells the exit code as people see it.
    const shell = spawn(
      'sh',
      ['-c', `"${process.execPath}" "${bin}" run & echo pid $!; wait $!; echo code $?`],
      {
        cwd: stopped.root,
        env: { PATH: process.env.PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [stdout, stderr, told] = ['', '', false];
    shell.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    shell.stderr.on('data', (chunk) => {
      stderr += String(chunk);
      if (told || !stderr.includes('Cleaning')) return;
      told = true;
      process.kill(Number(/pid (\d+)/.exec(stdout)?.[1]), 'SIGINT');
    });
    await new Promise((done) => shell.on('close', done));
    expect(stderr).toContain('Stopped. Nothing was published.');
    expect(stdout).toContain('code 130');
    expect(readdirSync(join(stopped.root, '.pamoja/work'))).toEqual([]);
    const later = await pamoja(['run', '--json'], { cwd: stopped.root });
    expect(JSON.parse(later.stdout).entities.customers.created).toBe(3);
    expect(existsSync(join(stopped.root, '.pamoja/postgres/postmaster.pid'))).toBe(false);
    stopped.remove();
  });
});
