import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sql } from '../../src/kernel/sql.js';
import { openTestDatabase } from '../support/postgres-server.js';

test('a connection that breaks before anybody reads its rows fails the reader that comes later', async () => {
  const database = await openTestDatabase();
  const postgres = await database.connect();
  const bytes = postgres.copyOut(sql`COPY (SELECT generate_series(1, 1000000)) TO STDOUT`);
  postgres.abandon();
  await once(bytes, 'close').catch(() => {});
  await pause(50);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await expect(pipeline(bytes, nowhere)).rejects.toThrow();
  await postgres.close();
  await database.close();
});
