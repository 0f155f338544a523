import { sql } from '../kernel/sql.js';
import { decimal, money } from './amounts.js';
import type { Making } from './making.js';
import type { Fault, OutFile } from './out-file.js';

const product = (rule: string, field: string): Fault => ({ entity: 'products', rule, field });

/** The catalogue as head office keeps it in a spreadsheet. */
export function catalogueProducts({ draws }: Pick<Making, 'draws'>): OutFile {
  const n = sql`n`;
  const plain = money(sql`cents`);
  const thousands = sql`format('{:,}', cents // 100) || right(${plain}, 3)`;
  const price = sql`CASE ${draws.below('price style', n, 5)} WHEN 0 THEN 'KSh ' || ${thousands} WHEN 1 THEN ${thousands} ELSE ${plain} END`;
  return {
    source: 'catalogue',
    path: 'catalogue/products.csv',
    entity: 'products',
    format: { kind: 'csv', delimiter: ';', quote: ['Product'] },
    columns: ['SKU', 'Product', 'Category', 'Brand', 'Unit', 'Price', 'In Stock', 'Listed'],
    rows: sql`SELECT n AS pos, fault, NULL AS blemish, 0 AS part_count, n AS truth_id,
        CASE fault WHEN 'catalogue-misnumbered' THEN replace(sku, '-', '/') ELSE sku END AS "SKU",
        CASE fault WHEN 'catalogue-nameless' THEN '' WHEN 'catalogue-wordy' THEN name || repeat(', new and better than ever', 10)
          WHEN 'catalogue-nul' THEN name || chr(0) ELSE name END AS "Product", category AS "Category", brand AS "Brand",
        unit AS "Unit", CASE fault WHEN 'catalogue-negative' THEN '-' || ${plain} ELSE ${price} END AS "Price",
        stock AS "In Stock", strftime(listed, '%d/%m/%Y') AS "Listed"
      FROM goods WHERE listed_in <> 'shop'`,
    keys: { products: sql`"SKU"` },
    faults: {
      'catalogue-negative': product('range', 'price'),
      'catalogue-nameless': product('required', 'product_name'),
      'catalogue-misnumbered': product('pattern', 'sku'),
      'catalogue-wordy': product('length', 'product_name'),
      'catalogue-nul': product('nul', ''),
    },
  };
}

/** The web shop's list: things of its own, and some of the catalogue under numbers of its own. */
export function shopProducts({ draws, plan }: Pick<Making, 'draws' | 'plan'>): OutFile {
  const n = sql`n`;
  const price = sql`${decimal(sql`cents`)}::VARCHAR`;
  // Of what is listed twice, the second number lies above all others.
  const copies = sql`(VALUES (0), (1)) listings(listing)`;
  return {
    source: 'shop_products',
    path: 'shop/products.ndjson',
    entity: 'products',
    // An API gives whole records only.
    format: { kind: 'ndjson', torn: false },
    columns: ['id', 'sku', 'title', 'category', 'brand', 'price', 'currency', 'stock', 'created_at'],
    rows: sql`SELECT n * 2 + listing AS pos, fault, NULL AS blemish, 0 AS part_count, n AS truth_id,
        70000 + n + listing * ${plan.products + plan.refused.products} AS id, sku,
        CASE fault WHEN 'shop-nameless' THEN NULL ELSE name END AS title, lower(category) AS category, brand,
        CASE fault WHEN 'shop-priceless' THEN 'on request' WHEN 'shop-foreign' THEN 'USD ' || ${price} ELSE ${price} END AS price,
        'KES' AS currency, CASE WHEN listed_in = 'both' THEN stock // 3 ELSE stock END AS stock,
        strftime(listed + to_days(${draws.below('on the web', n, 90)}::INTEGER), '%Y-%m-%dT%H:%M:%S+03:00') AS created_at
      FROM goods JOIN ${copies} ON listing = 0 OR fault = 'shop-doubled' WHERE listed_in <> 'catalogue'`,
    keys: { products: sql`id` },
    faults: {
      'shop-priceless': product('type', 'price'),
      'shop-nameless': product('required', 'product_name'),
      'shop-foreign': product('currency', 'price'),
      'shop-doubled': product('unique', 'sku'),
    },
  };
}
