import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { Postgres } from '../../src/engine/postgres.js';
import { ident, literal, raw, sql } from '../../src/kernel/sql.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(SHOP_FILES);
});
afterEach(() => shop.close());

describe('what a role or database sets', () => {
  test.each([
    ["DateStyle = 'SQL, DMY'"],
    ["TimeZone = 'Pacific/Auckland'"],
    ['default_transaction_read_only = on'],
    ['statement_timeout = 40'],
    ['idle_session_timeout = 150'],
    ["search_path = 'nowhere'"],
    ['standard_conforming_strings = off'],
  ])('%s changes nothing of a run', async (setting) => {
    const admin = await shop.database.connect();
    await admin.run(sql`ALTER DATABASE ${ident(shop.database.name)} SET ${raw(setting)}`);
    expect(changed(await shop.run(SHOP))).toEqual({ created: 10, updated: 0, deleted: 0 });
    expect(changed(await shop.run(SHOP))).toEqual({ created: 0, updated: 0, deleted: 0 });
    const rows = await admin.query(
      sql`SELECT to_char(order_date, 'YYYY-MM-DD') AS date FROM public.orders ORDER BY order_id`,
    );
    expect(rows).toEqual([{ date: '2026-01-05' }, { date: '2026-01-06' }]);
    // Where little changed, tables are made to ask for no more than that.
    shop.write({ 'customers.csv': SHOP_FILES['customers.csv'].replace('Ouma', 'Otieno') });
    expect(changed(await shop.run(SHOP))).toEqual({ created: 0, updated: 1, deleted: 0 });
  });
});

describe('users of the same database', () => {
  test('keep their view, column, grant, policy and foreign key through a change', async () => {
    await shop.ranShop();
    const user = `reader_${randomBytes(4).toString('hex')}`;
    const admin = await shop.database.connect();
    await admin.run(sql`CREATE ROLE ${ident(user)}`);
    await admin.run(
      raw(`GRANT SELECT ON customers TO ${user}; ALTER TABLE customers ADD COLUMN note text;
      UPDATE customers SET note = 'mine'; CREATE VIEW emails AS SELECT email FROM customers;
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY everybody ON orders USING (true);
      CREATE TABLE calls (customer_id bigint REFERENCES customers);
      INSERT INTO calls SELECT customer_id FROM customers`),
    );
    shop.write({
      'customers.csv': SHOP_FILES['customers.csv'].replace('wanjiru@example.com', 'kamau@example.com'),
    });
    expect(changed(await shop.run(SHOP))).toEqual({ created: 0, updated: 1, deleted: 0 });
    expect(
      await shop.query(`SELECT count(*) FILTER (WHERE note = 'mine') AS notes, (SELECT count(*) FROM calls) AS calls,
      (SELECT count(*) FROM emails WHERE email = 'kamau@example.com') AS seen,
      has_table_privilege(${literal(user)}, 'customers', 'SELECT') AS granted,
      (SELECT count(*) FROM pg_policies WHERE tablename = 'orders') AS policies FROM customers`),
    ).toEqual([{ notes: 3, calls: 3, seen: 1, granted: true, policies: 1 }]);
    const server = await Postgres.connect(inject('postgresUrl'));
    await admin.run(sql`DROP OWNED BY ${ident(user)}`);
    await server.run(sql`DROP ROLE ${ident(user)}`);
    await server.close();
  });

  test('who publish all tables to a replica are no hindrance', async () => {
    await shop.query('CREATE PUBLICATION everything FOR ALL TABLES');
    const call = async (family: string) => {
      shop.write({ 'customers.csv': SHOP_FILES['customers.csv'].replace('Ouma', family) });
      return changed(await shop.run(SHOP));
    };
    expect(await call('Ouma')).toEqual({ created: 10, updated: 0, deleted: 0 });
    expect(await call('Okoth')).toEqual({ created: 0, updated: 1, deleted: 0 });
  });

  test('a second project needs a bookkeeping schema of its own, and then lives beside the first', async () => {
    await shop.ranShop();
    const second = { ...SHOP, schema: 'second' };
    await expect(shop.run(second)).rejects.toMatchObject({ code: 'PAM-DB-004' });
    expect(changed(await shop.run({ ...second, bookkeeping: 'second_books' }))).toMatchObject({
      created: 10,
    });
    expect(changed(await shop.run(SHOP))).toEqual({ created: 0, updated: 0, deleted: 0 });
  });
});

test('secrets of the URL are in no error', async () => {
  const url = new URL(shop.database.url);
  const attempts = [
    { password: 'very-secret', pathname: url.pathname },
    { password: url.password, pathname: '/no_such_database' },
  ].map((change) => Object.assign(new URL(shop.database.url), change).toString());
  for (const attempt of attempts) {
    const error = await shop.run(SHOP, { env: { DATABASE_URL: attempt } }).catch((each) => each);
    expect(String(error)).toMatch(/^PAM-DB-00[12] /);
    expect(String(error)).not.toMatch(new RegExp(`very-secret|${url.password}`));
  }
});
