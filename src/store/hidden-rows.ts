import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, literal, literals, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';

/** Tables of a project of which row level security may hide rows from this user, as statements name them. */
export async function hiddenTables(
  postgres: Postgres,
  { schema, bookkeeping }: Pick<Project, 'schema' | 'bookkeeping'>,
  entities: readonly string[],
): Promise<Sql[]> {
  const found = await postgres.query<{ schema: string; name: string }>(
    sql`SELECT nspname AS schema, relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind IN ('r', 'p') AND row_security_active(c.oid)
        AND (nspname = ${literal(bookkeeping)} OR nspname = ${literal(schema)} AND relname IN ${literals(entities)})
      ORDER BY relname`,
  );
  return found.map((table) => ident(table.schema, table.name));
}

/**
 * Errors: PAM-DB-003 where row level security is on for this user: hidden rows would pass for ones that are not there, and
 * no COPY may write.
 */
export async function refuseHidden(postgres: Postgres, project: Project): Promise<void> {
  const names = project.entities.map((entity) => entity.name);
  const [table] = await hiddenTables(postgres, project, names);
  if (table === undefined) return;
  throw new PamojaError('PAM-DB-003', `Row level security hides rows of ${table} from this user.`, {
    where: postgres.place,
    next: SEE_ALL,
  });
}

export const SEE_ALL =
  'Use the user who made the tables, or let this one see all rows: ALTER ROLE … BYPASSRLS.';
