import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Postgres } from '../dist/engine/postgres.js';
import type { Sql } from '../dist/kernel/sql.js';
import { openEmbedded } from '../dist/store/embedded/open-embedded.js';
import { columnsOf, NAMES } from './tables.js';

/** The server that all contenders load into; each gets an empty database of its own. */
export interface Server {
  version: string;
  fresh(): Promise<string>;
  close(): Promise<void>;
}

/** Starts an embedded PostgreSQL in `dir`. */
export async function openServer(dir: string): Promise<Server> {
  const { url, release } = await openEmbedded({ dir, log: { step() {}, warn() {}, debug() {} } });
  const admin = await Postgres.connect(url);
  const { version } = await admin.row<{ version: string }>(
    `SELECT current_setting('server_version') AS version` as Sql,
  );
  return {
    version,
    async fresh() {
      await admin.run('DROP DATABASE IF EXISTS bench WITH (FORCE)' as Sql);
      await admin.run('CREATE DATABASE bench' as Sql);
      // Nobody pays for the writes of the one before.
      await admin.run('CHECKPOINT' as Sql);
      const database = new URL(url);
      database.pathname = '/bench';
      return database.toString();
    },
    async close() {
      await admin.run('DROP DATABASE IF EXISTS bench WITH (FORCE)' as Sql);
      await admin.close();
      await release();
    },
  };
}

/** Writes what Pamoja loaded as clean files for the others, once. */
export async function exportClean(url: string, dir: string): Promise<void> {
  if (existsSync(dir)) return;
  const unfinished = `${dir}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const postgres = await Postgres.connect(url);
  try {
    for (const name of NAMES) {
      const columns = columnsOf(name).join(', ');
      const rows = postgres.copyOut(
        `COPY (SELECT ${columns} FROM ${name} ORDER BY 1) TO STDOUT (FORMAT csv, HEADER true)` as Sql,
      );
      await pipeline(rows, createWriteStream(join(unfinished, `${name}.csv`)));
    }
    renameSync(unfinished, dir);
  } finally {
    await postgres.close();
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Rows and sums that every contender must end with. */
export async function outcomeOf(url: string, schema: string): Promise<string> {
  const postgres = await Postgres.connect(url);
  try {
    const { outcome } = await postgres.row<{ outcome: string }>(
      `SELECT concat_ws(' ',
      (SELECT count(*) FROM ${schema}.customers), (SELECT count(*) FROM ${schema}.products),
      (SELECT concat(count(*), '/', round(sum(total_amount)::numeric, 2)) FROM ${schema}.orders),
      (SELECT concat(count(*), '/', round(sum(subtotal)::numeric, 2), '/', round(sum(quantity)::numeric)) FROM ${schema}.order_items)) AS outcome` as Sql,
    );
    return outcome;
  } finally {
    await postgres.close();
  }
}

/** A digest of everything in the four tables that does not depend on ids. */
export async function contentOf(url: string): Promise<string> {
  const postgres = await Postgres.connect(url);
  const digest = (row: string, from: string) =>
    `(SELECT concat(count(*), ':', sum(hashtextextended(${row}, 0))) FROM ${from})`;
  try {
    const { content } = await postgres.row<{ content: string }>(
      `SELECT concat_ws(' ',
      ${digest(`concat_ws('|', email, first_name, last_name, phone, city, address_line1, created_at)`, 'customers')},
      ${digest(`concat_ws('|', upper(sku), product_name, price, stock_quantity, category)`, 'products')},
      ${digest(`concat_ws('|', o.source_key, o.order_date, o.total_amount, o.channel, c.email)`, 'orders o JOIN customers c USING (customer_id)')},
      ${digest(`concat_ws('|', i.source_key, i.quantity, i.unit_price, i.subtotal, o.source_key, upper(p.sku))`, 'order_items i JOIN orders o USING (order_id) JOIN products p USING (product_id)')}) AS content` as Sql,
    );
    return content;
  } finally {
    await postgres.close();
  }
}
