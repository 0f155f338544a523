import { expect, onTestFinished, test } from 'vitest';
import { sql } from '../../src/kernel/sql.js';
import { pgbouncer } from './pgbouncer.js';
import { openTestDatabase, otherServer } from './postgres-server.js';

test('a test database is empty, and gone when closed', async () => {
  const database = await openTestDatabase();
  const connection = await database.connect();
  const tables = await connection.query(
    sql`SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  );
  expect(tables).toEqual([]);
  await database.close();
  await expect(database.connect()).rejects.toMatchObject({ code: 'PAM-DB-001' });
});

test('another server and a pooler in front of it answer, where the system has them', async ({ skip }) => {
  const server = await otherServer(15);
  if (server === undefined) return skip('no PostgreSQL 15 here');
  onTestFinished(server.stop);
  const pooler = await pgbouncer(server.url);
  if (pooler === undefined) return skip('no pgbouncer here');
  onTestFinished(pooler.stop);
  const database = await openTestDatabase(pooler.url);
  const connection = await database.connect();
  const { server_version } = await connection.row<{ server_version: string }>(sql`SHOW server_version`);
  expect(Number.parseInt(server_version, 10)).toBe(15);
  await database.close();
});
