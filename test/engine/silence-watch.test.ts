import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askBeside } from '../../src/engine/ask-beside.js';
import { Postgres } from '../../src/engine/postgres.js';
import { patience, SilenceWatch } from '../../src/engine/silence-watch.js';
import { raw, sql } from '../../src/kernel/sql.js';
import { pgbouncer } from '../support/pgbouncer.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const usual = { ...patience };
let shop: TestProject;
let proxy: TcpProxy;
let postgres: Postgres;
beforeEach(async () => {
  Object.assign(patience, { first: 150, next: 50, answer: 400 });
  shop = await openTestProject();
  proxy = await openTcpProxy(shop.database.url);
  postgres = await Postgres.connect(proxy.url);
});
afterEach(async () => {
  Object.assign(patience, usual);
  await postgres.close();
  await proxy.close();
  await shop.close();
});

/** Lines of CSV, of which every other comes late. */
async function* slowly(lines: number): AsyncGenerator<Buffer> {
  for (let line = 1; line <= lines; line++) {
    if (line % 2 === 0) await pause(700);
    yield Buffer.from(`${line}\n`);
  }
}

describe('a silence that has a reason is borne', () => {
  test('a statement that takes long, inside a transaction and outside of one', async () => {
    await postgres.run(sql`SELECT pg_sleep(1)`);
    const [row] = await postgres.transaction(() => postgres.query(sql`SELECT 7 AS seven FROM pg_sleep(1)`));
    expect(row).toEqual({ seven: 7 });
  });

  test('a lock that another keeps', async () => {
    const other = await Postgres.connect(shop.database.url);
    const kept = other.transaction(async () => {
      await other.run(sql`CREATE TABLE kept AS SELECT 1 AS one`);
      await pause(1000);
    });
    await pause(100);
    await postgres
      .transaction(() => postgres.run(sql`CREATE TABLE IF NOT EXISTS kept (one integer)`))
      .catch(String);
    await kept;
    await other.close();
    expect(postgres.broken).toBe(false);
  });

  test('rows that are slow to come', async () => {
    await postgres.transaction(async () => {
      await postgres.run(sql`CREATE TEMP TABLE here (line integer)`);
      expect(await postgres.copyIn(sql`COPY here FROM STDIN`, Readable.from(slowly(3)))).toBe(3);
    });
    expect(postgres.broken).toBe(false);
  });

  test.each([0, 1, 1000, 20_000])('%d rows that are read late, and slowly', async (rows) => {
    await postgres.transaction(async () => {
      const many = postgres.copyOut(
        sql`COPY (SELECT repeat('x', 1000) FROM generate_series(1, ${raw(String(rows))})) TO STDOUT`,
      );
      await pause(700);
      let bytes = 0;
      const slow = new Writable({
        write(chunk: Buffer, _, done) {
          const due = bytes === 0 || bytes + chunk.length === rows * 1001;
          bytes += chunk.length;
          setTimeout(done, due ? 700 : 0);
        },
      });
      await pipeline(many, slow);
      expect(bytes).toBe(rows * 1001);
    });
    expect(postgres.broken).toBe(false);
  });

  test('one large piece on a slow line', async () => {
    // What lies in the buffers of the system moves unseen, and takes half a second here.
    Object.assign(patience, { first: 1500, next: 400 });
    proxy.slow = 3;
    const text = 'x'.repeat(60_000_000);
    await postgres.transaction(async () => {
      const { length } = await postgres.row<{ length: number }>(sql`SELECT length($1)`, [text]);
      expect(length).toBe(text.length);
    });
  });

  test('where the server does not say what it does, or lets nobody else in', async () => {
    await shop.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_activities = off', current_database()); END $$`,
    );
    const mute = await Postgres.connect(proxy.url);
    try {
      await mute.transaction(() => mute.run(sql`SELECT pg_sleep(1)`));
      proxy.refuses = true;
      await postgres.transaction(() => postgres.run(sql`SELECT pg_sleep(1)`));
    } finally {
      await mute.close();
    }
  });
});

test.for([1, 20])(
  'a statement that takes long is borne behind a pooler of %d',
  async (poolSize, { skip }) => {
    const pooler = await pgbouncer(shop.database.url, { poolSize });
    if (pooler === undefined) return skip('no pgbouncer here');
    const behind = await Postgres.connect(pooler.url);
    try {
      const rows = behind.transaction(() => behind.query(sql`SELECT 7 AS seven FROM pg_sleep(2)`));
      expect(await rows).toEqual([{ seven: 7 }]);
      expect(behind.broken).toBe(false);
    } finally {
      await behind.close();
      await pooler.stop();
    }
  },
);

test('a line that is dead outside a transaction is given up where nobody can tell who serves it', async () => {
  Object.assign(patience, { unknown: 600 });
  // As behind a pooler, no transaction has told yet who serves.
  proxy.deafen();
  await expect(postgres.run(sql`SELECT 1`)).rejects.toMatchObject({
    code: 'PAM-DB-006',
    message: expect.stringMatching(/said nothing for \d+ seconds/),
  });
});

describe('a line that is open and dead is given up', () => {
  test.each(['an answer', 'rows'])('while %s is awaited', async (what) => {
    const asked = postgres.transaction(async () => {
      proxy.dead = true;
      if (what === 'an answer') await postgres.run(sql`SELECT 1`);
      else for await (const _ of postgres.copyOut(sql`COPY (SELECT 1) TO STDOUT`));
    });
    await expect(asked).rejects.toMatchObject(
      what === 'an answer'
        ? { code: 'PAM-DB-006', message: expect.stringMatching(/said nothing for \d+ seconds/) }
        : {},
    );
    expect(postgres.broken).toBe(true);
  });

  test('where the server waits for us, and others get through', async () => {
    const asked = postgres.transaction(async () => {
      await postgres.run(sql`CREATE TEMP TABLE here (line integer)`);
      proxy.fault = { kind: 'dead', copied: 1, lines: 'one' };
      await postgres.copyIn(sql`COPY here FROM STDIN`, Readable.from([Buffer.from('1\n')]));
    });
    await expect(asked).rejects.toMatchObject({ code: 'PAM-DB-006' });
    expect(proxy.dead).toBe(false);
  });

  test('before the server has said that it takes rows', async () => {
    const asked = postgres.transaction(async () => {
      await postgres.run(sql`CREATE TEMP TABLE here (line text)`);
      proxy.dead = true;
      const pieces = Array.from({ length: 100 }, () => Buffer.from(`${'x'.repeat(16_000)}\n`));
      await postgres.copyIn(sql`COPY here FROM STDIN`, Readable.from(pieces));
    });
    await expect(asked).rejects.toMatchObject({ code: 'PAM-DB-006' });
  });

  test('when a transaction begins, where no pooler is between', async () => {
    await postgres.transaction(() => postgres.run(sql`SELECT 1`));
    proxy.deafen();
    await expect(postgres.transaction(() => postgres.run(sql`SELECT 1`))).rejects.toMatchObject({
      code: 'PAM-DB-006',
    });
  });
});

test('who still asks when the connection is closed is called back', async () => {
  Object.assign(patience, { answer: 60_000 });
  const mute = createServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const stopping = new AbortController();
  const asked = askBeside(new pg.Client({ host: '127.0.0.1', port }), undefined, stopping.signal);
  await once(mute, 'connection');
  stopping.abort();
  expect(await asked).toBe('at work');
  mute.close();
});

test('who cannot ask says nothing of the server', async () => {
  let given = 0;
  const watch = new SilenceWatch({
    moved: () => 1,
    awaited: () => true,
    ask: async () => {
      throw new Error('the certificate is gone');
    },
    giveUp: () => {
      given += 1;
    },
  });
  await pause(800);
  watch.stop();
  expect(given).toBe(0);
});
