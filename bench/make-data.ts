import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** What the business of a benchmark holds, in rows of the unified tables. */
export interface Sizes {
  customers: number;
  products: number;
  orders: number;
  items: number;
}

/** N customers in two systems, a fifth of that products in two catalogues, two orders a customer, 2.5 lines an order. */
export function sizesOf(n: number): Sizes {
  return { customers: n, products: Math.max(1, Math.round(n / 5)), orders: 2 * n, items: 5 * n };
}

/**
 * Makes the dirty files of a benchmark with a `pamoja.config.yaml`, once for each size: 1 % of the records of every
 * file are faulty or repeated and come on top, so that after an integration there is exactly what `sizesOf` says.
 */
export async function makeData(dir: string, n: number): Promise<Sizes> {
  const sizes = sizesOf(n);
  const done = join(dir, 'made.json');
  if (existsSync(done) && readFileSync(done, 'utf8') === JSON.stringify(sizes)) return sizes;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', temp_directory: dir });
  const duckdb = await instance.connect();
  try {
    for (const [file, query] of Object.entries(filesOf(sizes))) {
      await duckdb.run(`COPY (${query}) TO '${join(dir, file)}' (FORMAT csv, HEADER true)`);
    }
  } finally {
    duckdb.closeSync();
    instance.closeSync();
  }
  writeFileSync(join(dir, 'pamoja.config.yaml'), CONFIG);
  writeFileSync(done, JSON.stringify(sizes));
  return sizes;
}

const DIRT = 0.01;

function filesOf({ customers, products, orders, items }: Sizes): Record<string, string> {
  const bad = (rows: number) => Math.max(1, Math.round(rows * DIRT));
  // Four fifths are in the CRM, two fifths in the web shop, so that a fifth is in both.
  const inCrm = Math.round(customers * 0.8);
  const fromWeb = Math.round(customers * 0.6);
  const inStock = Math.round(products * 0.8);
  const fromShop = Math.round(products * 0.6);
  return {
    'crm.csv': `SELECT 'C' || i AS "Customer ID", ${first} AS "First Name", ${last} AS "Last Name",
        'p' || i || '@example.co.ke' AS "Email", '0' || (700000000 + i) AS "Phone", (i % 900) || ' ' || ${street} AS "Address",
        ${town} AS "Town", strftime(DATE '2020-01-01' + (i % 2000)::INTEGER, '%d/%m/%Y') AS "Since"
      FROM range(1, ${inCrm + 1}) t(i)
      UNION ALL SELECT 'C' || (${inCrm} + i), '', '', 'nobody' || i || '@example.co.ke', '', '', '', '01/01/2024' FROM range(1, ${bad(inCrm) + 1}) t(i)`,
    'web.csv': `SELECT i AS id, ${first} AS first_name, ${last} AS last_name, ' P' || i || '@Example.co.ke' AS email,
        '+254 ' || (700 + i // 1000000) || ' ' || lpad((i % 1000000)::VARCHAR, 6, '0') AS phone, ${town} AS city,
        strftime(TIMESTAMP '2021-01-01 08:00:00' + to_hours((i % 20000)::INTEGER), '%Y-%m-%dT%H:%M:%SZ') AS created_at
      FROM range(${fromWeb + 1}, ${customers + 1}) t(i)
      UNION ALL SELECT ${customers} + i, 'Nobody', '', 'no address', '', '', '' FROM range(1, ${bad(customers - fromWeb) + 1}) t(i)`,
    'stock.csv': `SELECT 'SKU-' || i AS "SKU", ${good} AS "Product", ${price} AS "Price", i % 500 AS "In Stock", ${category} AS "Category"
      FROM range(1, ${inStock + 1}) t(i)
      UNION ALL SELECT 'SKU-X' || i, 'Nothing', '-5.00', 0, '' FROM range(1, ${bad(inStock) + 1}) t(i)`,
    'shop.csv': `SELECT 90000000 + i AS id, 'sku-' || i AS sku, upper(${good}) AS title, ${price} AS price, ${category} AS category
      FROM range(${fromShop + 1}, ${products + 1}) t(i)
      UNION ALL SELECT 99000000 + i, 'sku-y' || i, 'Nothing', 'free', '' FROM range(1, ${bad(products - fromShop) + 1}) t(i)`,
    'orders.csv': `SELECT 'O' || i AS "Order", 'C' || (1 + i * 7919 % ${inCrm}) AS "Customer",
        strftime(DATE '2024-01-01' + (i % 730)::INTEGER, '%Y-%m-%d') AS "Date", ${total(orders, items, products)} AS "Total",
        ['shop', 'web', 'phone'][1 + i % 3] AS "Channel"
      FROM range(1, ${orders + 1}) t(i)
      UNION ALL SELECT 'O' || (${orders} + i), 'C1', '2025-02-30', '10.00', 'shop' FROM range(1, ${bad(orders) + 1}) t(i)`,
    'lines.csv': `SELECT 'O' || o AS "Order", line AS "Line", 'SKU-' || p AS "SKU", q AS "Qty", ${priceOf('p')} AS "Price",
        (q * (${centsOf('p')}) / 100)::DECIMAL(18,2) AS "Amount"
      FROM (${lines(orders, items, products)})
      UNION ALL SELECT 'O' || (${orders} + 1 + i % ${bad(orders)}), 1 + i // ${bad(orders)}, 'SKU-1', 1, '10.00', '10.00' FROM range(0, ${bad(items)}) t(i)`,
  };
}

// Every second order has two lines and the others three; a line's product and quantity follow from its number.
const lines = (_orders: number, items: number, products: number) =>
  `SELECT 1 + i // 5 * 2 + CASE WHEN i % 5 < 2 THEN 0 ELSE 1 END AS o, CASE WHEN i % 5 < 2 THEN 1 + i % 5 ELSE i % 5 - 1 END AS line,
    ${productOf('i', products)} AS p, ${quantityOf('i')} AS q FROM range(0, ${items}) t(i)`;
const productOf = (i: string, products: number) => `(1 + (${i}) * 104729 % ${products})`;
const quantityOf = (i: string) => `(1 + (${i}) % 4)`;

function total(_orders: number, _items: number, products: number): string {
  const at = (i: string) => `${quantityOf(i)} * (${centsOf(productOf(i, products))})`;
  const from = '((i - 1) // 2 * 5)';
  return `((CASE WHEN i % 2 = 1 THEN ${at(from)} + ${at(`${from} + 1`)}
    ELSE ${at(`${from} + 2`)} + ${at(`${from} + 3`)} + ${at(`${from} + 4`)} END) / 100)::DECIMAL(18,2)`;
}

const centsOf = (i: string) => `(5000 + ${i} * 37 % 900000)`;
const priceOf = (i: string) => `(${centsOf(i)} / 100)::DECIMAL(18,2)`;
const price = `'KSh ' || format('{:,.2f}', ${centsOf('i')} / 100)`;
const first = `['Wanjiku', 'Otieno', 'Achieng', 'Kiprop', 'Nduta', 'Hassan', 'Mwende', 'Barasa'][1 + i % 8] || chr((97 + i // 8 % 26)::INTEGER)`;
const last = `['Kamau', 'Odhiambo', 'Cheruiyot', 'Mutua', 'Abdi', 'Wafula', 'Njoroge'][1 + i % 7]`;
const street = `['Moi Avenue', 'Kenyatta Road', 'Oginga Street'][1 + i % 3]`;
const town = `['Nairobi', 'Mombasa', 'Kisumu', 'Nakuru', 'Eldoret'][1 + i % 5]`;
const good = `['Kettle', 'Lamp', 'Chair', 'Radio', 'Pan', 'Basket'][1 + i % 6] || ' ' || i`;
const category = `['Kitchen', 'Light', 'Furniture', 'Audio'][1 + i % 4]`;

const CONFIG = `name: bench
country: KE
currency: KES
timezone: Africa/Nairobi
rejects: { maxShare: 0.05 }
sources:
  crm:
    type: csv
    path: crm.csv
    vanished: delete
    entities:
      customers:
        key: Customer ID
        fields:
          first_name: { from: First Name, required: true }
          last_name: Last Name
          email: Email
          phone: Phone
          address_line1: Address
          city: Town
          country: { constant: Kenya }
          created_at: { from: Since, format: "%d/%m/%Y" }
  web:
    type: csv
    path: web.csv
    vanished: delete
    entities:
      customers:
        key: id
        fields:
          first_name: first_name
          last_name: last_name
          email: { from: email, severity: reject }
          phone: phone
          city: city
          country: { constant: Kenya }
          created_at: created_at
  stock:
    type: csv
    path: stock.csv
    vanished: delete
    entities:
      products:
        key: SKU
        fields:
          product_name: Product
          sku: SKU
          price: { from: Price, severity: reject }
          currency: { constant: KES }
          stock_quantity: In Stock
          category: Category
  shop:
    type: csv
    path: shop.csv
    vanished: delete
    entities:
      products:
        key: id
        fields:
          product_name: title
          sku: sku
          price: { from: price, severity: reject }
          currency: { constant: KES }
          category: category
  orders:
    type: csv
    path: orders.csv
    vanished: delete
    entities:
      orders:
        key: Order
        fields:
          customer_id: { from: Customer, source: crm }
          order_number: Order
          order_date: Date
          channel: Channel
          currency: { constant: KES }
          total_amount: Total
  lines:
    type: csv
    path: lines.csv
    vanished: delete
    entities:
      order_items:
        key: [Order, Line]
        fields:
          order_id: { from: Order, source: orders }
          product_id: { from: SKU, by: sku }
          line_number: Line
          quantity: Qty
          unit_price: Price
          subtotal: Amount
`;
