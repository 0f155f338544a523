import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { sql } from '../kernel/sql.js';

/** Errors: PAM-DB-010 where the database keeps its texts in an encoding that cannot hold every name. */
export async function demandEncoding(postgres: Postgres): Promise<void> {
  const { encoding } = await postgres.row<{ encoding: string }>(
    sql`SELECT current_setting('server_encoding') AS encoding`,
  );
  if (encoding === 'UTF8') return;
  throw new PamojaError(
    'PAM-DB-010',
    `The database keeps its texts as ${encoding}, which cannot hold every name.`,
    {
      where: postgres.place,
      next: "Make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in the URL.",
    },
  );
}
