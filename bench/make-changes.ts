import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Makes a second delivery of the files in `from`: about 1 % of the rows of every file are changed, new or gone. Who
 * vanishes has no orders, and who orders is there; so the outcome can be compared with a load from scratch.
 */
export async function makeChanges(from: string, to: string): Promise<void> {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  copyFileSync(join(from, 'pamoja.config.yaml'), join(to, 'pamoja.config.yaml'));
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', temp_directory: to });
  const duckdb = await instance.connect();
  try {
    for (const [file, change] of Object.entries(CHANGES)) {
      const rows = `(SELECT *, row_number() OVER () AS n FROM read_csv('${join(from, file)}', header = true, delim = ',', quote = '"', escape = '"', all_varchar = true, allow_quoted_nulls = false))`;
      await duckdb.run(
        `COPY (WITH rows AS ${rows} SELECT * EXCLUDE (n) FROM (${change})) TO '${join(to, file)}' (FORMAT csv, HEADER true)`,
      );
    }
  } finally {
    duckdb.closeSync();
    instance.closeSync();
  }
}

const ORDER = `substr("Order", 2)::BIGINT`;

const CHANGES: Record<string, string> = {
  'crm.csv': `SELECT * REPLACE (CASE WHEN n % 200 = 3 THEN 'Thika' ELSE "Town" END AS "Town") FROM rows
    UNION ALL SELECT * REPLACE ('N' || n AS "Customer ID", 'new' || n || '@example.co.ke' AS "Email", '' AS "Phone") FROM rows
    WHERE n % 200 = 5 AND "Last Name" <> ''`,
  'web.csv': `SELECT * REPLACE (CASE WHEN n % 300 = 3 THEN 'Thika' ELSE city END AS city) FROM rows WHERE n % 300 <> 4 OR n < (SELECT max(n) // 2 + 1 FROM rows)
    UNION ALL SELECT * REPLACE ('7' || id AS id, 'fresh' || n || '@example.co.ke' AS email, '' AS phone) FROM rows
    WHERE n % 300 = 5 AND first_name <> 'Nobody'`,
  'stock.csv': `SELECT * REPLACE (CASE WHEN n % 200 = 3 AND NOT starts_with("Price", '-') THEN 'KSh 77.00' ELSE "Price" END AS "Price") FROM rows
    UNION ALL SELECT * REPLACE ('SKU-N' || n AS "SKU") FROM rows WHERE n % 200 = 5 AND "Product" <> 'Nothing'`,
  'shop.csv': `SELECT * REPLACE (CASE WHEN n % 200 = 3 THEN 'Sundries' ELSE category END AS category) FROM rows
    UNION ALL SELECT * REPLACE ('6' || id AS id, 'sku-m' || n AS sku) FROM rows WHERE n % 200 = 5 AND title <> 'Nothing'`,
  'orders.csv': `SELECT * REPLACE (CASE WHEN n % 300 = 3 THEN 'app' ELSE "Channel" END AS "Channel") FROM rows WHERE ${ORDER} % 300 <> 4
    UNION ALL SELECT * REPLACE ('M' || ${ORDER} AS "Order") FROM rows WHERE ${ORDER} % 300 = 5`,
  'lines.csv': `SELECT * FROM rows WHERE ${ORDER} % 300 <> 4
    UNION ALL SELECT * REPLACE ('M' || ${ORDER} AS "Order") FROM rows WHERE ${ORDER} % 300 = 5`,
};
