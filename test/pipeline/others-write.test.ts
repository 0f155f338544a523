import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Postgres } from '../../src/engine/postgres.js';
import { silent } from '../../src/kernel/log.js';
import { raw } from '../../src/kernel/sql.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { checkProject } from '../../src/pipeline/check-project.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { standingRun } from '../../src/store/carry-over.js';
import { checkUntouched, type StandingRun } from '../../src/store/untouched.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

/*
 * What a run may take for unchanged. Others write to the tables, and other runs publish, at moments at which it is easy
 * to overlook them; SQL in a configuration may look at more than the files.
 */

let project: TestProject;
beforeEach(async () => {
  project = await openTestProject();
  project.write(SHOP_FILES);
});
afterEach(() => project.close());

/** The shop, to be changed by a test. */
const shop = () => JSON.parse(JSON.stringify(SHOP));

const CUSTOMERS = SHOP_FILES['customers.csv'];
/** The phone of C3 becomes another: the least that makes a run look for what changed. */
const changed = (last: number) => ({
  'customers.csv': CUSTOMERS.replace('+254733444555', `+25473344455${last}`),
});

const cities = () =>
  project
    .query<{ city: string | null }>('SELECT city FROM customers ORDER BY customer_id')
    .then((rows) => rows.map(({ city }) => city));

describe('what somebody writes', () => {
  test('between comparing and publishing is put right by the next run', async () => {
    await project.ranShop();
    project.write(changed(6));
    await project.run(SHOP, {
      full: true,
      reached: async (point) => {
        if (point === 'before publish')
          await project.query(`UPDATE customers SET city = 'Meanwhile' WHERE customer_id = 1`);
      },
    });
    expect(await cities()).toEqual(['Meanwhile', null, null]);
    await project.settled();
    expect((await project.run(SHOP)).way).toBe('compared');
    expect(await cities()).toEqual([null, null, null]);
    expect((await project.run(SHOP)).way).toBe('nothing changed');
  });

  test('under the ids that a run counted on makes it compare anew', async () => {
    await project.query('CREATE TABLE public.customers (customer_id serial PRIMARY KEY, first_name text)');
    await project.run(SHOP, { adopt: true });
    project.write({ 'customers.csv': `${CUSTOMERS}C4,Njeri Mwangi,njeri@example.com,\n` });
    let times = 0;
    const result = await project.run(SHOP, {
      reached: async (point) => {
        if (point === 'before publish' && times++ < 2)
          await project.query(`INSERT INTO public.customers (first_name) VALUES ('theirs')`);
      },
    });
    expect(result.entities.customers).toMatchObject({ created: 1, unchanged: 3, kept: 2 });
    expect(
      await project.query(
        'SELECT customer_id AS id, first_name AS name FROM public.customers WHERE customer_id > 3',
      ),
    ).toEqual([
      { id: 4, name: 'theirs' },
      { id: 5, name: 'theirs' },
      { id: 6, name: 'Njeri' },
    ]);
    await project.settled();
    await project.run(SHOP);
    expect((await project.run(SHOP)).way).toBe('nothing changed');
  });

  test('as the time of a change, by a trigger, stays where no source tells one', async () => {
    await project.ranShop();
    await project.query(`CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN new.updated_at = now(); RETURN new; END';
      CREATE TRIGGER touch BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.touch()`);
    const touched = () =>
      project.query('SELECT count(updated_at) AS rows, max(updated_at) AS last FROM public.customers');
    project.write(changed(6));
    expect((await project.run(SHOP)).entities.customers).toMatchObject({ updated: 1, unchanged: 2 });
    const [before] = await touched();
    expect(before).toMatchObject({ rows: 1 });
    expect(await project.run(SHOP, { full: true })).toMatchObject({ outcome: 'unchanged' });
    expect(await touched()).toEqual([before]);
    const { checks } = await checkProject(project.project(SHOP), {
      env: { DATABASE_URL: project.database.url },
    });
    expect(checks.filter((check) => !check.passed)).toEqual([]);
  });

  test('in a transaction that began before a run published is put right by the next run', async () => {
    await project.ranShop();
    const somebody = await Postgres.connect(project.database.url);
    await somebody.query(raw('CREATE TABLE notes (x int)'));
    await somebody.query(raw('BEGIN'));
    await somebody.query(raw('INSERT INTO notes VALUES (1)'));
    project.write(changed(6));
    await project.run(SHOP);
    await somebody.query(raw(`UPDATE customers SET city = 'Mine'`));
    await somebody.query(raw('COMMIT'));
    await somebody.close();
    project.write(changed(7));
    expect((await project.run(SHOP)).way).toBe('compared');
    expect(await cities()).toEqual([null, null, null]);
  });

  test('is told from what a run wrote that is no longer remembered', async () => {
    await project.ranShop();
    project.write(changed(6));
    await project.run(SHOP);
    await project.settled();
    const forget = 'published = published[cardinality(published):], written = pg_current_xact_id()';
    await project.query(`UPDATE pamoja.state SET ${forget}`);
    expect((await project.run(SHOP)).way).toBe('nothing changed');
    // So many transactions later, that the last that published is told from others no longer.
    const [postgres, resolved] = [await project.database.connect(), project.project(SHOP)];
    const standing = (await standingRun(postgres, resolved)) as StandingRun;
    const [published] = JSON.parse(`[${standing.published?.slice(1, -1)}]`);
    const later = (BigInt(published) + 2n ** 31n).toString();
    const untouched = await checkUntouched(postgres, resolved, { ...standing, asOf: later, horizon: later });
    expect(untouched?.map(({ name }) => name)).toContain('customers: untouched');
    await project.query(`UPDATE customers SET city = 'Meanwhile' WHERE customer_id = 1`);
    await project.settled();
    expect((await project.run(SHOP)).way).toBe('compared');
    expect(await cities()).toEqual([null, null, null]);
  });

  test('into a column made anew is put right by the next run', async () => {
    const config = shop();
    config.sources.crm.entities.customers.fields.city = { constant: 'Nairobi' };
    await project.run(config);
    await project.query('ALTER TABLE customers DROP COLUMN city CASCADE');
    await project.query('ALTER TABLE customers ADD COLUMN city text');
    expect((await project.run(config)).way).toBe('compared');
    expect(await cities()).toEqual(['Nairobi', 'Nairobi', 'Nairobi']);
  });

  test('who empties a table of records finds it filled again', async () => {
    await project.ranShop();
    await project.query('TRUNCATE pamoja.customer_records');
    expect((await project.run(SHOP)).way).toBe('compared');
    expect(await project.query('SELECT count(*)::int AS records FROM pamoja.customer_records')).toEqual([
      { records: 3 },
    ]);
  });

  test('in the copy of a database that was restored in one transaction is not taken for ours', async () => {
    await project.ranShop();
    await project.query(`UPDATE customers SET city = 'Edited'`);
    const restorer = await Postgres.connect(project.database.url);
    await restorer.query(raw('BEGIN'));
    await restorer.query(raw('UPDATE customers SET city = city'));
    await restorer.query(raw('UPDATE pamoja.state SET last_run = last_run'));
    await restorer.query(raw('COMMIT'));
    await restorer.close();
    expect((await project.run(SHOP)).way).toBe('compared');
    expect(await cities()).toEqual([null, null, null]);
  });
});

describe('a run that another one passes', () => {
  /** Lets another folder publish its files to the same database. */
  async function passedBy(config: ProjectConfig, files: Record<string, string>): Promise<void> {
    const other = await openTestProject();
    try {
      other.write({ ...SHOP_FILES, ...files });
      await runProject(other.project(config), { env: { DATABASE_URL: project.database.url } });
    } finally {
      await other.close();
    }
  }

  test('after it has set aside what is as before looks at everything', async () => {
    await project.ranShop();
    const other = await openTestProject();
    onTestFinished(() => other.close());
    other.write({
      ...SHOP_FILES,
      'customers.csv': CUSTOMERS.replace('Otieno Ouma', 'Otieno Other'),
      'pamoja.config.json': JSON.stringify(SHOP),
    });
    project.write(changed(6));
    let passed = false;
    const step = (text: string) => {
      if (passed || !text.startsWith('Cleaning')) return;
      passed = true;
      execFileSync(process.execPath, ['bin/pamoja.mjs', 'run', '--config', other.root], {
        env: { ...process.env, DATABASE_URL: project.database.url },
        stdio: 'pipe',
      });
    };
    const { way } = await project.run(SHOP, { log: { ...silent, step } });
    expect([passed, way]).toEqual([true, 'compared']);
    expect(await project.query('SELECT last_name FROM customers ORDER BY customer_id')).toEqual([
      { last_name: 'Kamau' },
      { last_name: 'Ouma' },
      { last_name: 'Hassan' },
    ]);
  });

  test('before it publishes forgets what it had set aside', async () => {
    const config = shop();
    config.sources.orders.entities.orders.fields.customer_id = { from: 'email', by: 'email' };
    const people = (second: string) => `id,name,email,phone
C1,Wanjiru Kamau,wanjiru@example.com,0712345678
${second}
C3,Amina Hassan,amina@example.com,
`;
    const apart = people('C2,Otieno Ouma,otieno@example.com,0722111222');
    const orders = (day: string) => `no,email,date,total
O1,wanjiru@example.com,2026-01-05,420.00
O2,otieno@example.com,2026-01-${day},2710.00
`;
    project.write({ 'customers.csv': apart, 'orders.csv': orders('06') });
    await project.run(config);
    project.write({ 'orders.csv': orders('07') });
    let passed = false;
    const { rejects } = await project.run(config, {
      reached: async (point) => {
        if (point !== 'before publish' || passed) return;
        passed = true;
        const one = people('C2,Wanjiru Kamau,otieno@example.com,0712345678');
        await passedBy(config, { 'customers.csv': one, 'orders.csv': orders('06') });
      },
    });
    expect(passed).toBe(true);
    expect(rejects).toBe(0);
    expect(
      await project.query(`SELECT source_key, order_date::text, first_name FROM orders JOIN customers USING (customer_id)
        ORDER BY 1`),
    ).toEqual([
      { source_key: 'O1', order_date: '2026-01-05', first_name: 'Wanjiru' },
      { source_key: 'O2', order_date: '2026-01-07', first_name: 'Otieno' },
    ]);
  });
});

describe('SQL in the configuration', () => {
  const onlyCustomersWhere = (where: string): ProjectConfig => {
    const config = shop();
    for (const other of ['orders', 'lines']) delete config.sources[other];
    config.sources.crm.entities.customers.where = where;
    return config;
  };

  test.each([`epoch(now()) > 0`, `"id" IN (SELECT id FROM read_csv('vip.csv'))`, `random() >= 0`])(
    'that comes to something else another day is asked in every run: %s',
    async (where) => {
      project.write({ 'vip.csv': 'id\nC1\nC2\nC3\n' });
      const tried = onlyCustomersWhere(where.replace('vip.csv', `${project.root}/vip.csv`));
      await project.run(tried);
      expect((await project.run(tried)).way).toBe('compared');
    },
  );

  test.each([`"id" IN (FROM (VALUES ('C1'), ('C2'), ('C3')) v(x))`, `"id" = ANY (VALUES ('C1'), ('C3'))`])(
    'that looks at more than its row lets nothing be set aside: %s',
    async (where) => {
      const config = onlyCustomersWhere(where);
      await project.run(config);
      project.write(changed(6));
      expect((await project.run(config)).way).toBe('compared');
    },
  );

  test('of an equation over more than its row lets nothing be set aside', async () => {
    const seen = { name: 'seen', field: 'seen', equals: 'count(*) over ()', needs: ['seen', 'first_name'] };
    const config = shop();
    config.entities = {
      customers: {
        fields: { seen: { type: 'integer' } },
        equations: [{ ...seen, tolerance: 0.01, severity: 'warn' }],
      },
    };
    await project.run(config);
    project.write({ 'customers.csv': `${CUSTOMERS}C4,Peter Kimani,peter@example.com,\n` });
    await project.run(config);
    expect(await project.query('SELECT DISTINCT seen::int AS seen FROM customers')).toEqual([{ seen: 4 }]);
  });

  test('that leaves out lines does not leave their money in the currency of before', async () => {
    const config = shop();
    config.sources.orders.entities.orders.fields.currency = 'cur';
    config.sources.lines.entities.order_items.where = `"status" <> 'OFF'`;
    const orders = (currency: string) => `no,customer,date,total,cur
O1,C1,2026-01-05,420.00,KES
O2,C2,2026-01-05,10.00,${currency}
`;
    project.write({
      'orders.csv': orders('KES'),
      'lines.csv': 'no,sku,qty,price,status\nO1,P1,2,210.00,ON\nO2,P1,1,10.00,ON\nO2,P1,1,7.00,OFF\n',
    });
    await project.run(config);
    project.write({ 'orders.csv': orders('USD') });
    await project.run(config);
    expect(
      await project.query(`SELECT currency, filtered::float FROM pamoja.amounts
        WHERE run_id = (SELECT last_run FROM pamoja.state) AND entity = 'order_items' ORDER BY 1`),
    ).toEqual([
      { currency: 'KES', filtered: 0 },
      { currency: 'USD', filtered: 7 },
    ]);
  });
});

test('a transaction of others that goes on elsewhere on the server hides none of our own', async () => {
  await project.ranShop();
  const somebody = await Postgres.connect(project.database.url);
  await somebody.query(raw('BEGIN'));
  await somebody.query(raw('CREATE TABLE theirs (x int)'));
  for (const last of [6, 7, 8]) {
    project.write(changed(last));
    expect((await project.run(SHOP)).way).toBe('only changes');
  }
  await somebody.query(raw('COMMIT'));
  await somebody.close();
  expect((await project.run(SHOP)).way).toBe('nothing changed');
});
