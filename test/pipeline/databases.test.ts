import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Postgres } from '../../src/engine/postgres.js';
import { ident, literal, sql } from '../../src/kernel/sql.js';
import { bookkeepingVersion } from '../../src/store/bookkeeping.js';
import { diagnose } from '../../src/store/doctor/diagnose.js';
import { type Pooler, pgbouncer } from '../support/pgbouncer.js';
import { type OtherServer, openTestDatabase, otherServer } from '../support/postgres-server.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

async function expectWhole(shop: TestProject, env: Record<string, string>, schema = 'public'): Promise<void> {
  shop.write(SHOP_FILES);
  const config = { ...SHOP, ...(schema === 'public' ? {} : { schema, bookkeeping: schema }) };
  const first = await shop.run(config, { env });
  expect(first.outcome).toBe('published');
  expect(first.checks.filter((check) => !check.passed)).toEqual([]);
  expect(changed(first)).toEqual({ created: 10, updated: 0, deleted: 0 });
  const ways = [first.way];
  const call = async (family: string, full: boolean) => {
    shop.write({ 'customers.csv': SHOP_FILES['customers.csv'].replace('Ouma', family) });
    const result = await shop.run(config, { env, full });
    ways.push(result.way);
    return changed(result);
  };
  expect(await call('Okoth', false)).toEqual({ created: 0, updated: 1, deleted: 0 });
  expect(await call('Okoth', false)).toEqual({ created: 0, updated: 0, deleted: 0 });
  expect(await call('Odera', true)).toEqual({ created: 0, updated: 1, deleted: 0 });
  expect(ways).toEqual(['all new', 'only changes', 'nothing changed', 'compared']);
}

describe('PostgreSQL 18', () => {
  test('takes a run, a change and a run without one', async () => {
    const shop = await openTestProject();
    await expectWhole(shop, { DATABASE_URL: shop.database.url });
    await shop.close();
  });

  test('the same by SUPABASE_DB_URL, where new tables are closed to the public API', async () => {
    const shop = await openTestProject();
    const admin = await shop.database.connect();
    await admin.run(
      sql`DO $$ BEGIN CREATE ROLE anon; CREATE ROLE authenticated; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    await admin.run(
      sql`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated`,
    );
    await expectWhole(shop, { SUPABASE_DB_URL: shop.database.url });
    const open =
      await shop.query(`SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'pamoja'::regnamespace)
      AND relkind = 'r' AND (NOT relrowsecurity OR has_table_privilege('anon', oid, 'SELECT') OR has_table_privilege('authenticated', oid, 'INSERT'))`);
    expect(open).toEqual([]);
    expect(await shop.query(`SELECT has_table_privilege('anon', 'sales', 'SELECT') AS open`)).toEqual([
      { open: false },
    ]);
    // Who opens the schema to all sees no row yet: no view lets through what its tables close.
    await admin.run(sql`INSERT INTO pamoja.kept_rejects (run_id, reject_id, source, file, entity, rule, reason, waiting)
      SELECT last_run, 1, 'till', 'o.csv', 'orders', 'type', 'is no date', false FROM pamoja.state`);
    await admin.run(
      sql`GRANT USAGE ON SCHEMA pamoja TO anon; GRANT SELECT ON ALL TABLES IN SCHEMA pamoja TO anon`,
    );
    const seen = () =>
      admin.query(
        sql`SELECT (SELECT count(*) FROM pamoja.rejects) AS rejects, (SELECT count(*) FROM pamoja.runs) AS runs`,
      );
    expect(await seen()).toEqual([{ rejects: 1, runs: 4 }]);
    await admin.run(sql`SET ROLE anon`);
    expect(await seen()).toEqual([{ rejects: 0, runs: 0 }]);
    // For whom nothing is to be seen, it is not said that nothing ever ran.
    await expect(bookkeepingVersion(admin, shop.project(SHOP))).rejects.toMatchObject({ code: 'PAM-DB-003' });
    await admin.run(sql`RESET ROLE; DROP OWNED BY anon`);
    await shop.close();
  });

  test('a user who owns one schema only', async () => {
    const shop = await openTestProject();
    const admin = await shop.database.connect();
    const user = `one_schema_${randomBytes(4).toString('hex')}`;
    await admin.run(sql`CREATE ROLE ${ident(user)} LOGIN PASSWORD ${literal('only-here')}`);
    await admin.run(sql`CREATE SCHEMA ${ident(user)} AUTHORIZATION ${ident(user)}`);
    await admin.run(sql`REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    const url = new URL(shop.database.url);
    url.username = user;
    url.password = 'only-here';
    await expectWhole(shop, { DATABASE_URL: url.toString() }, user);
    // Whose rows row level security hides are not taken for rows that are not there.
    await admin.run(
      sql`ALTER TABLE ${ident(user, 'orders')} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    );
    const options = { env: { DATABASE_URL: url.toString() }, dryRun: true, full: true };
    await expect(shop.run({ ...SHOP, schema: user, bookkeeping: user }, options)).rejects.toMatchObject({
      code: 'PAM-DB-003',
      message: `Row level security hides rows of "${user}"."orders" from this user.`,
    });
    const target = { kind: 'url', url: url.toString(), from: 'DATABASE_URL' } as const;
    const found = await diagnose(target, { config: undefined, schema: user, bookkeeping: user });
    expect(found.filter(({ state }) => state === 'fail').map(({ name }) => name)).toEqual([
      'row level security',
    ]);
    await shop.close();
    const server = await Postgres.connect(inject('postgresUrl'));
    await server.run(sql`DROP ROLE ${ident(user)}`);
    await server.close();
  });
});

const fifteen: OtherServer | undefined = await otherServer(15);
describe.skipIf(fifteen === undefined)('PostgreSQL 15, of the system', () => {
  afterAll(() => fifteen?.stop());

  test('gives the same', async () => {
    const shop = await openTestProject(fifteen?.url);
    await expectWhole(shop, { DATABASE_URL: shop.database.url });
    await shop.close();
  });
});

const probe = await openTestDatabase();
const pooler: Pooler | undefined = await pgbouncer(probe.url);
describe.skipIf(pooler === undefined)('pgbouncer in transaction mode', () => {
  beforeAll(() => probe.close());
  afterAll(() => pooler?.stop());

  test('gives the same, and leaves no setting behind', async () => {
    const shop = await openTestProject();
    const through = new URL(pooler?.url as string);
    through.pathname = new URL(shop.database.url).pathname;
    await expectWhole(shop, { DATABASE_URL: through.toString() });
    await shop.close();
  });
});
