import { type Sql, sql } from '../kernel/sql.js';

/** Cents as a decimal of shillings: exact, where a division would go through floating point. */
export function decimal(cents: Sql): Sql {
  return sql`((${cents}) * 0.01::DECIMAL(3,2))::DECIMAL(18,2)`;
}

/** Cents, not negative, as a text of shillings: `1200.50`. */
export function money(cents: Sql): Sql {
  return sql`(((${cents}) // 100) || '.' || lpad(((${cents}) % 100)::VARCHAR, 2, '0'))`;
}
