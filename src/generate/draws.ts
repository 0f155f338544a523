import { createHash } from 'node:crypto';
import { joined, literal, type Sql, sql } from '../kernel/sql.js';

/**
 * Chance that can be repeated: every value is a hash of the seed, the name of what is drawn, and the number of the
 * row. So it depends neither on the order in which rows are made nor on how many threads make them.
 */
export interface Draws {
  /** A whole number from 0 up to, not including, `bound`. */
  below(stream: string, row: Sql, bound: number | Sql): Sql;
  /** True for about that many rows of a hundred. */
  percent(stream: string, row: Sql, share: number): Sql;
}

/** Draws of one seed. */
export function draws(seed: number): Draws {
  const below = (stream: string, row: Sql, bound: number | Sql) =>
    sql`(hash(xor(${row}, ${offset(seed, stream)})) % (${bound})::UBIGINT)::BIGINT`;
  return {
    below,
    percent: (stream, row, share) => sql`(${below(stream, row, 10_000)} < ${Math.round(share * 100)})`,
  };
}

function offset(seed: number, stream: string): bigint {
  return createHash('sha256').update(`${seed}/${stream}`).digest().readBigUInt64BE() >> 1n;
}

/**
 * True for exactly `picked` of the rows numbered 1 to `total`, evenly spread; the number of the picked row comes
 * from `pickedSoFar`. `shift`, from 0 to 1, moves them, so that two such sets seldom meet.
 */
export function spread(row: Sql, picked: number, total: number, shift = 0): Sql {
  return sql`(${pickedSoFar(row, picked, total, shift)} > ${pickedSoFar(sql`(${row} - 1)`, picked, total, shift)})`;
}

export function pickedSoFar(row: Sql, picked: number, total: number, shift = 0): Sql {
  return sql`((${row} * ${picked} + ${Math.floor(total * shift)}) // ${total})`;
}

/** One of several texts, each as often as the others. */
export function oneOf(choice: Sql, texts: readonly string[]): Sql {
  return sql`list_extract([${joined(texts.map(literal))}], ${choice} + 1)`;
}

/** A whole number with zeros before it; one that is longer stays whole, where `lpad` alone would cut it. */
export function padded(number: Sql, digits: number): Sql {
  const text = sql`(${number})::VARCHAR`;
  return sql`lpad(${text}, greatest(${digits}, len(${text}))::INTEGER, '0')`;
}
