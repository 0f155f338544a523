import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Postgres } from '../../src/engine/postgres.js';
import { patience } from '../../src/engine/silence-watch.js';
import { sql } from '../../src/kernel/sql.js';
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

  test('rows that are slow to come, and rows that are slow to be read', async () => {
    await postgres.transaction(async () => {
      await postgres.run(sql`CREATE TEMP TABLE here (line integer)`);
      expect(await postgres.copyIn(sql`COPY here FROM STDIN`, Readable.from(slowly(3)))).toBe(3);
      let bytes = 0;
      const many = postgres.copyOut(
        sql`COPY (SELECT repeat('x', 1000) FROM generate_series(1, 20000)) TO STDOUT`,
      );
      for await (const chunk of many as AsyncIterable<Buffer>) {
        if (bytes === 0) await pause(1000);
        bytes += chunk.length;
      }
      expect(bytes).toBe(20_020_000);
    });
    expect(postgres.broken).toBe(false);
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
});
