import { sql } from '../kernel/sql.js';
import type { Making } from './making.js';

/**
 * Turns about the planned share of `sales` into returns: each brings back something of one earlier sale of the same
 * channel, a few weeks old at the most, and no sale is brought back twice. The last one always is, where there is any
 * sale before it, so that few orders show a return too.
 */
export async function markReturns({ workspace, plan, draws }: Making): Promise<void> {
  const n = sql`n`;
  const reach = Math.max(5, Math.round(plan.orders / 40));
  await workspace.run(sql`CREATE TEMP TABLE bought_back AS
    WITH clean AS (SELECT n, web, buyer, walk_in, status, row_number() OVER (PARTITION BY web ORDER BY n) AS place,
        ${draws.percent('return', n, plan.returns * 100)} OR n = max(n) OVER (PARTITION BY web) AS chosen
      FROM sales WHERE fault IS NULL)
    SELECT r.n, o.n AS bought, o.buyer, o.walk_in
    FROM (SELECT *, place - 1 - ${draws.below('bought', n, sql`greatest(1, least(place - 1, ${reach}))`)} AS other
      FROM clean WHERE chosen) r
    JOIN clean o ON o.web = r.web AND o.place = r.other AND NOT o.chosen AND o.status = 'completed'
    QUALIFY row_number() OVER (PARTITION BY o.n ORDER BY r.n) = 1`);
  await workspace.run(sql`CREATE OR REPLACE TABLE sales AS
    SELECT s.* REPLACE (coalesce(b.buyer, s.buyer) AS buyer, coalesce(b.walk_in, s.walk_in) AS walk_in, b.bought AS bought,
      CASE WHEN b.n IS NULL THEN s.status ELSE 'completed' END AS status)
    FROM sales s LEFT JOIN bought_back b ON b.n = s.n`);
  await workspace.drop('bought_back');
}
