import { createHmac } from 'node:crypto';
import { Postgres } from '../../engine/postgres.js';
import { PamojaError } from '../../kernel/errors.js';
import { ident, literal, sql } from '../../kernel/sql.js';

const READER = 'pamoja_reader';

/**
 * Connects to the embedded server as a user who reads every table and can do nothing else: the owner, whose `url` is
 * given, could read files of the machine. It is a user of its own, since a role that a connection only takes on can be
 * laid down again by any SQL. Its password follows from the owner's. It is made where it is missing.
 */
export async function connectReader(url: string): Promise<Postgres> {
  const reader = new URL(url);
  const password = createHmac('sha256', reader.password).update(READER).digest('base64url');
  reader.username = READER;
  reader.password = password;
  try {
    return await Postgres.connect(reader.toString());
  } catch (error) {
    if (!(error instanceof PamojaError) || error.code !== 'PAM-DB-002') throw error;
  }
  const owner = await Postgres.connect(url);
  try {
    await makeReader(owner, password);
  } finally {
    await owner.close();
  }
  return await Postgres.connect(reader.toString());
}

async function makeReader(owner: Postgres, password: string): Promise<void> {
  await owner.transaction(async () => {
    await owner.run(sql`SELECT pg_advisory_xact_lock(hashtext(${literal(READER)}))`);
    const there = await owner.query(sql`SELECT FROM pg_roles WHERE rolname = ${literal(READER)}`);
    if (there.length === 0) await owner.run(sql`CREATE ROLE ${ident(READER)} IN ROLE pg_read_all_data`);
    await owner.run(sql`ALTER ROLE ${ident(READER)} LOGIN BYPASSRLS PASSWORD ${literal(password)}`);
  });
}
