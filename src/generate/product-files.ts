import { sql } from '../kernel/sql.js';
import { decimal, money } from './amounts.js';
import type { Making } from './making.js';
import type { OutFile } from './out-file.js';

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
    rows: sql`SELECT n AS pos, fault, sku AS "SKU",
        CASE fault WHEN 'catalogue-nameless' THEN '' ELSE name END AS "Product", category AS "Category", brand AS "Brand",
        unit AS "Unit", CASE fault WHEN 'catalogue-negative' THEN '-' || ${plain} ELSE ${price} END AS "Price",
        stock AS "In Stock", strftime(listed, '%d/%m/%Y') AS "Listed"
      FROM goods WHERE listed_in <> 'shop'`,
    faults: {
      'catalogue-negative': { entity: 'products', rule: 'range', field: 'price' },
      'catalogue-nameless': { entity: 'products', rule: 'required', field: 'product_name' },
    },
  };
}

/** The web shop's list: things of its own, and some of the catalogue under numbers of its own. */
export function shopProducts({ draws }: Pick<Making, 'draws'>): OutFile {
  const n = sql`n`;
  return {
    source: 'shop_products',
    path: 'shop/products.ndjson',
    entity: 'products',
    format: { kind: 'ndjson' },
    columns: ['id', 'sku', 'title', 'category', 'brand', 'price', 'currency', 'stock', 'created_at'],
    rows: sql`SELECT n AS pos, fault, 70000 + n AS id, sku, CASE fault WHEN 'shop-nameless' THEN NULL ELSE name END AS title,
        lower(category) AS category, brand, CASE fault WHEN 'shop-priceless' THEN 'on request' ELSE
          ${decimal(sql`cents`)}::VARCHAR END AS price, 'KES' AS currency,
        CASE WHEN listed_in = 'both' THEN stock // 3 ELSE stock END AS stock,
        strftime(listed + to_days(${draws.below('on the web', n, 90)}::INTEGER), '%Y-%m-%dT%H:%M:%S+03:00') AS created_at
      FROM goods WHERE listed_in <> 'catalogue'`,
    faults: {
      'shop-priceless': { entity: 'products', rule: 'type', field: 'price' },
      'shop-nameless': { entity: 'products', rule: 'required', field: 'product_name' },
    },
  };
}
