import { type Sql, sql } from '../kernel/sql.js';

/** Identifiers and attributes are compared without case and blanks. */
export function alike(value: Sql): Sql {
  return sql`upper(replace(${value}::VARCHAR, ' ', ''))`;
}
