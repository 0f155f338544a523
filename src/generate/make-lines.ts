import { sql } from '../kernel/sql.js';
import type { Making } from './making.js';

/**
 * Makes `lines`: one for every order, and the others on orders drawn for them. A return has one line: goods of the
 * first line of what was bought, at the price and discount of that day.
 */
export async function makeLines({ workspace, plan, draws }: Making): Promise<void> {
  const orders = plan.orders + plan.refused.orders;
  const extra = plan.items - plan.orders;
  await workspace.run(sql`CREATE TABLE clean_orders AS
    SELECT row_number() OVER (ORDER BY n) AS place, n FROM sales WHERE fault IS NULL AND bought IS NULL`);
  const roomy = await workspace.size(sql`clean_orders`);
  const i = sql`i`;
  const onShelf = await workspace.size(sql`shelf_goods`);
  const inShop = await workspace.size(sql`shop_goods`);
  // A draw below a draw: what comes early in a list is bought most.
  const place = (goods: number) => draws.below('good', i, sql`1 + ${draws.below('reach', i, goods)}`);
  // Whatever is drawn for a line is drawn by `i`, so that what comes back draws what was bought.
  await workspace.run(sql`CREATE TABLE scans AS
    SELECT s.i, s.n, s.line, s.web, s.bought, CASE WHEN s.web THEN b.n ELSE g.n END AS good
    FROM (SELECT l.i, l.n, l.line, o.web, o.bought, 1 + CASE WHEN o.web THEN ${place(inShop)}
        ELSE ${place(onShelf)} END AS place
      FROM (SELECT coalesce(bought, n) AS i, n, 1 AS line FROM sales UNION ALL
        SELECT ${orders} + e.i, c.n, 1 + row_number() OVER (PARTITION BY c.n ORDER BY e.i)
        FROM (SELECT range AS i, 1 + ${draws.below('extra line', sql`range`, roomy)} AS place FROM range(1, ${extra + 1})) e
        JOIN clean_orders c ON c.place = e.place) l JOIN sales o ON o.n = l.n) s
    LEFT JOIN shelf_goods g ON g.place = s.place LEFT JOIN shop_goods b ON b.place = s.place`);
  const quantity = sql`CASE WHEN g.cents > 1000000 AND ${draws.percent('single', i, 85)} THEN 1
    ELSE 1 + least(${draws.below('quantity', i, 5)}, ${draws.below('quantity again', i, 6)}) END`;
  const back = sql`CASE WHEN bought IS NULL THEN quantity ELSE 1 + ${draws.below('back', sql`n`, sql`quantity`)} END`;
  const price = sql`CASE WHEN ${draws.percent('haggled', i, 25)}
    THEN greatest(100, g.cents * (93 + ${draws.below('haggle', i, 11)}) // 10000 * 100) ELSE g.cents END`;
  const off = sql`CASE WHEN ${draws.percent('discount', i, 12)} THEN 5 * (1 + ${draws.below('discount of', i, 3)}) ELSE 0 END`;
  await workspace.run(sql`CREATE TABLE lines AS
    SELECT n, line, good, quantity, cents, quantity * cents * off // 100 AS discount,
      quantity * cents - quantity * cents * off // 100 AS amount
    FROM (SELECT * REPLACE (${back} AS quantity) FROM (
      SELECT s.n, s.line, s.good, s.bought, ${quantity} AS quantity, ${price} AS cents, ${off} AS off
      FROM scans s JOIN goods g ON g.n = s.good))`);
  await workspace.drop('scans', 'clean_orders');
}
