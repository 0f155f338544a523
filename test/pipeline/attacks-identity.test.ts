import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
