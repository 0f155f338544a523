import { type Sql, sql } from '../kernel/sql.js';
import { oneOf } from './draws.js';
import { ORDER_FAULTS } from './faults.js';
import { makeBaskets } from './make-baskets.js';
import { makeLines } from './make-lines.js';
import { until } from './make-people.js';
import { faultOf, type Making } from './making.js';
import { markReturns } from './mark-returns.js';
import { hourOf, trade } from './season.js';

/**
 * Makes `sales`, one row an order, numbered by time: n, fault, web, number (in its system), day, second (of the day),
 * buyer (place in `crm_buyers` or `shop_buyers`), walk_in (nobody wrote down who bought), bought (the order that is
 * brought back, NULL for a sale), status, paid_by, till.
 * Makes `lines`: n (order), line, good (product), quantity, cents (a unit), discount, amount; money in cents, and
 * amount = quantity × cents − discount. Makes `totals`: n, lines, goods, shipping; and `baskets`, the lines as lists.
 */
export async function makeSales(making: Making): Promise<void> {
  const slots = await makeDays(making);
  const { workspace, plan, draws } = making;
  const n = sql`r.n`;
  const total = plan.orders + plan.refused.orders;
  // The web's share grows in these two years, from 22 to 38 of a hundred.
  const onTheWeb = sql`${draws.below('web', n, 10_000)} < 2200 + 1600 * ${n} // ${total}`;
  await workspace.run(sql`CREATE TABLE placed AS
    SELECT r.n, r.fault, d.day, d.crm_known, d.shop_known,
      CASE WHEN r.fault IS NOT NULL THEN r.fault LIKE 'shop-%' WHEN r.n <= 2 THEN r.n = 1 ELSE ${onTheWeb} END AS web
    FROM (SELECT range AS n, ${faultOf(sql`range`, plan.refused.orders, total, ORDER_FAULTS)} AS fault FROM range(1, ${total + 1})) r
    JOIN day_wheel d ON d.slot = (${n} - 1) * ${slots} // ${total}`);
  const hour = hourOf(sql`web`, draws.below('hour', sql`n`, 100));
  await workspace.run(sql`CREATE TABLE sales AS
    SELECT n, fault, web, row_number() OVER (PARTITION BY web ORDER BY n) AS number, day,
      ${hour} * 3600 + ${draws.below('second', sql`n`, 3600)} AS second,
      ${loyal(making, sql`CASE WHEN web THEN shop_known ELSE crm_known END`)} AS buyer,
      NOT web AND fault IS NULL AND ${draws.percent('walk-in', sql`n`, plan.walkIns * 100)} AS walk_in, NULL::BIGINT AS bought,
      ${oneOf(draws.below('status', sql`n`, 20), statuses())} AS status,
      ${oneOf(draws.below('paid by', sql`n`, 10), ['M-Pesa', 'M-Pesa', 'M-Pesa', 'M-Pesa', 'M-Pesa', 'M-Pesa', 'cash', 'cash', 'cash', 'card'])} AS paid_by,
      1 + ${draws.below('till', sql`n`, 6)} AS till
    FROM placed`);
  await workspace.drop('placed');
  if (plan.returns > 0) await markReturns(making);
  await makeLines(making);
  await makeTotals(making);
  await makeBaskets(making);
}

function statuses(): string[] {
  return [...Array<string>(17).fill('completed'), 'processing', 'processing', 'cancelled'];
}

/** About half of the orders come from a fifth of the customers. Only who had joined before that day can buy. */
function loyal({ draws }: Making, known: Sql): Sql {
  const place = draws.below('buyer', sql`n`, sql`greatest(${known}, 1)`);
  return sql`1 + CASE WHEN ${draws.percent('loyal', sql`n`, 40)} THEN ${place} // 5 * 5 ELSE ${place} END`;
}

/** Makes `day_wheel`: each of the last 24 months' days as often as orders fall on it, in order, and how many buyers there were. */
async function makeDays(making: Making): Promise<number> {
  const { workspace, draws, plan } = making;
  const last = until(making);
  const year = Number(plan.until.slice(0, 4));
  const number = sql`(day - DATE '2000-01-01')::BIGINT`;
  await workspace.run(sql`CREATE TABLE day_wheel AS
    WITH days AS (SELECT unnest(generate_series(${last} + 1 - INTERVAL 24 MONTH, ${last}, INTERVAL 1 DAY))::DATE AS day),
    weighed AS (SELECT day, (20 + ${draws.below('day', number, 12)} + ${draws.below('day again', number, 12)})
      * ${trade(sql`day`, [year - 2, year - 1, year])} AS weight FROM days),
    known AS (SELECT p.joined::DATE AS day, max(a.crm_buyer) AS crm, max(a.shop_buyer) AS shop
      FROM people p JOIN accounts a USING (n) GROUP BY ALL),
    met AS (SELECT w.day, w.weight, k.crm, k.shop FROM weighed w ASOF LEFT JOIN known k ON w.day > k.day)
    SELECT row_number() OVER (ORDER BY day) - 1 AS slot, day, coalesce(crm, 1) AS crm_known, coalesce(shop, 1) AS shop_known
    FROM (SELECT *, unnest(range(weight::BIGINT)) FROM met)`);
  return workspace.size(sql`day_wheel`);
}

/** Freight is charged on the web, and waived from 10,000 shillings and for what comes back. */
async function makeTotals({ workspace, draws }: Making): Promise<void> {
  await workspace.run(sql`CREATE TABLE totals AS
    SELECT n, t.lines, t.goods, CASE WHEN s.web AND s.bought IS NULL AND t.goods < 1000000
      THEN 20000 + 5000 * ${draws.below('shipping', sql`n`, 5)} ELSE 0 END AS shipping
    FROM (SELECT n, count(*) AS lines, sum(amount)::BIGINT AS goods FROM lines GROUP BY n) t JOIN sales s USING (n)`);
}
