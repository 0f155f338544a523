import { setTimeout as pause } from 'node:timers/promises';
import { Postgres } from '../../engine/postgres.js';
import { raw, sql } from '../../kernel/sql.js';
import type { Finding } from './finding.js';

/** Longer than a server takes to open a connection, shorter than a person's patience. */
const GRANTED_WITHIN_MS = 3000;

/** Whether something stands between us and the server, and whether it hands its connections from one to another. */
export async function checkPooler(url: string, connection: Postgres): Promise<Finding> {
  const name = 'pooler';
  const pid = await backend(connection);
  // A pooler makes up the process number that a connection is greeted with, for it has none of its own yet.
  if (connection.greetedPid === pid) return { name, state: 'ok', detail: 'None: this is the server itself.' };
  const shared = await sharesConnections(url, connection);
  return {
    name,
    state: 'ok',
    detail: shared
      ? 'A pooler in transaction mode: every transaction may meet another connection. Pamoja keeps all it does within transactions, so it works; session settings and LISTEN of other programs do not.'
      : 'A pooler in session mode: it behaves as the server itself.',
  };
}

async function sharesConnections(url: string, first: Postgres): Promise<boolean> {
  const second = await Postgres.connect(url);
  try {
    // Whether the pooler takes the connection given back first or last, one of the two orders shows it.
    return (await swaps(first, second, true)) || (await swaps(first, second, false));
  } finally {
    await second.close();
  }
}

/** Two transactions side by side, given back, and begun again: only in transaction mode can they change places. */
async function swaps(first: Postgres, second: Postgres, firstEndsFirst: boolean): Promise<boolean> {
  const mine = await begin(first);
  const waiting = begin(second);
  waiting.catch(() => {});
  const theirs = await Promise.race([waiting, pause(GRANTED_WITHIN_MS, undefined)]);
  if (theirs === undefined) {
    // A pool of one connection: in transaction mode the second gets it as soon as the first has ended.
    await end(first);
    const got = await Promise.race([waiting, pause(GRANTED_WITHIN_MS, undefined)]);
    if (got !== undefined) await end(second);
    return got === mine;
  }
  for (const one of firstEndsFirst ? [first, second] : [second, first]) await end(one);
  const again = await begin(first);
  const theirsAgain = await begin(second);
  await end(first);
  await end(second);
  return again !== mine || theirsAgain !== theirs;
}

async function begin(connection: Postgres): Promise<number> {
  await connection.run(raw('BEGIN'));
  return await backend(connection);
}

async function end(connection: Postgres): Promise<void> {
  await connection.run(raw('COMMIT'));
}

async function backend(connection: Postgres): Promise<number> {
  const { pid } = await connection.row<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
  return pid;
}
