import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { Postgres } from '../../../src/engine/postgres.js';
import { sql } from '../../../src/kernel/sql.js';
import { embeddedStatus, startEmbedded } from '../../../src/store/embedded/control-embedded.js';
import { knownPlace } from '../../../src/store/embedded/data-place.js';
import { openEmbedded } from '../../../src/store/embedded/open-embedded.js';
import { findServer, isServerOf, stopServer } from '../../../src/store/embedded/running-server.js';
import { makeReachableFolder } from '../../support/reachable-folder.js';

const root = makeReachableFolder('pamoja-embedded-');
const dir = join(root, '.pamoja');
const data = () => knownPlace(dir)!.data;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const use = async <T>(work: (connection: Postgres, port: number) => Promise<T>): Promise<T> => {
  const server = await openEmbedded({ dir });
  const connection = await Postgres.connect(server.url);
  try {
    return await work(connection, server.port);
  } finally {
    await connection.close();
    await server.release();
  }
};

test('the first opening makes a database of UTF-8 texts in UTC, and the release stops its server', async () => {
  expect(embeddedStatus(dir)).toEqual({ state: 'absent' });
  const pid = await use(async (connection) => {
    const settings =
      await connection.row(sql`SELECT current_database()::text AS database, current_user::text AS role,
      current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone,
      current_setting('listen_addresses') AS listens, current_setting('fsync') AS fsync,
      (SELECT concat(datlocprovider, ' ', datlocale) FROM pg_database WHERE datname = current_database()) AS locale`);
    expect(settings).toEqual({
      database: 'pamoja',
      role: 'pamoja',
      encoding: 'UTF8',
      zone: 'UTC',
      listens: '127.0.0.1',
      fsync: 'on',
      locale: 'b C.UTF-8',
    });
    const status = embeddedStatus(dir);
    expect(status).toMatchObject({ state: 'running', clients: 1, kept: false });
    return status.state === 'running' ? status.pid : 0;
  });
  expect(isServerOf(pid, data())).toBe(false);
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
});

test('the data and the port stay from one opening to the next', async () => {
  const port = await use(async (connection, port) => {
    await connection.run(sql`CREATE TABLE kept AS SELECT 42 AS answer`);
    return port;
  });
  await use(async (connection, again) => {
    expect(await connection.row(sql`SELECT answer FROM kept`)).toEqual({ answer: 42 });
    expect(again).toBe(port);
  });
});

test('a port that was taken meanwhile is replaced', async () => {
  const port = await use(async (_, port) => port);
  const other = createServer();
  await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
  onTestFinished(() => void other.close());
  await use(async (_, again) => expect(again).not.toBe(port));
});

test('the password rests in one file that only its owner reads, and is seen nowhere else', async () => {
  const path = join(dir, 'postgres-password');
  const password = readFileSync(path, 'utf8').trim();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(password.length).toBeGreaterThanOrEqual(32);
  const said: string[] = [];
  const log = {
    step: (t: string) => said.push(t),
    warn: (t: string) => said.push(t),
    debug: (t: string) => said.push(t),
  };
  const server = await openEmbedded({ dir, log });
  const { pid } = findServer(data())!;
  if (process.platform === 'linux') {
    said.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), readFileSync(`/proc/${pid}/environ`, 'utf8'));
  }
  await server.release();
  said.push(readFileSync(join(dir, 'postgres.log'), 'utf8'));
  expect(said.join('\n')).not.toContain(password);
});

test('what a statement was refused for does not reach the log of the server', async () => {
  await use(async (connection) => {
    await expect(connection.query(sql`SELECT 'wanjiku@example.com'::int`)).rejects.toThrow();
  });
  expect(readFileSync(join(dir, 'postgres.log'), 'utf8')).not.toContain('wanjiku');
});

test('a server that was killed is started again, with all that was committed', async () => {
  const server = await openEmbedded({ dir });
  const connection = await Postgres.connect(server.url);
  await connection.run(sql`CREATE TABLE committed AS SELECT n FROM generate_series(1, 1000) n`);
  await connection.run(sql`CHECKPOINT`);
  await connection.run(sql`INSERT INTO committed VALUES (1001)`);
  const killed = findServer(data())!;
  process.kill(killed.pid, 'SIGKILL');
  await expect(connection.query(sql`SELECT pg_sleep(10)`)).rejects.toMatchObject({ code: 'PAM-DB-006' });
  await use(async (next) => {
    expect(findServer(data())?.pid).not.toBe(killed.pid);
    expect(await next.row(sql`SELECT count(*) AS n FROM committed`)).toEqual({ n: 1001 });
  });
  await server.release();
  expect(findServer(data())).toBeUndefined();
});

test('a note of a server whose process number belongs to somebody else now is no hindrance', async () => {
  writeFileSync(
    join(data(), 'postmaster.pid'),
    `${process.pid}\n${data()}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n`,
  );
  await use(async (connection) => {
    expect(await connection.row(sql`SELECT 1 AS one`)).toEqual({ one: 1 });
  });
});

test('a client file of a process that is gone, or whose number was used again, does not hold the server', async () => {
  const clients = join(dir, 'postgres-clients');
  writeFileSync(join(clients, 'reused'), JSON.stringify({ pid: process.pid, started: 'another time' }));
  writeFileSync(join(clients, 'torn'), '{"pid":');
  await use(async () => expect(embeddedStatus(dir)).toMatchObject({ clients: 1 }));
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
  expect(readdirSync(clients)).toEqual([]);
});

test('a lost password is replaced without the loss of data', async () => {
  rmSync(join(dir, 'postgres-password'));
  await use(async (connection) => {
    expect(await connection.row(sql`SELECT answer FROM kept`)).toEqual({ answer: 42 });
  });
});

test('a password file that says something else than the server holds, also while it runs', async () => {
  const written = "of m'y @own:/#%?";
  const file = join(dir, 'postgres-password');
  const kept = { answer: 42 };
  writeFileSync(file, 'that of another project\n');
  await use(async (connection) => expect(await connection.row(sql`SELECT answer FROM kept`)).toEqual(kept));
  await startEmbedded(dir);
  writeFileSync(file, `${written}\n`);
  await use(async (connection) => expect(await connection.row(sql`SELECT answer FROM kept`)).toEqual(kept));
  expect(readFileSync(file, 'utf8')).toBe(`${written}\n`);
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
});

test('a server whose settings let nobody in is not left running, and what to take back is told', async () => {
  const file = join(data(), 'pg_hba.conf');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, right.replace(/^host/gm, '#host'));
  await expect(openEmbedded({ dir })).rejects.toMatchObject({
    code: 'PAM-EMB-002',
    where: data(),
    next: expect.stringMatching(/pg_hba\.conf/),
  });
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
  writeFileSync(file, right);
});

test('data of another PostgreSQL version are refused and left as they are', async () => {
  const path = join(data(), 'PG_VERSION');
  const right = readFileSync(path);
  writeFileSync(path, '17\n');
  const before = createHash('sha256').update(readdirSync(data()).join()).digest('hex');
  await expect(openEmbedded({ dir })).rejects.toMatchObject({
    code: 'PAM-EMB-001',
    message: expect.stringContaining('PostgreSQL 17'),
    next: expect.stringContaining('DATABASE_URL'),
  });
  expect(createHash('sha256').update(readdirSync(data()).join()).digest('hex')).toBe(before);
  writeFileSync(path, right);
});

test('releasing twice is the same as once', async () => {
  const [one, two] = [await openEmbedded({ dir }), await openEmbedded({ dir })];
  await Promise.all([one.release(), one.release()]);
  expect(embeddedStatus(dir)).toMatchObject({ state: 'running', clients: 1 });
  await two.release();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
});

test.skipIf(process.platform === 'win32')(
  'a server that does not begin to stop, as after a crash of one of its processes, is ended',
  async () => {
    const folder = join(root, 'hanging');
    mkdirSync(join(folder, 'global'), { recursive: true });
    const IN_PRODUCTION = 6;
    const control = Buffer.alloc(32);
    control.writeUInt32LE(IN_PRODUCTION, 16);
    writeFileSync(join(folder, 'global', 'pg_control'), control);
    const script = 'trap "" INT; trap "exit 0" QUIT; echo on; while :; do sleep 0.05; done';
    const server = spawn('/bin/sh', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void server.kill('SIGKILL'));
    await once(server.stdout, 'data');
    const began = Date.now();
    await stopServer(folder, server.pid as number, 0.2);
    expect(Date.now() - began).toBeLessThan(10_000);
  },
);
