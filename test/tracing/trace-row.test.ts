import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PamojaError } from '../../src/kernel/errors.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { checkProject } from '../../src/pipeline/check-project.js';
import { type TraceOptions, type TraceQuery, traceRow } from '../../src/pipeline/trace-row.js';
import type { Trace, TracedField, TracedRow } from '../../src/tracing/trace.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let project: TestProject;
beforeEach(async () => {
  project = await openTestProject();
  project.write(SHOP_FILES);
});
afterEach(() => project.close());

function trace(query: TraceQuery, options: TraceOptions = {}, config: ProjectConfig = SHOP): Promise<Trace> {
  return traceRow(project.project(config), query, {
    values: true,
    env: { DATABASE_URL: project.database.url },
    ...options,
  });
}

async function traceOf(
  query: TraceQuery,
  options?: TraceOptions,
  config?: ProjectConfig,
): Promise<TracedRow> {
  const found = await trace(query, options, config);
  if (found.outcome !== 'row') throw new Error(`it is ${found.outcome}`);
  return found;
}

function field(row: TracedRow, name: string): TracedField {
  const found = row.fields.find((each) => each.field === name);
  if (found === undefined) throw new Error(`there is no field ${name}`);
  return found;
}

const failure = (tried: Promise<unknown>): Promise<PamojaError> =>
  tried.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error as PamojaError,
  );

/** The shop with more of a kind: sources or fields that a test adds. */
function shopWith(sources: ProjectConfig['sources']): ProjectConfig {
  return { ...SHOP, sources: { ...SHOP.sources, ...sources } };
}

const OLD_CRM: ProjectConfig['sources'] = {
  old: {
    type: 'csv',
    path: 'old.csv',
    entities: {
      customers: {
        key: 'id',
        fields: {
          first_name: 'first',
          last_name: 'last',
          email: 'mail',
          city: { from: 'town', default: 'Nairobi' },
        },
      },
    },
  },
};

describe('a field', () => {
  test('is told with its column, what the record says there, and the mapping', async () => {
    await project.ranShop();
    const row = await traceOf({ entity: 'customer', id: 1 });
    expect(field(row, 'first_name')).toMatchObject({
      value: 'Wanjiru',
      origin: 'record',
      from: [{ column: 'name', value: 'Wanjiru Kamau' }],
      mapping: ['given names'],
    });
    expect(field(row, 'phone')).toMatchObject({
      value: '+254712345678',
      from: [{ column: 'phone', value: '0712 345 678' }],
    });
    expect(row.records).toMatchObject([
      {
        source: 'crm',
        key: 'C1',
        state: 'as published',
        place: { file: 'customers.csv', line: 2, ordinal: 1 },
      },
    ]);
  });

  test('that no record gives is empty, and one that follows from others is computed', async () => {
    await project.ranShop();
    const row = await traceOf({ entity: 'order_items', id: 1 });
    expect(field(row, 'subtotal')).toMatchObject({ origin: 'computed', value: '420.0000' });
    expect(field(row, 'subtotal').why).toBe('quantity × unit_price − discount_amount');
    expect(field(row, 'tax_amount')).toMatchObject({ origin: 'nothing', value: null });
    expect(field(row, 'source_system')).toMatchObject({
      origin: 'filled',
      value: 'lines',
    });
  });

  test('of which the configuration says the value is told apart from one that the record gives', async () => {
    project.write({
      'old.csv': 'id,first,last,mail,town\n1,Ann,Njeri,ann@example.com,\n2,Ben,Oloo,ben@example.com,Voi\n',
    });
    const config = shopWith(OLD_CRM);
    await project.run(config);
    const ids = await project.query<{ key: string; id: number }>(
      `SELECT key, id FROM pamoja.links WHERE source = 'old' ORDER BY key`,
    );
    const [ann, ben] = ids.map(({ id }) => id);
    expect(field(await traceOf({ entity: 'customer', id: ann ?? 0 }, {}, config), 'city')).toMatchObject({
      value: 'Nairobi',
      origin: 'default',
    });
    expect(field(await traceOf({ entity: 'customer', id: ben ?? 0 }, {}, config), 'city')).toMatchObject({
      value: 'Voi',
      origin: 'record',
    });
  });

  test('that a rule blanked says so, and shows what the record said', async () => {
    project.write({
      'customers.csv':
        'id,name,email,phone\nC1,Wanjiru Kamau,w@example.com,12\nC2,Otieno Ouma,o@example.com,0722 111 222\n',
    });
    await project.run(SHOP);
    const phone = field(await traceOf({ entity: 'customer', id: 1 }), 'phone');
    expect(phone).toMatchObject({ value: null, from: [{ column: 'phone', value: '12' }] });
    expect(phone.found[0]?.severity).toBe('blank');
  });

  test('that somebody changed in the database says so', async () => {
    await project.ranShop();
    await project.query(`UPDATE customers SET email = 'mine@example.com' WHERE customer_id = 1`);
    const email = field(await traceOf({ entity: 'customer', id: 1 }), 'email');
    expect(email).toMatchObject({ value: 'mine@example.com', origin: 'foreign' });
    expect(email.why).toMatch(/^somebody changed it/);
  });

  test('of a customer that no file gives any more, and that an order keeps, is told as kept', async () => {
    const config = shopWith({ crm: { ...SHOP.sources.crm, vanished: 'delete' } as never });
    await project.run(config);
    const [head = '', first = '', ...rest] = SHOP_FILES['customers.csv'].split('\n');
    project.write({ 'customers.csv': [head, ...rest].join('\n') });
    await project.run({ ...config, maxVanished: 1 });
    expect(first).not.toBe('');
    const row = await traceOf({ entity: 'customer', id: 1 }, {}, config);
    expect(row.records).toEqual([]);
    expect(field(row, 'first_name')).toMatchObject({
      origin: 'filled',
      why: 'kept from a record that is no longer in force',
    });
  });

  test('of a person is hidden unless it is asked for, with all that it is made of', async () => {
    project.write({
      'old.csv': 'id,first,last,mail,town\nann@example.com,Wanjiru,Kamau,wanjiru@example.com,\n',
    });
    const config = shopWith(OLD_CRM);
    await project.run(config);
    const row = await traceOf({ entity: 'customer', id: 1 }, { values: false }, config);
    const text = JSON.stringify(row);
    for (const secret of ['Wanjiru', 'Kamau', '@example.com', '712', '345 678'])
      expect(text).not.toContain(secret);
    expect(field(row, 'email')).toMatchObject({ value: null, hidden: true });
    expect(field(row, 'city')).toMatchObject({ value: 'Nairobi', hidden: false });
    expect(row.sameBecause).toMatchObject([{ field: 'email', value: null, hidden: true }]);
  });
});

describe('records of one customer', () => {
  beforeEach(() => {
    project.write({
      'old.csv':
        'id,first,last,mail,town\n7,WANJIRU,KAMAU,Wanjiru@Example.com,Thika\n7,Wanjiru,Kamau,wanjiru@example.com,Ruiru\n',
    });
  });

  test('are named with the reason why each value was taken, and what was not', async () => {
    const config = shopWith(OLD_CRM);
    await project.run(config);
    const row = await traceOf({ entity: 'customer', id: 1 }, {}, config);
    expect(row.records.map(({ source, key, variant }) => [source, key, variant])).toEqual([
      ['crm', 'C1', 0],
      ['old', '7', expect.any(Number)],
      ['old', '7', expect.any(Number)],
    ]);
    expect(row.records.map((record) => record.place?.line)).toEqual(expect.arrayContaining([2, 2, 3]));
    const name = field(row, 'first_name');
    expect(name).toMatchObject({ value: 'Wanjiru', record: 1, why: 'crm is believed first' });
    expect(name.lost.map((each) => each.value)).toEqual(['WANJIRU']);
    expect(field(row, 'email').why).toBe('all say so');
    expect(field(row, 'phone').why).toBe('no other record gives one');
    const city = field(row, 'city');
    expect(city.why).toBe('first by source and key');
    expect(city.value).toBe(
      (await project.query<{ city: string }>('SELECT city FROM customers WHERE customer_id = 1'))[0]?.city,
    );
    expect(row.sameBecause).toEqual([
      { field: 'email', value: 'wanjiru@example.com', hidden: false, records: [1, 2, 3] },
      { field: null, value: null, hidden: false, records: [2, 3] },
    ]);
  });

  test('that changed last go before those that say the same more often', async () => {
    project.write({
      'a.csv':
        'id,mail,town,at\n1,x@example.com,Old,2026-01-01\n2,x@example.com,Old,2026-01-02\n3,x@example.com,New,2026-03-01\n',
    });
    const config: ProjectConfig = {
      name: 'recent',
      sources: {
        a: {
          type: 'csv',
          path: 'a.csv',
          entities: { customers: { key: 'id', fields: { email: 'mail', city: 'town', updated_at: 'at' } } },
        },
      },
    };
    await project.run(config);
    const row = await traceOf({ entity: 'customer', id: 1 }, {}, config);
    expect(field(row, 'city')).toMatchObject({ value: 'New', why: 'changed last' });
    expect(row.records[0]).toMatchObject({ key: '3', updatedAt: '2026-02-28 21:00:00' });
  });

  test('that give prices in different currencies are not mixed: a price and its currency are of one record', async () => {
    const list = (name: string, currency?: string): ProjectConfig['sources'][string] => ({
      type: 'csv',
      path: `${name}.csv`,
      ...(currency && { currency }),
      entities: {
        products: {
          key: 'sku',
          fields: { product_name: 'name', sku: 'sku', price: 'price', cost: 'cost', currency: 'in' },
        },
      },
    });
    project.write({
      'home.csv': 'sku,name,price,cost,in\nA,Tea,,,\nB,Milk,3,,\nC,Salt,,,KES\n',
      'abroad.csv': 'sku,name,price,cost,in\nA,Tea,5,4,USD\nB,Milk,1,2,USD\nC,Salt,,,\n',
      'untold.csv': 'sku,name,price,cost,in\nA,Tea,9,9,\nB,Milk,9,9,\nC,Salt,7,,\n',
    });
    const config: ProjectConfig = {
      entities: { products: { fields: { cost: { type: 'money' } } } },
      sources: { home: list('home', 'KES'), abroad: list('abroad', 'USD'), untold: list('untold') },
    };
    await project.run(config);
    expect(await project.query(`SELECT sku, price, cost, currency FROM products ORDER BY sku`)).toEqual([
      { sku: 'A', price: '5.0000', cost: '4.0000', currency: 'USD' },
      { sku: 'B', price: '3.0000', cost: null, currency: 'KES' },
      { sku: 'C', price: '7.0000', cost: null, currency: null },
    ]);
    const tea = await traceOf({ entity: 'product', id: 1 }, {}, config);
    expect(field(tea, 'price')).toMatchObject({ record: 2, why: 'abroad is believed first' });
    expect(field(tea, 'currency')).toMatchObject({ record: 2, why: 'of the first that gives an amount' });
    const { checks } = await checkProject(project.project(config), {
      env: { DATABASE_URL: project.database.url },
    });
    expect(checks.filter((check) => !check.passed)).toEqual([]);
    await project.query(`UPDATE products SET currency = 'KES' WHERE sku = 'A'`);
    const after = await checkProject(project.project(config), {
      env: { DATABASE_URL: project.database.url },
    });
    expect(after.checks).toContainEqual(
      expect.objectContaining({ name: 'products: the right source wins', passed: false }),
    );
  });
});

describe('a row', () => {
  test('names what it refers to and what refers to it', async () => {
    await project.ranShop();
    const order = await traceOf({ entity: 'Orders', id: 2 });
    expect(field(order, 'customer_id').leadsTo).toEqual({ entity: 'customers', id: 2, placeholder: false });
    expect(order.below).toEqual([
      { entity: 'order_items', field: 'order_id', ids: [2, 3], count: 2, more: false },
    ]);
  });

  test('that stands for who was not named says so, and so does what refers to it', async () => {
    project.write({
      'orders.csv': 'no,customer,date,total\nO1,,2026-01-05,420.00\nO2,C2,2026-01-06,2710.00\n',
    });
    await project.run(SHOP);
    const order = await traceOf({ entity: 'order', key: 'O1', source: 'orders' });
    const customer = field(order, 'customer_id');
    expect(customer).toMatchObject({
      origin: 'placeholder',
      why: 'the record names none',
      leadsTo: { placeholder: true },
    });
    const walkIn = await traceOf({ entity: 'customer', id: Number(customer.value) }, { values: false });
    expect(walkIn).toMatchObject({ placeholder: 'orders', ours: true, records: [] });
    expect(field(walkIn, 'first_name')).toMatchObject({ value: 'Walk-in', origin: 'placeholder' });
  });

  test('that was there before is told apart', async () => {
    await project.query(`CREATE TABLE customers (customer_id bigint PRIMARY KEY, first_name text)`);
    await project.query(`INSERT INTO customers VALUES (5, 'Mine')`);
    await project.run(SHOP, { adopt: true });
    const row = await traceOf({ entity: 'customer', id: 5 });
    expect(row).toMatchObject({ ours: false, records: [] });
    expect(field(row, 'first_name')).toMatchObject({ value: 'Mine', origin: 'foreign' });
  });

  test('of a line without a key of its own is found among those of its order', async () => {
    project.write({
      'lines.csv': 'no,sku,qty,price\nO1,P1,1,210.00\nO1,P1,1,210.00\nO2,P1,1,210.00\nO2,P2,1,"2,500.00"\n',
    });
    await project.run(SHOP);
    const lines = await Promise.all([1, 2].map((id) => traceOf({ entity: 'order item', id })));
    expect(lines.map((row) => row.records[0]?.place?.line)).toEqual([2, 3]);
  });

  test('that was deleted is told, with the run that did it', async () => {
    const config = shopWith({ orders: { ...SHOP.sources.orders, vanished: 'delete' } as never });
    await project.run({ ...config, maxVanished: 1 });
    project.write({
      'orders.csv': SHOP_FILES['orders.csv'].replace(/O1.*\n/, ''),
      'lines.csv': SHOP_FILES['lines.csv'].replace(/O1.*\n/, ''),
    });
    const { runId } = await project.run({ ...config, maxVanished: 1 });
    expect(await trace({ entity: 'order', id: 1 }, {}, config)).toMatchObject({
      outcome: 'deleted',
      byPamoja: true,
      records: [{ source: 'orders', key: 'O1', runId }],
    });
    expect(await trace({ entity: 'order', key: 'O1' }, {}, config)).toMatchObject({
      outcome: 'deleted',
      id: 1,
    });
  });

  test('that there never was is an error that names the nearest', async () => {
    await project.ranShop();
    const error = await failure(trace({ entity: 'order', id: 1042 }));
    expect(error.toString()).toMatch(
      /PAM-CLI-001 .*There is no order 1042, and there never was\. The nearest are: 2\./,
    );
    expect((await failure(trace({ entity: 'oder', id: 1 }))).next).toBe('Did you mean "order"?');
    expect((await failure(trace({ entity: 'order', key: 'O1', source: 'order' }))).next).toBe(
      'Did you mean "orders"?',
    );
    expect((await failure(trace({ entity: 'order', key: 'O77' }))).code).toBe('PAM-CLI-001');
  });

  test('is no row before the first run', async () => {
    expect((await failure(trace({ entity: 'order', id: 1 }))).code).toBe('PAM-DB-008');
  });
});

describe('a source', () => {
  beforeEach(async () => {
    await project.ranShop();
  });

  test('whose file changed since is told, with what the record says now', async () => {
    project.write({ 'orders.csv': SHOP_FILES['orders.csv'].replace('2026-01-05', '2026-01-07') });
    const row = await traceOf({ entity: 'order', id: 1 });
    expect(row.records[0]).toMatchObject({
      state: 'changed',
      notes: [expect.stringMatching(/^orders.csv changed since/)],
    });
    expect(field(row, 'order_date')).toMatchObject({
      value: '2026-01-05',
      from: [{ column: 'date', value: '2026-01-07' }],
    });
  });

  test('that now gives a version that was refused is not said to have given what stands', async () => {
    await project.ranShop();
    project.write({ 'orders.csv': 'no,customer,date,total\nO1,C2,soon,420.00\n' });
    await project.run(SHOP);
    const row = await traceOf({ entity: 'order', key: 'O1' });
    for (const name of ['customer_id', 'order_date'])
      expect(field(row, name)).toMatchObject({
        origin: 'filled',
        from: [],
        why: 'kept from before: the latest run refused its record',
      });
    expect(row.records[0]?.notes).toContainEqual(
      expect.stringMatching(/^refused by the latest run, orders.csv:2: type: /),
    );
  });

  test('that lost the record is told', async () => {
    project.write({ 'orders.csv': SHOP_FILES['orders.csv'].replace(/O1.*\n/, '') });
    expect((await traceOf({ entity: 'order', id: 1 })).records[0]).toMatchObject({
      state: 'gone',
      place: null,
    });
  });

  test('whose file is gone does no harm: what the database knows is told', async () => {
    rmSync(join(project.root, 'customers.csv'));
    const row = await traceOf({ entity: 'customer', id: 1 });
    expect(row.records[0]).toMatchObject({ state: 'not read', key: 'C1' });
    expect(row.records[0]?.notes).toEqual([
      'crm: no file matches customers.csv.',
      expect.stringMatching(/^customers.csv is gone; it was read on/),
    ]);
    expect(field(row, 'first_name')).toMatchObject({
      value: 'Wanjiru',
      from: [{ column: 'name', value: null }],
    });
  });

  test('that shall not be read is not', async () => {
    rmSync(join(project.root, 'customers.csv'));
    const row = await traceOf({ entity: 'customer', id: 1 }, { sources: false });
    expect(row.records[0]).toMatchObject({ state: 'not read', notes: [] });
  });

  test('that the configuration no longer has leaves what the database knows', async () => {
    const { catalogue } = SHOP.sources;
    const config = { ...SHOP, sources: { catalogue } } as ProjectConfig;
    const row = await traceOf({ entity: 'customer', id: 1 }, {}, config);
    expect(row.records[0]).toMatchObject({ source: 'crm', key: 'C1', state: 'not read' });
    expect(field(row, 'first_name')).toMatchObject({ value: 'Wanjiru', origin: 'record' });
  });
});

test.each([Number.NaN, 1.5, 1e30])('%d is no id', async (id) => {
  await expect(trace({ entity: 'orders', id })).rejects.toThrow(`id must be a whole number, not ${id}`);
});
