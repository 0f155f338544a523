import { type Sql, sql } from '../kernel/sql.js';
import { oneOf } from './draws.js';
import { makeBaskets } from './make-baskets.js';
import { until } from './make-people.js';
import { faultOf, type Making } from './making.js';

/** Why an order or one of its lines will be refused; named by the system that holds it. */
export const ORDER_FAULTS = ['pos-date', 'pos-total', 'pos-quantity', 'shop-date', 'shop-quantity'] as const;

/** Of a hundred orders, how many are placed on the web. */
const WEB_SHARE = 30;

/**
 * Makes `sales`, one row an order, numbered by time: n, fault, web, number (in its system), day, second (of the day),
 * buyer (place in `crm_buyers` or `shop_buyers`), status, paid_by, till.
 * Makes `lines`: n (order), line, good (product), quantity, cents (a unit), discount, amount; money in cents, and
 * amount = quantity × cents − discount. Makes `totals`: n, lines, goods, shipping; and `baskets`, the lines as lists.
 */
export async function makeSales(making: Making): Promise<void> {
  const slots = await makeDays(making);
  const { workspace, plan, draws } = making;
  const n = sql`r.n`;
  const total = plan.orders + plan.refused.orders;
  await workspace.run(sql`CREATE TABLE placed AS
    SELECT r.n, r.fault, d.day, d.crm_known, d.shop_known,
      CASE WHEN r.fault IS NOT NULL THEN r.fault LIKE 'shop-%' WHEN r.n <= 2 THEN r.n = 1 ELSE ${draws.percent('web', n, WEB_SHARE)} END AS web
    FROM (SELECT range AS n, ${faultOf(sql`range`, plan.refused.orders, total, ORDER_FAULTS)} AS fault FROM range(1, ${total + 1})) r
    JOIN day_wheel d ON d.slot = (${n} - 1) * ${slots} // ${total}`);
  await workspace.run(sql`CREATE TABLE sales AS
    SELECT n, fault, web, row_number() OVER (PARTITION BY web ORDER BY n) AS number, day,
      CASE WHEN web THEN 21600 + ${draws.below('second', sql`n`, 61_200)} ELSE 28800 + ${draws.below('second', sql`n`, 43_200)} END AS second,
      ${loyal(making, sql`CASE WHEN web THEN shop_known ELSE crm_known END`)} AS buyer,
      ${oneOf(draws.below('status', sql`n`, 20), statuses())} AS status,
      ${oneOf(draws.below('paid by', sql`n`, 10), ['M-Pesa', 'M-Pesa', 'M-Pesa', 'M-Pesa', 'M-Pesa', 'M-Pesa', 'cash', 'cash', 'cash', 'card'])} AS paid_by,
      1 + ${draws.below('till', sql`n`, 6)} AS till
    FROM placed`);
  await workspace.drop('placed');
  await makeLines(making, total);
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
  const { workspace, draws } = making;
  const last = until(making);
  const number = sql`(day - DATE '2000-01-01')::BIGINT`;
  await workspace.run(sql`CREATE TABLE day_wheel AS
    WITH days AS (SELECT unnest(generate_series(${last} + 1 - INTERVAL 24 MONTH, ${last}, INTERVAL 1 DAY))::DATE AS day),
    weighed AS (SELECT day, (20 + ${draws.below('day', number, 12)} + ${draws.below('day again', number, 12)})
      * CASE month(day) WHEN 12 THEN 1.8 WHEN 11 THEN 1.2 WHEN 1 THEN 0.8 ELSE 1 END
      * CASE WHEN day >= last_day(day) - 4 THEN 1.5 ELSE 1 END
      * CASE dayofweek(day) WHEN 6 THEN 1.3 WHEN 0 THEN 0.8 ELSE 1 END AS weight FROM days),
    known AS (SELECT p.joined::DATE AS day, max(a.crm_buyer) AS crm, max(a.shop_buyer) AS shop
      FROM people p JOIN accounts a USING (n) GROUP BY ALL),
    met AS (SELECT w.day, w.weight, k.crm, k.shop FROM weighed w ASOF LEFT JOIN known k ON w.day > k.day)
    SELECT row_number() OVER (ORDER BY day) - 1 AS slot, day, coalesce(crm, 1) AS crm_known, coalesce(shop, 1) AS shop_known
    FROM (SELECT *, unnest(range(weight::BIGINT)) FROM met)`);
  return workspace.count(sql`SELECT count(*) FROM day_wheel`);
}

/** One line for every order, and the others on orders drawn for them. */
async function makeLines({ workspace, plan, draws }: Making, orders: number): Promise<void> {
  const extra = plan.items - plan.orders;
  await workspace.run(sql`CREATE TABLE clean_orders AS
    SELECT row_number() OVER (ORDER BY n) AS place, n FROM sales WHERE fault IS NULL`);
  const i = sql`i`;
  const onShelf = await workspace.count(sql`SELECT count(*) FROM shelf_goods`);
  const inShop = await workspace.count(sql`SELECT count(*) FROM shop_goods`);
  // A draw below a draw: what comes early in a list is bought most.
  const place = (goods: number) => draws.below('good', i, sql`1 + ${draws.below('reach', i, goods)}`);
  await workspace.run(sql`CREATE TABLE scans AS
    SELECT s.i, s.n, s.line, s.web, CASE WHEN s.web THEN b.n ELSE g.n END AS good
    FROM (SELECT l.i, l.n, l.line, o.web, 1 + CASE WHEN o.web THEN ${place(inShop)}
        ELSE ${place(onShelf)} END AS place
      FROM (SELECT n AS i, n, 1 AS line FROM sales UNION ALL
        SELECT ${orders} + e.i, c.n, 1 + row_number() OVER (PARTITION BY c.n ORDER BY e.i)
        FROM (SELECT range AS i, 1 + ${draws.below('extra line', sql`range`, plan.orders)} AS place FROM range(1, ${extra + 1})) e
        JOIN clean_orders c ON c.place = e.place) l JOIN sales o ON o.n = l.n) s
    LEFT JOIN shelf_goods g ON g.place = s.place LEFT JOIN shop_goods b ON b.place = s.place`);
  const quantity = sql`CASE WHEN g.cents > 1000000 AND ${draws.percent('single', i, 85)} THEN 1
    ELSE 1 + least(${draws.below('quantity', i, 5)}, ${draws.below('quantity again', i, 6)}) END`;
  const price = sql`CASE WHEN ${draws.percent('haggled', i, 25)}
    THEN greatest(100, g.cents * (93 + ${draws.below('haggle', i, 11)}) // 10000 * 100) ELSE g.cents END`;
  const off = sql`CASE WHEN ${draws.percent('discount', i, 12)} THEN 5 * (1 + ${draws.below('discount of', i, 3)}) ELSE 0 END`;
  await workspace.run(sql`CREATE TABLE lines AS
    SELECT n, line, good, quantity, cents, quantity * cents * off // 100 AS discount,
      quantity * cents - quantity * cents * off // 100 AS amount
    FROM (SELECT s.n, s.line, s.good, ${quantity} AS quantity, ${price} AS cents, ${off} AS off
      FROM scans s JOIN goods g ON g.n = s.good)`);
  await workspace.drop('scans', 'clean_orders');
}

/** Freight is charged on the web, and waived from 10,000 shillings. */
async function makeTotals({ workspace, draws }: Making): Promise<void> {
  await workspace.run(sql`CREATE TABLE totals AS
    SELECT n, t.lines, t.goods, CASE WHEN s.web AND t.goods < 1000000
      THEN 20000 + 5000 * ${draws.below('shipping', sql`n`, 5)} ELSE 0 END AS shipping
    FROM (SELECT n, count(*) AS lines, sum(amount)::BIGINT AS goods FROM lines GROUP BY n) t JOIN sales s USING (n)`);
}
