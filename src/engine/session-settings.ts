import pg from 'pg';
import { joined, type Sql, sql } from '../kernel/sql.js';

/** What a transaction sets for itself, so that a role's or a database's own settings do not reach into it. */
const SETTINGS = [
  sql`SET LOCAL DateStyle = 'ISO, YMD'`,
  sql`SET LOCAL IntervalStyle = 'postgres'`,
  sql`SET LOCAL TimeZone = 'UTC'`,
  sql`SET LOCAL standard_conforming_strings = on`,
  sql`SET LOCAL extra_float_digits = 1`,
  sql`SET LOCAL quote_all_identifiers = off`,
  sql`SET LOCAL statement_timeout = 0`,
  sql`SET LOCAL lock_timeout = '30s'`,
  sql`SET LOCAL idle_in_transaction_session_timeout = 0`,
  // A client that is gone shall not keep its locks: neither at the end of a dead line, nor behind a long statement.
  sql`SET LOCAL tcp_keepalives_idle = 30`,
  sql`SET LOCAL tcp_keepalives_interval = 10`,
  sql`SET LOCAL tcp_keepalives_count = 3`,
  sql`SELECT set_config(name, '2s', true) FROM pg_settings
    WHERE name = 'client_connection_check_interval' AND version() LIKE '%linux%'`,
  // Only PostgreSQL 17 and later know it.
  sql`SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'`,
];

/** Begins a transaction; the last of its results is a row with the number of the process that serves it, `pid`. */
export function beginning(begin: Sql): Sql {
  return joined([begin, ...SETTINGS, sql`SELECT pg_backend_pid() AS pid`], '; ');
}

/**
 * Between two transactions, while DuckDB works, a connection waits as long as it has to, and what is asked there takes the
 * time that it takes: a role or database may set limits to both. Behind a pooler nothing is set, as it would reach
 * others; there it is the pooler that keeps connections.
 */
export function withoutLimits(greetedPid: number | undefined): Sql {
  return sql`SELECT set_config('statement_timeout', '0', false),
      CASE WHEN current_setting('idle_session_timeout', true) IS NOT NULL THEN set_config('idle_session_timeout', '0', false) END
    WHERE pg_backend_pid() = ${greetedPid ?? 0}`;
}

/** Numbers that fit are numbers, everything exact stays text: 20 = int8, 1700 = numeric, 1082 = date, 1184 = timestamptz. */
export const valueTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 20) return (value: string) => Number(value);
    if (oid === 1082 || oid === 1114 || oid === 1184) return (value: string) => value;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};
