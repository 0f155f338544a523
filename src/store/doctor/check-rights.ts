import type { Postgres } from '../../engine/postgres.js';
import { ident, sql } from '../../kernel/sql.js';
import { hiddenTables, SEE_ALL } from '../hidden-rows.js';
import type { Finding } from './finding.js';

/** Tables whose rows this user may not all see; without such there is nothing to say. */
export async function checkHidden(
  connection: Postgres,
  schemas: { schema: string; bookkeeping: string },
  tables: readonly string[],
): Promise<Finding[]> {
  const hidden = await hiddenTables(connection, schemas, tables);
  if (hidden.length === 0) return [];
  const detail = `It hides rows of ${hidden.join(', ')} from this user.`;
  return [{ name: 'row level security', state: 'fail', detail, next: SEE_ALL }];
}

/** Whether the user may do in the database, and in these schemas, what a run does. */
export async function checkRights(connection: Postgres, schemas: readonly string[]): Promise<Finding[]> {
  const rights = await connection.row<{ database: string; role: string; makes: boolean; temporary: boolean }>(
    sql`SELECT current_database()::text AS database, current_user::text AS role,
      has_database_privilege(current_database(), 'CREATE') AS makes,
      has_database_privilege(current_database(), 'TEMP') AS temporary`,
  );
  const [database, role] = [ident(rights.database), ident(rights.role)];
  const findings: Finding[] = [];
  for (const schema of new Set(schemas)) {
    const [found] = await connection.query<{ usage: boolean; makes: boolean }>(
      sql`SELECT has_schema_privilege(oid, 'USAGE') AS usage, has_schema_privilege(oid, 'CREATE') AS makes
        FROM pg_namespace WHERE nspname = $1`,
      [schema],
    );
    const name = `rights on schema ${schema}`;
    if (found === undefined && !rights.makes) {
      findings.push({
        name,
        state: 'fail',
        detail: `There is no schema ${schema}, and this user may not make one.`,
        next: `As the owner of the database: ${sql`CREATE SCHEMA ${ident(schema)} AUTHORIZATION ${role}`}, or name a schema of yours in the configuration.`,
      });
    } else if (found !== undefined && !(found.usage && found.makes)) {
      findings.push({
        name,
        state: 'fail',
        detail: `This user may not make tables in schema ${schema}.`,
        next: `As its owner: ${sql`GRANT USAGE, CREATE ON SCHEMA ${ident(schema)} TO ${role}`}`,
      });
    } else {
      findings.push({
        name,
        state: 'ok',
        detail: found === undefined ? 'The first run makes it.' : 'All there.',
      });
    }
  }
  if (!rights.temporary) {
    findings.push({
      name: 'temporary tables',
      state: 'fail',
      detail: 'This user may not make temporary tables.',
      next: `As the owner of the database: ${sql`GRANT TEMPORARY ON DATABASE ${database} TO ${role}`}`,
    });
  }
  return findings;
}
