import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Postgres } from '../../src/engine/postgres.js';
import { ident, literal, raw, type Sql, script, sql } from '../../src/kernel/sql.js';
import { migrate, migrations } from '../../src/store/bookkeeping.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP } from '../support/shop.js';

let project: TestProject;
let connection: Postgres;
let reader: string;
beforeAll(async () => {
  project = await openTestProject();
  connection = await project.database.connect();
  reader = `${project.database.name}_reader`;
  await connection.run(sql`CREATE ROLE ${ident(reader)}`);
});
// The role goes with the server.
afterAll(() => project.close());

/** Books as a Pamoja left them that knew the migrations up to `number`, given by `spoil` what others gave them. */
async function booksAt(name: string, number: number, spoil: (schema: Sql) => Sql): Promise<void> {
  const schema = ident(name);
  await connection.run(
    script([
      sql`CREATE SCHEMA ${schema}`,
      sql`CREATE TABLE ${schema}.migrations (
        number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
      ...migrations()
        .filter((each) => each.number <= number)
        .flatMap((each) => [
          raw(each.text.replaceAll(':schema', schema)),
          sql`INSERT INTO ${schema}.migrations (number, name) VALUES (${each.number}, ${literal(each.name)})`,
        ]),
      sql`GRANT USAGE ON SCHEMA ${schema} TO ${ident(reader)}`,
      sql`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${ident(reader)}`,
      spoil(schema),
    ]),
  );
}

/** Columns, options and keys of the books, and whether somebody reads them who could before. */
async function shapeOf(name: string): Promise<unknown> {
  const found =
    await connection.query(sql`SELECT c.relname, c.relkind, c.reloptions, c.relreplident, attname, attnum,
      format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid) AS value, col_description(attrelid, attnum) AS means
    FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = ${literal(ident(name))}::regnamespace AND relkind IN ('r', 'v', 'i') ORDER BY relname, attnum`);
  return JSON.parse(JSON.stringify(found).replaceAll(name, 'books'));
}

const nothing = () => sql`SELECT 1`;

test('books of every earlier migration become those that are made anew, and who read them reads them on', async () => {
  const latest = migrations().length;
  await migrate(connection, project.project({ ...SHOP, bookkeeping: 'books_new' }));
  const made = await shapeOf('books_new');
  // Migrations 4 and 5 were others for some hours.
  const once: Record<number, (schema: Sql) => Sql> = {
    4: (schema) => sql`ALTER VIEW ${schema}.rejects RESET (security_invoker)`,
    5: (schema) => sql`ALTER TABLE ${schema}.state ALTER COLUMN published DROP DEFAULT,
      ALTER COLUMN published DROP NOT NULL, ALTER COLUMN published TYPE xid8 USING NULL`,
  };
  for (let number = 1; number < latest; number++) {
    const name = `books_${number}`;
    await booksAt(name, number, once[number] ?? nothing);
    await migrate(connection, project.project({ ...SHOP, bookkeeping: name }));
    expect(await shapeOf(name), name).toEqual(made);
    expect(
      await connection.query(sql`SELECT relname FROM pg_class WHERE relnamespace = ${literal(ident(name))}::regnamespace
        AND relkind IN ('r', 'v') AND NOT has_table_privilege(${literal(reader)}, oid, 'SELECT')`),
      name,
    ).toEqual([]);
  }
});

test('a migration that was made is never changed: what it lacks is made by the next', () => {
  const print = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  expect(migrations().map(({ number, text }) => `${number} ${print(text)}`)).toEqual([
    '1 c7eaeb338916',
    '2 4ab6fcad9a30',
    '3 f67e9550fc5a',
    '4 21de3f2f82d8',
    '5 a5275fc7547d',
    '6 5d7e01b7fc28',
    '7 517a642aca45',
  ]);
});
