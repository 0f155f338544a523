import { sql } from '../kernel/sql.js';
import { CATEGORIES, type Category } from './catalogue-items.js';
import { padded } from './draws.js';
import { PRODUCT_FAULTS } from './faults.js';
import { until } from './make-people.js';
import { faultOf, type Making } from './making.js';
import { constants } from './wheel.js';

/**
 * Makes `goods`, one row a product: n, fault, sku, name, category, brand, unit, cents (price in cents of a shilling),
 * stock, listed (time), listed_in (catalogue, shop, both). No two names or stock keeping units are the same.
 * Makes `shelf_goods` and `shop_goods`: place (1, 2, …), n, for orders to draw from; without the faulty.
 */
export async function makeGoods(making: Making): Promise<void> {
  const { workspace, plan, draws } = making;
  const offers = await makeAssortment(making);
  const n = sql`r.n`;
  const total = plan.products + plan.refused.products;
  const series = sql`1 + (${n} - 1) // ${offers}`;
  const drawn = draws.below('listed in', n, 100);
  await workspace.run(sql`CREATE TABLE goods AS
    SELECT r.n, ${faultOf(n, plan.refused.products, total, PRODUCT_FAULTS)} AS fault,
      a.code || '-' || ${padded(n, 6)} AS sku,
      a.name || CASE WHEN ${series} > 1 THEN ' Series ' || (${series})::VARCHAR ELSE '' END AS name,
      a.category, a.brand, a.unit, greatest(500, a.cents * (90 + ${draws.below('price', n, 21)}) // 10000 * 100) AS cents,
      CASE WHEN ${draws.percent('sold out', n, 3)} THEN 0 ELSE 1 + ${draws.below('stock', n, 480)} END AS stock,
      (${until(making)} - (731 + ${draws.below('listed', n, 900)})::INTEGER)::TIMESTAMP + to_seconds(28800 + ${draws.below('listed at', n, 36_000)}) AS listed,
      CASE WHEN ${n} <= 3 THEN list_extract(['both', 'catalogue', 'shop'], ${n})
        WHEN ${drawn} < 60 THEN 'catalogue' WHEN ${drawn} < 80 THEN 'shop' ELSE 'both' END AS listed_in
    FROM (SELECT range AS n FROM range(1, ${total + 1})) r
    JOIN assortment a ON a.place = (${n} - 1) % ${offers}`);
  await workspace.run(sql`UPDATE goods SET listed_in = split_part(fault, '-', 1) WHERE fault IS NOT NULL`);
  for (const [table, other] of [
    [sql`shelf_goods`, sql`'shop'`],
    [sql`shop_goods`, sql`'catalogue'`],
  ] as const) {
    await workspace.run(sql`CREATE TABLE ${table} AS SELECT row_number() OVER (ORDER BY n) AS place, n FROM goods
      WHERE fault IS NULL AND listed_in <> ${other}`);
  }
}

/** Every maker, item, size and variant there is, in an order drawn so that plain ones come first. Gives how many. */
async function makeAssortment({ workspace, draws }: Making): Promise<number> {
  await workspace.run(
    sql`CREATE TEMP TABLE offers AS ${constants(
      ['place', 'category', 'code', 'brand', 'name', 'unit', 'cents', 'rank'],
      CATEGORIES.flatMap(offersOf).map((offer, place) => [place, ...offer]),
    )}`,
  );
  await workspace.run(sql`CREATE TABLE assortment AS
    SELECT row_number() OVER (ORDER BY rank * 1000 + ${draws.below('assortment', sql`place`, 1800)}, place) - 1 AS place,
      * EXCLUDE (place, rank) FROM offers`);
  await workspace.drop('offers');
  return workspace.size(sql`assortment`);
}

function offersOf(category: Category): (string | number)[][] {
  return category.brands.flatMap((brand, tier) =>
    category.items.flatMap((item) =>
      item.sizes.flatMap(([size, price]) =>
        category.variants.map(([variant, factor], rank) => [
          category.name,
          category.code,
          brand,
          [brand, item.name, size, variant].filter((word) => word !== '').join(' '),
          item.unit,
          Math.round(price * factor * (1 + tier * 0.06)) * 100,
          rank,
        ]),
      ),
    ),
  );
}
