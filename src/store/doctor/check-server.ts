import type { Postgres } from '../../engine/postgres.js';
import { ident, raw, sql } from '../../kernel/sql.js';
import type { Finding } from './finding.js';

const LEAST_VERSION = 14;
const GOOD_VERSION = 15;

/** The version of the server, and whether it can be written to as it is. */
export async function checkServer(connection: Postgres): Promise<Finding[]> {
  const server = await connection.row<{
    version: string;
    number: number;
    standby: boolean;
    read_only: boolean;
    encoding: string;
    role: string;
  }>(sql`SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
      pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS read_only,
      current_setting('server_encoding') AS encoding, current_user::text AS role`);
  const findings = [checkVersion(server.version, server.number)];
  if (server.standby) {
    findings.push({
      name: 'writing',
      state: 'fail',
      detail: 'The server is a standby, which can only be read.',
      next: 'Use the URL of the primary.',
    });
  } else if (server.read_only) {
    findings.push({
      name: 'writing',
      // A run writes all the same, as it says so of its own transactions.
      state: 'warn',
      detail:
        'The database or the user is set to read only (default_transaction_read_only). A run writes all the same.',
      next: `A provider does so when the disk is full: then make room before you run. Else: ${sql`ALTER ROLE ${ident(server.role)} RESET default_transaction_read_only`}`,
    });
  }
  if (server.encoding !== 'UTF8') {
    findings.push({
      name: 'encoding',
      state: 'fail',
      detail: `The database keeps its texts as ${server.encoding}, which cannot hold every name.`,
      next: `Make one with ${raw("CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0")}.`,
    });
  }
  return findings;
}

function checkVersion(version: string, number: number): Finding {
  const major = Math.floor(number / 10000);
  const [name, detail] = ['server', `PostgreSQL ${version}`];
  if (major < LEAST_VERSION) {
    return {
      name,
      state: 'fail',
      detail: `${detail} is too old.`,
      next: `Use PostgreSQL ${GOOD_VERSION} or newer.`,
    };
  }
  if (major < GOOD_VERSION) {
    return {
      name,
      state: 'warn',
      detail: `${detail} works, but its end has come.`,
      next: `Upgrade to ${GOOD_VERSION} or newer.`,
    };
  }
  return { name, state: 'ok', detail };
}
