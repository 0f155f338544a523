import { type Sql, sql } from '../kernel/sql.js';

/** Cents as a decimal of shillings: exact, where a division would go through floating point. */
export function decimal(cents: Sql): Sql {
  return sql`((${cents}) * 0.01::DECIMAL(3,2))::DECIMAL(18,2)`;
}

/** Cents as a text of shillings: `1200.50`. */
export function money(cents: Sql): Sql {
  return sql`(CASE WHEN (${cents}) < 0 THEN '-' ELSE '' END || (abs(${cents}) // 100) || '.' || lpad((abs(${cents}) % 100)::VARCHAR, 2, '0'))`;
}
