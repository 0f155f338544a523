import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProject } from '../../src/config/read-config.js';
import { Postgres } from '../../src/engine/postgres.js';
import { ident, sql } from '../../src/kernel/sql.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { withDatabase } from './postgres-server.js';
import { SHOP, SHOP_FILES } from './shop.js';

/** Runs the shop once, for all tests that begin behind its first run. */
export async function runShop(server: string, folder: string): Promise<{ database: string; folder: string }> {
  const database = 'shop';
  const admin = await Postgres.connect(withDatabase(server, 'postgres'));
  await admin.run(sql`CREATE DATABASE ${ident(database)}`);
  await admin.close();
  mkdirSync(folder);
  for (const [name, content] of Object.entries(SHOP_FILES)) writeFileSync(join(folder, name), content);
  const env = { DATABASE_URL: withDatabase(server, database) };
  await runProject(parseProject({ threads: 1, ...SHOP }, folder), { env });
  return { database, folder };
}
