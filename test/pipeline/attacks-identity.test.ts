import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';

let project: TestProject;
beforeEach(async () => {
  project = await openTestProject();
});
afterEach(() => project.close());

const HEAD = 'id,first,last,email,city\n';

function crm(more: Partial<SourceConfig>): ProjectConfig {
  const fields = { first_name: 'first', last_name: 'last', email: 'email', city: 'city' };
  return {
    maxVanished: 1,
    sources: {
      crm: { type: 'csv', path: 'crm-*.csv', ...more, entities: { customers: { key: 'id', fields } } },
    },
  };
}

test('where all else is equal the same record wins, however the rows stand and whether they come again or not', async () => {
  const added = crm({ delivery: 'addition' });
  const rows = ['K2,Asha,Omari,asha@example.com,Nairobi\n', 'K1,Asha,Omari,asha@example.com,Mombasa\n'];
  project.write({ 'crm-1.csv': HEAD + rows.join('') });
  await project.run(added);
  project.write({ 'crm-1.csv': HEAD + rows.reverse().join('') });
  expect(changed(await project.run(added))).toEqual({ created: 0, updated: 0, deleted: 0 });
  rmSync(join(project.root, 'crm-1.csv'));
  project.write({ 'crm-2.csv': `${HEAD}K9,Juma,Said,juma@example.com,Kisumu\n` });
  expect(changed(await project.run(added))).toEqual({ created: 1, updated: 0, deleted: 0 });
});

test('a record that returns does not take the id of a row that lives', async () => {
  const mirrored = crm({ vanished: 'delete' });
  const first = 'K1,Asha,Omari,asha@example.com,Nairobi\n';
  const second = (mail: string) => `K2,Asha,Omari,${mail}@example.com,Nairobi\n`;
  const other = 'K3,Juma,Said,juma@example.com,Kisumu\n';
  const idOfFirst = async () =>
    (await project.query<{ id: number }>(`SELECT id FROM pamoja.links WHERE key = 'K1'`))[0]?.id;
  project.write({ 'crm-1.csv': HEAD + first + second('asha') + other });
  await project.run(mirrored);
  const id = await idOfFirst();
  project.write({ 'crm-1.csv': HEAD + first + other });
  await project.run(mirrored);
  project.write({ 'crm-1.csv': HEAD + second('omari') + first + other });
  await project.run(mirrored);
  expect(await idOfFirst()).toBe(id);
});

describe('of a customer that two systems know, one lets go', () => {
  const people = (path: string): SourceConfig => ({
    type: 'csv',
    path,
    vanished: 'delete',
    entities: {
      customers: {
        key: 'id',
        fields: { first_name: 'first', last_name: 'last', email: 'email', created_at: 'since' },
      },
    },
  });
  const TWO: ProjectConfig = {
    maxVanished: 1,
    currency: 'KES',
    sources: {
      crm: people('crm.csv'),
      web: people('web.csv'),
      till: {
        type: 'csv',
        path: 'orders.csv',
        entities: {
          orders: {
            key: 'no',
            fields: { customer_id: { from: 'who', source: 'crm' }, order_date: 'day', total_amount: 'total' },
          },
        },
      },
    },
  };
  const FIELDS = 'id,first,last,email,since\n';
  const [MARY, PETER] = ['C1,Mary,Kamau,mary@example.com,\n', 'C2,Peter,Otieno,peter@example.com,\n'];
  const JO = 'C3,Jo,Ali,jo@example.com,\n';
  const WEB = 'W1,Mary,Kamau,mary@example.com,\n';
  const orders = (...rows: string[]) => `no,who,day,total\n${rows.map((row) => `${row}\n`).join('')}`;
  const buyers = () =>
    project.query(
      `SELECT o.source_key AS no, c.first_name AS who FROM orders o JOIN customers c USING (customer_id) ORDER BY 1`,
    );

  test('its orders still lead to it', async () => {
    project.write({
      'crm.csv': FIELDS + MARY + PETER + JO,
      'web.csv': FIELDS + WEB,
      'orders.csv': orders('O1,C1,2026-01-05,10', 'O2,C2,2026-01-05,20'),
    });
    await project.run(TWO);
    project.write({
      'crm.csv': FIELDS + JO,
      'orders.csv': orders(
        'O1,C1,2026-01-06,10',
        'O2,C2,2026-01-06,20',
        'O3,C1,2026-01-06,30',
        'O4,C2,2026-01-06,40',
      ),
    });
    expect(await project.run(TWO)).toMatchObject({ rejects: 0 });
    const all = [
      { no: 'O1', who: 'Mary' },
      { no: 'O2', who: 'Peter' },
      { no: 'O3', who: 'Mary' },
      { no: 'O4', who: 'Peter' },
    ];
    expect(await buyers()).toEqual(all);
    expect(changed(await project.run(TWO, { full: true }))).toEqual({ created: 0, updated: 0, deleted: 0 });
    expect(await buyers()).toEqual(all);
  });

  test('it gets its id back, as its row stayed for its orders', async () => {
    const idOf = async (first: string) =>
      (
        await project.query<{ id: number }>(
          `SELECT customer_id AS id FROM customers WHERE first_name = '${first}'`,
        )
      ).map(({ id }) => id);
    project.write({
      'crm.csv': FIELDS + MARY + JO,
      'web.csv': FIELDS,
      'orders.csv': orders('O1,C1,2026-01-05,10'),
    });
    await project.run(TWO);
    const [id] = await idOf('Mary');
    project.write({ 'crm.csv': FIELDS + JO, 'web.csv': FIELDS + WEB });
    await project.run(TWO);
    project.write({ 'crm.csv': FIELDS + MARY + JO });
    await project.run(TWO);
    expect(await idOf('Mary')).toEqual([id]);
  });

  test('an earlier day on which it was first seen is taken, a time of publication stays', async () => {
    const since = async () =>
      (
        await project.query<{ day: string }>(
          `SELECT created_at::date::text AS day FROM customers ORDER BY first_name`,
        )
      ).map(({ day }) => day);
    const clock = (day: string) => ({ clock: () => new Date(`${day}T12:00:00Z`) });
    project.write({
      'crm.csv': FIELDS + MARY.replace(',\n', ',2026-01-02 12:00\n') + PETER,
      'web.csv': FIELDS + JO,
      'orders.csv': orders('O1,C1,2026-01-05,10'),
    });
    await project.run(TWO, clock('2026-03-01'));
    expect(await since()).toEqual(['2026-03-01', '2026-01-02', '2026-03-01']);
    project.write({ 'web.csv': FIELDS + JO + WEB.replace(',\n', ',2019-05-01 12:00\n') });
    expect(changed(await project.run(TWO, clock('2026-03-02')))).toEqual({
      created: 0,
      updated: 1,
      deleted: 0,
    });
    expect(await since()).toEqual(['2026-03-01', '2019-05-01', '2026-03-01']);
    expect(changed(await project.run(TWO, { full: true }))).toEqual({ created: 0, updated: 0, deleted: 0 });
  });
});

test.each(['source', 'key', 'lead', 'customer_id', 'ctid'])(
  'a field that would stand beside one of our own is refused: %s',
  (name) => {
    const entities = { customers: { fields: { [name]: { type: 'text' as const } } } };
    expect(() => project.project({ ...crm({}), entities })).toThrow(
      expect.objectContaining({ code: 'PAM-CFG-003', where: expect.stringContaining(name) }),
    );
  },
);

test('the value that an expression cannot convert stays out of the error', async () => {
  const config = crm({});
  const customers = config.sources.crm?.entities.customers;
  if (customers !== undefined) customers.where = 'CAST(first AS INTEGER) > 1';
  project.write({ 'crm-1.csv': `${HEAD}K1,Asha,Omari,asha@example.com,Nairobi\n` });
  await expect(project.run(config)).rejects.toMatchObject({
    code: 'PAM-CFG-005',
    where: 'sources.crm.entities.customers.where',
    message: expect.not.stringContaining('Asha'),
  });
  if (customers !== undefined) {
    customers.where = 'true -- all';
    customers.fields.first_name = { sql: 'upper(first)' };
    customers.fields.city = { sql: 'CAST(first AS INTEGER)::VARCHAR' };
  }
  await expect(project.run(config)).rejects.toMatchObject({
    code: 'PAM-CFG-005',
    where: 'sources.crm.entities.customers.fields.city.sql',
    message: expect.not.stringContaining('Asha'),
  });
});

test('a trigger that swallows a change stops the run', async () => {
  project.write({ 'crm-1.csv': `${HEAD}K1,Asha,Omari,asha@example.com,Nairobi\n` });
  await project.run(crm({}));
  await project.query(
    `CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  );
  await project.query(
    'CREATE TRIGGER swallow BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION swallow()',
  );
  project.write({ 'crm-1.csv': `${HEAD}K1,Asha,Omari,asha@example.com,Mombasa\n` });
  await expect(project.run(crm({}))).rejects.toMatchObject({ code: 'PAM-CHK-001' });
});

test('a table or view called sales that somebody else made is not replaced', async () => {
  await project.query('CREATE VIEW sales AS SELECT 1 AS mine');
  project.write({ 'crm-1.csv': `${HEAD}K1,Asha,Omari,asha@example.com,Nairobi\n` });
  await expect(project.run(crm({}))).rejects.toMatchObject({ code: 'PAM-DB-004' });
  expect((await project.run(crm({}), { adopt: true })).outcome).toBe('published');
  expect(await project.query('SELECT * FROM sales')).toEqual([{ mine: 1 }]);
});

test.each([
  ['text in a column of dates', 'birth_date text', `'Zebedayo'`],
  ['text in a column of yes and no', 'marketing_consent text', `'Zebedayo'`],
])('%s of an adopted table is in no error and in no book', async (_, column, value) => {
  await project.query(`CREATE TABLE customers (customer_id bigint PRIMARY KEY, ${column})`);
  await project.query(`INSERT INTO customers VALUES (1, ${value})`);
  project.write({ 'crm-1.csv': `${HEAD}K1,Asha,Omari,asha@example.com,Nairobi\n` });
  const error = await project.run(crm({}), { adopt: true }).catch((each) => each);
  expect(error).toMatchObject({ code: 'PAM-DB-005' });
  expect(String(error)).not.toContain('Zebedayo');
  expect(await project.query(`SELECT run_id FROM pamoja.runs WHERE error LIKE '%Zebedayo%'`)).toEqual([]);
});
