import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { TestProject } from '../support/project.js';

/** `npm run test:faults` tries everything; `npm test` some of it. */
export const ALL = process.env.PAMOJA_FAULTS === 'all';

const ROWS = `SELECT
  (SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) FROM (
    SELECT first_name, last_name, email, phone FROM customers) t) AS customers,
  (SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) FROM (
    SELECT sku, product_name, price, stock_quantity FROM products) t) AS products,
  (SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) FROM (
    SELECT o.source_system, o.source_key, c.email, o.order_date, o.total_amount
    FROM orders o LEFT JOIN customers c USING (customer_id)) t) AS orders,
  (SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) FROM (
    SELECT i.source_key, o.source_key, p.sku, i.quantity, i.unit_price, i.subtotal
    FROM order_items i LEFT JOIN orders o USING (order_id) LEFT JOIN products p USING (product_id)) t) AS items`;

const BOOKS = `SELECT
  (SELECT count(*) FROM pamoja.runs WHERE outcome <> 'failed') AS runs,
  (SELECT count(*) FROM pamoja.ledger JOIN pamoja.runs USING (run_id) WHERE outcome <> 'failed') AS ledger,
  (SELECT next_id FROM pamoja.entities WHERE entity = 'orders') AS next_id,
  (SELECT md5(string_agg(concat_ws('|', entity, source, key, deleted, vanished), E'\\n' ORDER BY entity, source, key))
    FROM pamoja.links) AS links,
  (SELECT count(*) FROM pamoja.state s JOIN pamoja.runs r ON r.run_id = s.last_run) AS stands,
  (SELECT coalesce(max(run_id), '') = coalesce((SELECT last_run FROM pamoja.state), '') FROM (
    SELECT run_id FROM pamoja.runs WHERE outcome <> 'failed' ORDER BY run_number DESC LIMIT 1) l) AS last`;

/** The whole state of a database: the four tables by their natural keys, and the books that tell of them. */
export interface State {
  rows: string;
  books: { runs: number; ledger: number; links: string | null; stands: number; last: boolean };
}

export async function stateOf(shop: Pick<TestProject, 'query'>): Promise<State> {
  const [there] = await shop.query<{ tables: number; books: boolean }>(
    `SELECT count(*) FILTER (WHERE relkind = 'r') AS tables, to_regclass('pamoja.checks') IS NOT NULL AS books
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname IN ('customers', 'products', 'orders', 'order_items')`,
  );
  const books = there?.books ? (await shop.query<State['books']>(BOOKS))[0] : undefined;
  const rows = there?.tables === 0 ? 'no tables' : JSON.stringify(await shop.query(ROWS));
  return { rows, books: books ?? NO_BOOKS };
}

const NO_BOOKS = { runs: 0, ledger: 0, next_id: null, links: null, stands: 0, last: true };

/** Whether a database is as it was before a run, or as the run would have it; anything else fails the test. */
export function judge(before: State, after: State, rows: string): 'old' | 'new' {
  if (after.books.runs === before.books.runs) {
    expect(after).toEqual(before);
    return 'old';
  }
  expect(after.rows).toBe(rows);
  expect(after.books).toMatchObject({ runs: before.books.runs + 1, stands: 1, last: true });
  expect(after.books.ledger).toBe(before.books.ledger + 4);
  return 'new';
}

/** A run in a process of its own, killed with SIGKILL at a point, or after so many milliseconds; gives its end. */
export async function killedRun(
  shop: TestProject,
  when: { at: string } | { after: number },
): Promise<{ killed: boolean; seconds: number }> {
  const script = resolve(import.meta.dirname, '../support/dying-run.mjs');
  const env = { ...process.env, DATABASE_URL: shop.database.url };
  const started = Date.now();
  const child = spawn(process.execPath, [script, shop.root, 'at' in when ? when.at : 'never'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes) => {
    said += bytes;
  });
  const timer = 'after' in when ? setTimeout(() => child.kill('SIGKILL'), when.after) : undefined;
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the run ended by itself: ${said}`);
  await untilAlone(shop);
  return { killed: signal === 'SIGKILL', seconds: (Date.now() - started) / 1000 };
}

/** Waits until the server has noticed that the clients of a database are gone. */
export async function untilAlone(shop: TestProject): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const [others] = await shop.query<{ count: number }>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'`,
    );
    if (others?.count === 0) return;
    await pause(10);
  }
  throw new Error('a session of a dead run is still there');
}

/** What a run may leave behind, and must not: tables on their way, locks, working files. */
export async function expectNoLeftovers(shop: Pick<TestProject, 'query' | 'root'>): Promise<void> {
  expect(
    await shop.query(`SELECT relname FROM pg_class WHERE relname LIKE 'pamoja\\_%' OR relpersistence = 't'`),
  ).toEqual([]);
  expect(
    await shop.query(`SELECT l.mode FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`),
  ).toEqual([]);
  expect(
    await shop.query(
      'SELECT conname FROM pg_constraint WHERE NOT convalidated UNION SELECT gid FROM pg_prepared_xacts',
    ),
  ).toEqual([]);
  const work = join(shop.root, '.pamoja', 'work');
  expect(existsSync(work) ? readdirSync(work) : []).toEqual([]);
}
