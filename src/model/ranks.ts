import { type Sql, sql } from '../kernel/sql.js';

/*
 * Millions of rows are numbered without sorting them, and looked up without joining them one by one: 64 of them share a
 * row of `ranks(block, members, base)`, that says which of the 64 are numbered and how the first of them is.
 */

/** SQL of the table of ranks of the rows of a query of `seq`, numbered in the order of `seq` from `next`. */
export function rankRows(rows: Sql, next: number): Sql {
  return sql`SELECT block, members, (${next} + sum(size) OVER (ORDER BY block) - size)::BIGINT AS base FROM (
    SELECT seq >> 6 AS block, bit_or(1::UBIGINT << (seq & 63)::UBIGINT) AS members, count(*) AS size FROM (${rows}) GROUP BY 1)`;
}

/** The number of the row `seq`, over the row `ranks` of its block; NULL where it is not numbered. */
export function rankOf(ranks: Sql, seq: Sql): Sql {
  const bit = sql`(${seq} & 63)::UBIGINT`;
  return sql`CASE WHEN (${ranks}.members >> ${bit}) & 1 = 1
    THEN ${ranks}.base + bit_count(${ranks}.members & ((1::UBIGINT << ${bit}) - 1)::UBIGINT) END`;
}
