import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { Postgres } from '../../../src/engine/postgres.js';
import { PamojaError } from '../../../src/kernel/errors.js';
import { silent } from '../../../src/kernel/log.js';
import { ident, literal, sql } from '../../../src/kernel/sql.js';
import { diagnose } from '../../../src/store/doctor/diagnose.js';
import { freePort } from '../../../src/store/embedded/launch-server.js';
import { openTarget } from '../../../src/store/target.js';
import { pgbouncer } from '../../support/pgbouncer.js';
import { openTestDatabase, otherServer, type TestDatabase } from '../../support/postgres-server.js';
import { makeReachableFolder } from '../../support/reachable-folder.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const options = { config: 'pamoja.config.yaml' };

const changed = (change: (url: URL) => void): string => {
  const url = new URL(database.url);
  change(url);
  return url.toString();
};

const findings = (url: string) => diagnose({ kind: 'url', url, from: 'DATABASE_URL' }, options);

/** The only finding that says something is wrong. */
const wrong = async (url: string) => {
  const found = (await findings(url)).filter(({ state }) => state !== 'ok');
  expect(found).toHaveLength(1);
  return found[0]!;
};

test('a good connection has nothing but good findings', async () => {
  const found = await findings(database.url);
  expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(found.map(({ name }) => name)).toEqual([
    'node',
    'configuration',
    'duckdb',
    'database',
    'connection',
    'server',
    'pooler',
    'rights on schema public',
    'rights on schema pamoja',
  ]);
  expect(JSON.stringify(found)).not.toContain(new URL(database.url).password);
});

test('the embedded PostgreSQL is started, looked at and left', async () => {
  const root = makeReachableFolder('pamoja-doctor-');
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const target = { kind: 'embedded', dir: join(root, '.pamoja') } as const;
  await (await openTarget(target, silent)).release();
  const found = await diagnose(target, options);
  expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(found.map(({ name }) => name)).toContain('server');
});

test('an embedded PostgreSQL that was not made yet is told, and not made', async () => {
  const root = makeReachableFolder('pamoja-doctor-');
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const found = await diagnose({ kind: 'embedded', dir: join(root, '.pamoja') }, options);
  expect(found).toContainEqual({
    name: 'connection',
    state: 'ok',
    detail: 'There is no database yet: the first run makes it',
  });
  expect(readdirSync(root)).toEqual([]);
});

test('a target that cannot be told is a finding, and so is a missing configuration', async () => {
  const error = new PamojaError('PAM-DB-001', 'The text is not a URL.', { next: 'Mend it.' });
  const found = await diagnose(error, { config: undefined });
  expect(found).toContainEqual({
    name: 'database',
    state: 'fail',
    detail: 'The text is not a URL.',
    next: 'Mend it.',
  });
  expect(found).toContainEqual(expect.objectContaining({ name: 'configuration', state: 'warn' }));
});

test('a wrong port is told', async () => {
  const port = await freePort();
  expect(
    await wrong(
      changed((url) => {
        url.port = String(port);
      }),
    ),
  ).toMatchObject({ name: 'connection', detail: 'Nothing listens there.' });
});

test('a port of something else is told', async () => {
  const server: Server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const finding = await wrong(
    changed((url) => {
      url.port = String(port);
    }),
  );
  expect(finding.detail).toMatch(/does not speak like PostgreSQL/);
});

test('a wrong password is told, and a missing one', async () => {
  const bad = await wrong(
    changed((url) => {
      url.password = 'wr0ng';
    }),
  );
  expect(bad.detail).toBe('The password is wrong for this user.');
  expect(JSON.stringify(bad)).not.toContain('wr0ng');
  const none = await wrong(
    changed((url) => {
      url.password = '';
    }),
  );
  expect(none.detail).toMatch(/asks for a password/);
});

test('a wrong database is told', async () => {
  const finding = await wrong(
    changed((url) => {
      url.pathname = '/nothing';
    }),
  );
  expect(finding.detail).toBe('There is no database of that name.');
});

test('a host that does not exist is told before a connection is tried', async () => {
  const finding = await wrong(
    changed((url) => {
      url.hostname = 'no-such-host.invalid';
    }),
  );
  expect(finding).toMatchObject({ name: 'host', state: 'fail' });
});

test('TLS asked of a server that has none is told', async () => {
  const finding = await wrong(
    changed((url) => {
      url.searchParams.set('sslmode', 'require');
    }),
  );
  expect(finding.detail).toMatch(/speaks no TLS/);
});

test.each(['prefer', 'allow'])('TLS that may be lacking is no reason to stop: sslmode=%s', async (mode) => {
  const url = new URL(database.url);
  url.searchParams.set('sslmode', mode);
  const connection = await Postgres.connect(url.href);
  expect(connection.encrypted).toBe(false);
  await connection.close();
});

test('an unencrypted connection to a server that may be elsewhere works, and is told', async () => {
  const finding = await wrong(
    changed((url) => {
      url.hostname = '0.0.0.0';
    }),
  );
  expect(finding).toMatchObject({ name: 'encryption', state: 'warn' });
});

test('a user without rights is told which statement gives them', async () => {
  const role = `visitor_${database.name}`;
  const connection = await database.connect();
  await connection.run(sql`CREATE ROLE ${ident(role)} LOGIN PASSWORD ${literal('guest')}`);
  await connection.run(sql`REVOKE TEMPORARY ON DATABASE ${ident(database.name)} FROM PUBLIC`);
  onTestFinished(async () => {
    await connection.run(sql`GRANT TEMPORARY ON DATABASE ${ident(database.name)} TO PUBLIC`);
    await connection.run(sql`DROP ROLE ${ident(role)}`);
  });
  const found = await findings(
    changed((url) => {
      url.username = role;
      url.password = 'guest';
    }),
  );
  const failing = found.filter(({ state }) => state === 'fail');
  expect(failing.map(({ name }) => name)).toEqual([
    'rights on schema public',
    'rights on schema pamoja',
    'temporary tables',
  ]);
  expect(failing[0]?.next).toContain(`GRANT USAGE, CREATE ON SCHEMA "public" TO "${role}"`);
});

test('a user or database set to read only is told, which keeps no run from writing', async () => {
  const connection = await database.connect();
  await connection.run(sql`ALTER DATABASE ${ident(database.name)} SET default_transaction_read_only = on`);
  onTestFinished(() =>
    connection.run(sql`ALTER DATABASE ${ident(database.name)} RESET default_transaction_read_only`),
  );
  expect(await wrong(database.url)).toMatchObject({ name: 'writing', state: 'warn' });
  const reader = await database.connect();
  await reader.transaction(() => reader.run(sql`CREATE TABLE written (id int)`));
  await reader.transaction(() => reader.run(sql`DROP TABLE written`));
});

test('a database that cannot hold every name is told', async () => {
  const connection = await database.connect();
  const name = `${database.name}_latin`;
  await connection.run(
    sql`CREATE DATABASE ${ident(name)} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
  );
  onTestFinished(() => connection.run(sql`DROP DATABASE ${ident(name)} WITH (FORCE)`));
  expect(
    await wrong(
      changed((url) => {
        url.pathname = `/${name}`;
      }),
    ),
  ).toMatchObject({ name: 'encoding' });
});

test.each([
  ['transaction', 20, /transaction mode/],
  ['transaction', 1, /transaction mode/],
  ['session', 20, /session mode/],
] as const)('a pooler in %s mode with %i connections is recognised', async (mode, poolSize, words) => {
  const pooler = await pgbouncer(database.url, { mode, poolSize });
  if (pooler === undefined) return;
  onTestFinished(pooler.stop);
  const found = await findings(pooler.url);
  expect(found.find(({ name }) => name === 'pooler')).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(words),
  });
  expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
});

test('a pooler that does not know the user is told', async () => {
  const pooler = await pgbouncer(inject('postgresUrl'));
  if (pooler === undefined) return;
  onTestFinished(pooler.stop);
  const url = new URL(pooler.url);
  url.username = 'stranger';
  expect(await wrong(url.toString())).toMatchObject({ name: 'connection', state: 'fail' });
});

test('PostgreSQL 15 is good', async ({ skip }) => {
  const server = await otherServer(15);
  if (server === undefined) return skip('no PostgreSQL 15 here');
  onTestFinished(server.stop);
  const found = await findings(server.url);
  expect(found.find(({ name }) => name === 'server')).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(/^PostgreSQL 15/),
  });
});

test('books of a newer Pamoja, by which every command refuses to go, are told', async () => {
  const connection = await database.connect();
  onTestFinished(() => connection.run(sql`DROP SCHEMA pamoja CASCADE`));
  await connection.run(
    sql`CREATE SCHEMA pamoja; CREATE TABLE pamoja.migrations AS SELECT 999 AS number, 'later' AS name`,
  );
  expect(await wrong(database.url)).toMatchObject({
    name: 'bookkeeping',
    detail: expect.stringContaining('migration 999'),
    next: 'Update Pamoja.',
  });
});
