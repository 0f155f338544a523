import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Postgres } from '../../src/engine/postgres.js';
import { ident, raw, sql } from '../../src/kernel/sql.js';
import { type OtherServer, otherServer } from '../support/postgres-server.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { ALL } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

const A = largeShop(ALL ? 20_000 : 1_000);
const changed = changedShop(A);
const B = { ...changed, 'customers.csv': (changed['customers.csv'] ?? '').replace(/Person/g, 'Client') };
const WAYS = ['first load', 'change'];

/** All four tables, and what leads from one to the other, in one statement: one state of the database. */
const SEEN = sql`SELECT count(*) AS orders, sum(total_amount)::text AS total,
  (SELECT count(*) FROM customers WHERE first_name LIKE 'Client%') AS clients,
  (SELECT count(*) || ' ' || sum(subtotal) FROM order_items) AS items,
  (SELECT count(*) FROM orders o JOIN customers c USING (customer_id)) AS with_customer,
  (SELECT count(*) FROM order_items i JOIN orders o USING (order_id) JOIN products p USING (product_id)) AS whole_items
  FROM orders`;

/** What a reader sees, in one word; nothing where there are no tables yet. */
async function look(reader: Postgres): Promise<string> {
  const [there] = await reader.query<{ there: boolean }>(
    sql`SELECT to_regclass('orders') IS NOT NULL AS there`,
  );
  return there?.there ? JSON.stringify(await reader.query(SEEN)) : 'no tables';
}

let shop: TestProject;
afterEach(() => shop.close());

async function openShop(way: string, server?: string): Promise<void> {
  shop = await openTestProject(server);
  shop.write(A);
  if (way === 'first load') return;
  await shop.run(SHOP);
  shop.write(B);
}

describe.each(WAYS)('while a run publishes (%s)', { timeout: 180_000 }, (way) => {
  beforeEach(() => openShop(way));

  test.runIf(ALL || way === 'change')(
    'whoever looks again and again sees the old state or the new, whole',
    async () => {
      const reader = await shop.database.connect();
      const old = await look(reader);
      const seen = new Set<string>();
      let over = false;
      const polling = (async () => {
        while (!over) seen.add(await look(reader));
      })();
      await shop.run(SHOP);
      over = true;
      await polling;
      const now = await look(reader);
      expect(now).not.toBe(old);
      expect([...seen, old, now].filter((each) => each !== old && each !== now)).toEqual([]);
      expect(seen).toContain(old);
    },
  );

  test('a REPEATABLE READ transaction that began before sees the old state or the new, whole', async () => {
    const reader = await shop.database.connect();
    await reader.run(raw('BEGIN ISOLATION LEVEL REPEATABLE READ'));
    const old = await look(reader);
    const within: string[] = [];
    await shop.run(SHOP, { reached: async () => void within.push(await look(reader)) });
    const after = await look(reader);
    await reader.run(raw('COMMIT'));
    const now = await look(reader);
    expect(now).not.toBe(old);
    // Changed rows are seen only by who looks later. New tables may be there at once, and then whole.
    expect(way === 'first load' ? [old, now] : [old]).toContain(after);
    expect(new Set(within.slice(0, -1))).toEqual(new Set([old]));
  });
});

const fifteen: OtherServer | undefined = existsSync('/usr/bin/pg_dump') ? await otherServer(15) : undefined;
describe.skipIf(fifteen === undefined)('pg_dump while a run publishes (PostgreSQL 15, of the system)', () => {
  afterAll(() => fifteen?.stop());

  /** The rows of a dump, in no order. */
  async function dump(): Promise<string> {
    const options = ['--data-only', '--schema=public', `--dbname=${shop.database.url}`];
    const { stdout } = await promisify(execFile)('/usr/lib/postgresql/15/bin/pg_dump', options, {
      maxBuffer: 1 << 28,
    });
    const rows = stdout
      .split('\n')
      .filter((line) => line !== '' && !/^(--|\\\w?restrict|\\unrestrict|SET |SELECT )/.test(line));
    return rows.sort().join('\n');
  }

  test.each(ALL ? WAYS : ['first load'])(
    'gives the old state or the new, whole (%s)',
    { timeout: 180_000 },
    async (way) => {
      await openShop(way, fifteen?.url);
      const old = await dump();
      const dumps: Promise<string>[] = [];
      await shop.run(SHOP, {
        async reached(point) {
          if (point === 'loaded customers' || point === 'verified') dumps.push(dump());
          // This one ends within the transaction; the others may be overtaken by COMMIT.
          if (point === 'loaded orders') expect(await dump()).toBe(old);
        },
      });
      const now = await dump();
      expect(now).not.toBe(old);
      for (const each of await Promise.all(dumps)) expect([old, now]).toContain(each);
    },
  );
});

describe('what users made of their own on the four tables', () => {
  // It goes with the server: DROP OWNED may wait for an autovacuum that waits for it.
  const user = `reader_${randomBytes(4).toString('hex')}`;

  test('is there, and right, after a first load and after a change', { timeout: 180_000 }, async () => {
    await openShop('first load');
    const admin = await shop.database.connect();
    await admin.run(sql`CREATE ROLE ${ident(user)}`);
    await admin.run(sql`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${ident(user)}`);
    await shop.run(SHOP);
    await admin.run(
      raw(`CREATE VIEW spent AS SELECT c.customer_id, c.first_name, sum(o.total_amount) AS total
        FROM customers c JOIN orders o USING (customer_id) GROUP BY c.customer_id;
      CREATE MATERIALIZED VIEW monthly AS SELECT date_trunc('month', order_date) AS month, sum(total_amount) AS total FROM orders GROUP BY 1;
      GRANT UPDATE (email) ON customers TO ${user};
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY cheap ON orders FOR SELECT TO ${user} USING (total_amount < 350);
      ALTER TABLE customers ADD COLUMN note text DEFAULT 'mine';
      CREATE INDEX by_day ON orders (order_date);
      CREATE TABLE calls (customer_id bigint REFERENCES customers, order_id bigint REFERENCES orders ON DELETE CASCADE);
      INSERT INTO calls SELECT customer_id, order_id FROM orders WHERE customer_id IS NOT NULL`),
    );
    shop.write(B);
    const { entities } = await shop.run(SHOP);
    expect(entities.orders).toMatchObject({ created: 1, deleted: 1 });
    await admin.run(raw('REFRESH MATERIALIZED VIEW monthly'));
    const [is] = await shop.query(`SELECT
      (SELECT sum(total) FROM spent) = (SELECT sum(total_amount) FROM orders) AS view,
      (SELECT count(*) > 0 FROM spent WHERE first_name LIKE 'Client%') AS fresh,
      (SELECT sum(total) FROM monthly) = (SELECT sum(total_amount) FROM orders) AS materialised,
      has_table_privilege('${user}', 'orders', 'SELECT') AS granted,
      has_column_privilege('${user}', 'customers', 'email', 'UPDATE') AS granted_column,
      (SELECT bool_and(note = 'mine') FROM customers) AS "column",
      to_regclass('by_day') IS NOT NULL AS index,
      (SELECT count(*) FROM calls) = (SELECT count(*) - 1 FROM orders) AS keys,
      (SELECT bool_and(convalidated) FROM pg_constraint WHERE contype = 'f') AS valid`);
    expect(Object.entries(is as object).filter(([, right]) => right !== true)).toEqual([]);
    await admin.run(raw(`SET ROLE ${user}`));
    const [allowed] = await admin.query<{ all: boolean; count: number }>(
      sql`SELECT bool_and(total_amount < 350) AS all, count(*) FROM orders`,
    );
    await admin.run(raw('RESET ROLE'));
    const [cheap] = await shop.query<{ count: number }>(
      'SELECT count(*) FROM orders WHERE total_amount < 350',
    );
    expect(allowed).toEqual({ all: true, count: cheap?.count });
  });
});
