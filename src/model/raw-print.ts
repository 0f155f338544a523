import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';

/**
 * The number of a raw record, of 128 bits: the same for the same text in the same columns, wherever it stands. Where ids
 * start anew in each period, the period of its file is part of it.
 */
export function rawPrint(columns: readonly string[], periods: readonly string[] | undefined): Sql {
  const period: Sql[] =
    periods === undefined ? [] : [sql`([${joined(periods.map((each) => literal(each)))}])[_file + 1]`];
  const parts = [...period, ...columns.map((name) => sql`coalesce(${ident(name)}::VARCHAR, chr(2))`)];
  return sql`md5_number(concat_ws(chr(1), ${joined([literal(''), ...parts])}))`;
}
