import { literal, type Sql } from '../../kernel/sql.js';

/** The path of a file for DuckDB's readers, which would take these signs for a pattern: in brackets they stand for themselves. */
export function exactPath(path: string): Sql {
  return literal(path.replace(/[*?[]/g, '[$&]'));
}
