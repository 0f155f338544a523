import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainConstraintError } from '../../src/engine/constraint-errors.js';
import type { Postgres } from '../../src/engine/postgres.js';
import { explainStatementError } from '../../src/engine/statement-errors.js';
import { type Sql, sql } from '../../src/kernel/sql.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';

let database: TestDatabase;
let connection: Postgres;
beforeAll(async () => {
  database = await openTestDatabase();
  connection = await database.connect();
  await connection.run(sql`CREATE TABLE people (id bigint PRIMARY KEY)`);
  await connection.run(sql`CREATE TABLE mine (person bigint CONSTRAINT mine_person REFERENCES people)`);
  await connection.run(
    sql`CREATE TABLE theirs (person bigint CONSTRAINT theirs_person REFERENCES people ON DELETE RESTRICT)`,
  );
  await connection.run(sql`INSERT INTO people VALUES (712345678), (712345679)`);
  await connection.run(sql`INSERT INTO mine VALUES (712345678)`);
  await connection.run(sql`INSERT INTO theirs VALUES (712345679)`);
});
afterAll(() => database.close());

/** What PostgreSQL itself says, as its client gives it. */
const refusalOf = (statement: Sql): Promise<unknown> =>
  connection.run(statement).then(
    () => undefined,
    (error: Error) => error.cause,
  );

describe('a foreign key of somebody else', () => {
  test.each([
    [sql`DELETE FROM people WHERE id = 712345678`, 'mine_person', 'public.mine'],
    [sql`DELETE FROM people WHERE id = 712345679`, 'theirs_person', 'public.theirs'],
  ])('that keeps a row is named, with what to do', async (statement, constraint, table) => {
    const said = explainConstraintError(await refusalOf(statement), 'localhost/shop')?.toString() ?? '';
    expect(said).toContain(`The foreign key ${constraint} of ${table} keeps a row that shall be deleted.`);
    expect(said).toContain('ON DELETE SET NULL');
    expect(said).not.toContain('71234567');
  });

  test('that a new row breaks is another matter', async () => {
    const refused = await refusalOf(sql`INSERT INTO mine VALUES (5)`);
    expect(refused).toMatchObject({ code: '23503' });
    expect(explainConstraintError(refused, 'localhost/shop')).toBeUndefined();
  });
});

test.each([
  ['0A000', 'cannot set transaction read-write mode during recovery'],
  ['25006', 'cannot execute INSERT in a read-only transaction'],
])('a standby that refuses to write by %s leads to the primary', (code, message) => {
  const refused = Object.assign(new Error(message), { code, severity: 'ERROR' });
  expect(explainStatementError(refused, 'db', undefined)).toMatchObject({
    code: 'PAM-DB-005',
    next: expect.stringContaining('use the URL of the primary'),
  });
});
