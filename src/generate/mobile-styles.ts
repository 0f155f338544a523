import { type Sql, sql } from '../kernel/sql.js';

/** How many ways of writing a phone number there are, the usual ones counted as often as they are met. */
export const MOBILE_STYLES = 14;

/** A mobile number of nine digits in one of the ways in which people write it. */
export function mobileAs(digits: Sql, style: Sql): Sql {
  const groups = (separator: Sql) =>
    sql`${digits}[1:3] || ${separator} || ${digits}[4:6] || ${separator} || ${digits}[7:9]`;
  return sql`CASE ${style} WHEN 0 THEN '+254' || ${digits} WHEN 1 THEN '0' || ${groups(sql`' '`)}
    WHEN 2 THEN '254' || ${digits} WHEN 3 THEN '0' || ${groups(sql`'-'`)}
    WHEN 4 THEN '+254 ' || ${groups(sql`' '`)} WHEN 5 THEN '+254' || ${digits} WHEN 6 THEN '+254 (0) ' || ${groups(sql`' '`)}
    WHEN 7 THEN '00254' || ${digits} WHEN 8 THEN 'Tel: 0' || ${digits} WHEN 9 THEN '0' || ${groups(sql`'.'`)}
    ELSE '0' || ${digits} END`;
}
