import { type Sql, sql } from '../kernel/sql.js';
import { tables } from './tables.js';

/** What keeps a candidate from standing. */
export interface Leaving {
  refused: boolean;
  repeated: boolean;
  filtered: boolean;
}

/**
 * SQL of the candidates of an entity that stand, as `m`: `seq`, the mapped columns, and `more`. Of what keeps them from
 * standing only `leaving` is asked.
 */
export function acceptedOf(entity: string, leaving: Leaving, more: Sql = sql``): Sql {
  const anti = (table: Sql, alias: Sql) => sql` ANTI JOIN ${table} ${alias} ON ${alias}.seq = m.rowid`;
  // An anti join of a few refused rows costs nothing; NOT EXISTS would first sort out all the others.
  const refused = leaving.refused ? anti(tables.refused(entity), sql`r`) : sql``;
  const repeated = leaving.repeated ? anti(tables.repeated(entity), sql`p`) : sql``;
  const filtered = leaving.filtered ? sql` WHERE NOT m.filtered` : sql``;
  return sql`SELECT m.rowid AS seq, m.*${more} FROM ${tables.mapped(entity)} m${refused}${repeated}${filtered}`;
}
