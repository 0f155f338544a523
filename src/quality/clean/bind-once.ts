import { ident, type Sql, sql } from '../../kernel/sql.js';

/**
 * Lets an expression be used several times and computed once: `body` gets a variable that stands for it. A list of
 * one element is the only such binding inside a DuckDB expression, and costs some 50 ns a row. Regular expressions
 * belong into `expression`: those in `body` would be compiled anew every 2,048 rows, which costs more than it saves.
 */
export function bindOnce(name: string, expression: Sql, body: (variable: Sql) => Sql): Sql {
  const variable = ident(name);
  return sql`list_transform([${expression}], lambda ${variable}: ${body(variable)})[1]`;
}
