import { type Sql, sql } from '../kernel/sql.js';
import { decimal } from './amounts.js';
import type { Making } from './making.js';

// Lists are gathered in memory, which spills no lists: so many orders at a time need some 200 MB.
const ORDERS_AT_A_TIME = 250_000;

/** Makes `baskets`: n (order of the web shop), lines (a list of what is in it, as the web shop writes it). */
export async function makeBaskets({ workspace, plan }: Making): Promise<void> {
  await workspace.run(sql`CREATE TABLE baskets AS ${basketsOf(sql`false`)}`);
  const orders = plan.orders + plan.refused.orders;
  for (let first = 1; first <= orders; first += ORDERS_AT_A_TIME) {
    const some = sql`l.n BETWEEN ${first} AND ${first + ORDERS_AT_A_TIME - 1}`;
    await workspace.run(sql`INSERT INTO baskets ${basketsOf(some)}`);
  }
}

function basketsOf(condition: Sql): Sql {
  const delisted = sql`(SELECT sku FROM goods WHERE fault = 'catalogue-negative' ORDER BY n LIMIT 1)`;
  return sql`SELECT o.n, list({'line': l.line, 'sku': CASE o.fault WHEN 'shop-delisted' THEN ${delisted} ELSE g.sku END,
      'quantity': CASE o.fault WHEN 'shop-quantity' THEN NULL ELSE l.quantity END, 'price': ${decimal(sql`l.cents`)},
      'discount': ${decimal(sql`l.discount`)}, 'subtotal': ${decimal(sql`l.amount`)}} ORDER BY l.line) AS lines
    FROM lines l JOIN sales o ON o.n = l.n JOIN goods g ON g.n = l.good WHERE o.web AND ${condition} GROUP BY o.n`;
}
