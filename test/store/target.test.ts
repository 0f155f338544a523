import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silent } from '../../src/kernel/log.js';
import { type Sql, sql } from '../../src/kernel/sql.js';
import { openTarget, resolveTarget } from '../../src/store/target.js';
import { makeReachableFolder } from '../support/reachable-folder.js';

const everything = makeReachableFolder('pamoja-target-');
afterAll(() => rmSync(everything, { recursive: true, force: true }));

const folder = (dotEnv?: string | Buffer): string => {
  const root = mkdtempSync(join(everything, 'project-'));
  chmodSync(root, 0o755);
  if (dotEnv !== undefined) writeFileSync(join(root, '.env'), dotEnv);
  return root;
};

test('without any URL the target is the embedded PostgreSQL of the project', () => {
  const root = folder();
  expect(resolveTarget(root, {})).toEqual({ kind: 'embedded', dir: join(root, '.pamoja') });
});

test('DATABASE_URL comes before SUPABASE_DB_URL', () => {
  const env = { SUPABASE_DB_URL: 'postgres://b@host/b', DATABASE_URL: 'postgres://a@host/a' };
  expect(resolveTarget(folder(), env)).toEqual({
    kind: 'url',
    url: 'postgres://a@host/a',
    from: 'DATABASE_URL',
  });
});

test('.env is read, and the environment comes before it', () => {
  const root = folder('# mine\nexport DATABASE_URL="postgres://u:p%23w@host/file"\r\n');
  expect(resolveTarget(root, {})).toMatchObject({ url: 'postgres://u:p%23w@host/file' });
  expect(resolveTarget(root, { DATABASE_URL: 'postgresql://host/real' })).toMatchObject({
    url: 'postgresql://host/real',
  });
});

test('a variable set to nothing counts as not set, and hides the one in .env', () => {
  const root = folder('DATABASE_URL=postgres://host/file\n');
  expect(resolveTarget(root, { DATABASE_URL: '' })).toMatchObject({ kind: 'embedded' });
  expect(resolveTarget(folder('DATABASE_URL=\n'), {})).toMatchObject({ kind: 'embedded' });
});

test('a .env with a byte order mark or in UTF-16 is read, and a folder of that name is none', () => {
  const text = 'DATABASE_URL=postgres://host/file\n';
  expect(resolveTarget(folder(`\ufeff${text}`), {})).toMatchObject({ kind: 'url' });
  expect(resolveTarget(folder(Buffer.from(`\ufeff${text}`, 'utf16le')), {})).toMatchObject({ kind: 'url' });
  const root = folder();
  mkdirSync(join(root, '.env'));
  expect(resolveTarget(root, {})).toMatchObject({ kind: 'embedded' });
});

test.each([
  ['postgres://ann:s3cret/x@host/db', 'not a URL'],
  ['postgres://ann:s3cret#x@host/db', 'not a URL'],
  ['postgres://ann:1#s3cret@host/db', '#'],
  ['postgres://ann:s3cret%x@host/db', '%'],
  ['mysql://ann:s3cret@host/db', 'postgres://'],
  ['postgres://ann:[YOUR-PASSWORD]@host/s3cret', 'placeholder'],
  ['postgres:///s3cret', 'no host'],
  ['postgres://ann:s3cret@one:5432,two:5432/db', 'several hosts'],
])('%s is refused without being repeated', (url, reason) => {
  const error = (() => {
    try {
      return resolveTarget(folder(), { DATABASE_URL: url });
    } catch (caught) {
      return caught as Error;
    }
  })();
  expect(error).toMatchObject({ code: 'PAM-DB-001', message: expect.stringContaining(reason) });
  expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('s3cret');
});

test('an opened embedded target gives as many connections as are asked for, and some that can only read', async () => {
  const target = await openTarget(resolveTarget(folder(), {}), silent);
  const [one, two] = [await target.postgres(), await target.postgres()];
  expect(await one.row(sql`SELECT 1 AS one`)).toEqual({ one: 1 });
  expect(await two.row(sql`SELECT current_database()::text AS name`)).toEqual({ name: 'pamoja' });
  await two.close();
  await one.run(sql`CREATE SCHEMA apart; CREATE TABLE apart.told AS SELECT 42 AS answer`);
  const read = async (statement: Sql) => {
    const reader = await target.reader?.();
    return reader?.row(statement).finally(() => reader.close());
  };
  expect(await read(sql`SELECT answer FROM apart.told`)).toEqual({ answer: 42 });
  // Each asks by what SQL alone can do, also where it lays down a role or asks from within a query.
  for (const hostile of [
    sql`SELECT pg_read_file('/etc/hostname')`,
    sql`SELECT set_config('role', 'pamoja', true)`,
    sql`SELECT set_config('session_authorization', 'pamoja', true)`,
    sql`SELECT set_config('role', 'none', true), query_to_xml('SELECT pg_ls_dir(''/'')', true, true, '')`,
    sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pamoja'`,
    sql`SELECT pg_switch_wal()`,
    sql`COPY apart.told TO PROGRAM 'cat'`,
    sql`INSERT INTO apart.told VALUES (43)`,
    sql`CREATE TABLE public.mine (id int)`,
  ]) {
    await expect(read(hostile), hostile).rejects.toMatchObject({ code: 'PAM-DB-003' });
  }
  await one.close();
  await target.release();
});
