import { type Sql, sql } from '../kernel/sql.js';

/** How many ways of writing a phone number there are. */
export const MOBILE_STYLES = 6;

/** A mobile number of nine digits in one of the ways in which people write it. */
export function mobileAs(digits: Sql, style: Sql): Sql {
  const groups = (separator: Sql) =>
    sql`${digits}[1:3] || ${separator} || ${digits}[4:6] || ${separator} || ${digits}[7:9]`;
  return sql`CASE ${style} WHEN 0 THEN '+254' || ${digits} WHEN 1 THEN '0' || ${groups(sql`' '`)}
    WHEN 2 THEN '254' || ${digits} WHEN 3 THEN '0' || ${groups(sql`'-'`)}
    WHEN 4 THEN '+254 ' || ${groups(sql`' '`)} ELSE '0' || ${digits} END`;
}
