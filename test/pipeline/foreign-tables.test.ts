import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProjectConfig } from '../../src/model/config.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

/* Tables that somebody else made or changed: what is theirs stays, and what they would spoil is told before it is. */

let project: TestProject;
beforeEach(async () => {
  project = await openTestProject();
  project.write(SHOP_FILES);
});
afterEach(() => project.close());

const refusal = (config: ProjectConfig, options = {}) =>
  project.run(config, options).then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, next: error.next }),
  );
const changed = (n: number) => ({
  'customers.csv': SHOP_FILES['customers.csv'].replace('Otieno Ouma', `Otieno Ouma${n}`),
});

describe('a table to be adopted', () => {
  test('whose ids leave no room for ours is refused', async () => {
    await project.query(`CREATE TABLE customers (customer_id bigint PRIMARY KEY, first_name text)`);
    await project.query(`INSERT INTO customers VALUES (1234567890123456789, 'Theirs')`);
    expect(await refusal(SHOP, { adopt: true })).toMatchObject({
      code: 'PAM-DB-004',
      message: expect.stringContaining('The ids of public.customers go up to 12345678901234'),
    });
    expect(await project.query('SELECT first_name FROM customers')).toEqual([{ first_name: 'Theirs' }]);
  });

  test('is refused where it holds documents of sources that are called like ours', async () => {
    await project.query(
      `CREATE TABLE orders (order_id bigint PRIMARY KEY, total_amount numeric, source_system text, source_key text)`,
    );
    await project.query(`INSERT INTO orders VALUES (10, 99, 'orders', 'O1'), (11, 98, 'elsewhere', 'O2')`);
    expect(await refusal(SHOP, { adopt: true })).toMatchObject({
      code: 'PAM-DB-004',
      message: 'The table public.orders holds 1 row of sources that are called like yours.',
    });
    expect(await project.query('SELECT total_amount::int AS total FROM orders ORDER BY 1')).toEqual([
      { total: 98 },
      { total: 99 },
    ]);
  });

  test('is refused where it would round what is written, and taken where it would not', async () => {
    await project.query(`CREATE TABLE products (product_id bigint PRIMARY KEY, price numeric(10,1))`);
    project.write({ 'products.csv': SHOP_FILES['products.csv'].replace('210.00', '210.25') });
    expect(await refusal(SHOP, { adopt: true })).toEqual({
      code: 'PAM-DB-005',
      message: 'The column public.products.price is numeric(10,1), and would change 1 of our values.',
      next: 'Nothing was published. Let it hold them: ALTER TABLE "public"."products" ALTER COLUMN "price" TYPE numeric(18,4); (without the view sales, which the next run makes anew)',
    });
    project.write(SHOP_FILES);
    expect((await project.run(SHOP, { adopt: true })).outcome).toBe('published');
  });

  test.each([
    ['customer_id uuid', 'The key public.customers.customer_id is uuid, and ours are numbers.'],
    ['updated_at timestamp', 'In public.customers.updated_at is a value that cannot be read as one of ours.'],
    ['updated_at text', 'In public.customers is a value that cannot be read as one of ours.'],
  ])('is refused where it cannot be read: %s', async (column, message) => {
    const key = column.startsWith('customer_id') ? '' : 'customer_id bigint DEFAULT 1, ';
    await project.query(`CREATE TABLE public.customers (${key}${column})`);
    const value = { uuid: 'gen_random_uuid()', timestamp: `timestamp '0044-03-15 BC'`, text: `'secret'` };
    const [name = '', type = ''] = column.split(' ');
    await project.query(`INSERT INTO public.customers (${name}) VALUES (${value[type as 'uuid']})`);
    expect((await refusal(SHOP, { adopt: true }))?.message).toBe(message);
  });

  test('is refused where its amounts are no exact numbers', async () => {
    await project.query(`CREATE TABLE orders (order_id bigint PRIMARY KEY, total_amount real)`);
    project.write({
      'orders.csv': 'no,customer,date,total\nO1,C1,2026-01-05,16777217\nO2,C2,2026-01-06,2710\n',
    });
    const { lines: _, ...sources } = SHOP.sources;
    expect((await refusal({ ...SHOP, sources }, { adopt: true }))?.message).toBe(
      'The column public.orders.total_amount is real, and would change 1 of our values.',
    );
  });
});

describe('a column to be adopted', () => {
  const shop = JSON.parse(JSON.stringify(SHOP));
  shop.sources.crm.entities.customers.fields.postal_code = 'zip';
  const files = { 'customers.csv': 'id,name,email,zip,phone\nC1,Wanjiru Kamau,,00100,0712 345 678\n' };

  test.each([
    ['customers', 'postal_code integer', 'would change 1 of our values'],
    ['customers', 'phone bigint', 'would change 1 of our values'],
    ['customers', 'postal_code varchar(4)', 'cannot hold all of our values'],
    ['products', 'price whole', 'would change 1 of our values'],
  ])('of %s is refused where it would lose what is written: %s', async (table, column, does) => {
    await project.query('CREATE DOMAIN public.whole AS numeric(10)');
    await project.query(
      `CREATE TABLE public.${table} (${table.slice(0, -1)}_id bigint PRIMARY KEY, ${column})`,
    );
    const products = SHOP_FILES['products.csv'].replace('210.00', '210.25');
    const { crm, catalogue } = shop.sources;
    project.write({ ...files, 'products.csv': products });
    const message = (await refusal({ ...shop, sources: { crm, catalogue } }, { adopt: true }))?.message;
    expect(message).toMatch(new RegExp(`^The column public\\.${table}\\.\\w+ is .*, and ${does}\\.$`));
    expect(await project.query(`SELECT * FROM public.${table}`)).toEqual([]);
  });

  test('may be of another type that holds all of it', async () => {
    await project.query('CREATE EXTENSION citext');
    await project.query(`CREATE TABLE public.customers (customer_id serial PRIMARY KEY, first_name varchar(40),
      last_name char(40), email citext, postal_code name, created_at timestamptz)`);
    await project.query(`CREATE TABLE public.products (product_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      price numeric(20,6))`);
    await project.query(`CREATE TABLE public.orders (order_id int PRIMARY KEY, customer_id int,
      order_date timestamptz, total_amount double precision)`);
    expect((await project.run(SHOP, { adopt: true })).outcome).toBe('published');
    expect((await project.run(SHOP, { full: true })).outcome).toBe('unchanged');
    // Whoever numbers their rows by a sequence goes on above ours.
    expect(
      await project.query(
        `INSERT INTO public.customers (first_name) VALUES ('Theirs') RETURNING customer_id`,
      ),
    ).toEqual([{ customer_id: 4 }]);
    expect(await project.query('INSERT INTO public.products DEFAULT VALUES RETURNING product_id')).toEqual([
      { product_id: 3 },
    ]);
  });
});

describe('a table of ours', () => {
  test('that somebody made anew under its name is theirs', async () => {
    await project.ranShop();
    await project.query('DROP TABLE public.customers CASCADE');
    await project.query(
      'CREATE TABLE public.customers (customer_id bigint PRIMARY KEY, first_name text, secret text)',
    );
    await project.query(`INSERT INTO public.customers SELECT n, 'Theirs', 's' FROM generate_series(1, 5) n`);
    expect(await refusal(SHOP)).toMatchObject({ code: 'PAM-DB-004' });
    expect(await refusal(SHOP, { dryRun: true })).toMatchObject({ code: 'PAM-DB-004' });
    expect(await project.query('SELECT DISTINCT first_name FROM public.customers')).toEqual([
      { first_name: 'Theirs' },
    ]);
  });

  test('that lost a column, or its comments, stays ours', async () => {
    await project.ranShop();
    await project.query('ALTER TABLE customers DROP COLUMN gender');
    await project.query(`COMMENT ON TABLE customers IS 'Our people'`);
    expect((await project.run(SHOP)).way).toBe('compared');
  });

  test.each([
    'ADD COLUMN vip boolean NOT NULL DEFAULT false',
    `ADD COLUMN note text NOT NULL DEFAULT ''`,
    'ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY',
  ])('may get a column of the user: %s', async (change) => {
    await project.ranShop();
    await project.query(`ALTER TABLE customers ${change}`);
    project.write(changed(2));
    await project.run(SHOP);
    expect(await project.query(`SELECT count(*)::int AS n FROM customers WHERE last_name = 'Ouma2'`)).toEqual(
      [{ n: 1 }],
    );
  });
});

describe('the view sales', () => {
  test('is made again where it was dropped', async () => {
    await project.ranShop();
    await project.query('DROP VIEW sales');
    project.write(changed(2));
    await project.run(SHOP);
    expect(await project.query('SELECT sum(amount)::int AS revenue FROM sales')).toEqual([{ revenue: 3130 }]);
  });

  test('stays as the user changed it', async () => {
    await project.ranShop();
    await project.query('CREATE TABLE public.old_sales AS SELECT * FROM sales');
    await project.query(
      `CREATE OR REPLACE VIEW public.sales AS SELECT o.*, 1 AS own FROM public.old_sales o`,
    );
    await project.query('CREATE ROLE sales_reader');
    await project.query('GRANT SELECT ON sales TO sales_reader');
    project.write(changed(2));
    const stores = { description: 'Shops', fields: { name: { type: 'text', description: 'Its name' } } };
    await project.run({ ...SHOP, entities: { stores } } as unknown as ProjectConfig);
    expect(await project.query('SELECT DISTINCT own FROM sales')).toEqual([{ own: 1 }]);
    expect(
      await project.query(`SELECT has_table_privilege('sales_reader', 'sales', 'SELECT') AS may`),
    ).toEqual([{ may: true }]);
    await project.query('DROP OWNED BY sales_reader');
    await project.query('DROP ROLE sales_reader');
  });
});

test('a table that was made anew and adopted takes a new field', async () => {
  await project.ranShop();
  await project.query('DROP TABLE public.orders CASCADE');
  await project.query('CREATE TABLE public.orders (order_id bigint PRIMARY KEY)');
  await project.run(SHOP, { adopt: true });
  const entities = { orders: { fields: { till: { type: 'text', description: '' } } } };
  expect((await project.run({ ...SHOP, entities } as unknown as ProjectConfig)).outcome).toBe('unchanged');
  expect(await project.query('SELECT till FROM public.orders')).toHaveLength(2);
});

test('a table of a declared entity without any description takes a new field', async () => {
  const stores = (fields: object) =>
    ({
      ...SHOP,
      entities: { stores: { description: 'x', kind: 'master', fields } },
    }) as unknown as ProjectConfig;
  await project.run(stores({ name: { type: 'text', description: '' } }));
  await project.query('COMMENT ON TABLE stores IS NULL');
  const more = { name: { type: 'text', description: '' }, county: { type: 'text', description: '' } };
  await project.run(stores(more));
  expect(await project.query('SELECT name, county FROM stores')).toEqual([]);
});

test('one connection is enough', async () => {
  await project.ranShop();
  const url = new URL(project.database.url);
  const role = `lonely_${url.pathname.slice(1)}`;
  // Where the roles of a public API are on the server, the books are closed to whom they do not belong.
  await project.query(`CREATE ROLE "${role}" LOGIN BYPASSRLS PASSWORD 'x' CONNECTION LIMIT 1`);
  await project.query(`GRANT ALL ON ALL TABLES IN SCHEMA public, pamoja TO "${role}"`);
  await project.query(`GRANT ALL ON SCHEMA public, pamoja TO "${role}"`);
  Object.assign(url, { username: role, password: 'x' });
  expect((await project.run(SHOP, { env: { DATABASE_URL: url.href } })).outcome).toBe('unchanged');
  await project.query(`DROP OWNED BY "${role}"`);
  await project.query(`DROP ROLE "${role}"`);
});

test('a run of another project leaves no word in the books of the first', async () => {
  await project.ranShop();
  expect(await refusal({ ...SHOP, name: 'other' })).toMatchObject({ code: 'PAM-DB-004' });
  expect(await project.query('SELECT project, outcome FROM pamoja.runs')).toEqual([
    { project: 'shop', outcome: 'published' },
  ]);
});

test('limits of the database do not reach into what a run asks', async () => {
  await project.ranShop();
  const [row] = await project.query<{ name: string }>('SELECT current_database() AS name');
  await project.query(
    `INSERT INTO customers (customer_id, first_name) SELECT n, 'x' FROM generate_series(100, 300000) n`,
  );
  await project.settled();
  await project.run(SHOP);
  await project.query(`ALTER DATABASE "${row?.name}" SET statement_timeout = '20ms'`);
  expect((await project.run(SHOP)).way).toBe('nothing changed');
});

test('bookkeeping that was restored without its rows is told, and nothing is made beside it', async () => {
  await project.ranShop();
  await project.query('TRUNCATE pamoja.migrations');
  await expect(project.run(SHOP)).rejects.toMatchObject({
    code: 'PAM-DB-004',
    next: expect.stringContaining('Restore pamoja with its rows'),
  });
});
