/** The tables that the peers load: the columns that the data fills, as Pamoja names and types them. */
export const TABLES = {
  customers: `customer_id bigint NOT NULL, first_name text, last_name text, email text, phone text, address_line1 text,
    city text, country text, created_at timestamp`,
  products: `product_id bigint NOT NULL, product_name text, price numeric(18,4), stock_quantity numeric(18,4),
    sku text, category text, currency text`,
  orders: `order_id bigint NOT NULL, customer_id bigint, order_date date, total_amount numeric(18,4), order_number text,
    channel text, currency text`,
  order_items: `order_item_id bigint NOT NULL, order_id bigint, product_id bigint, quantity numeric(18,4),
    unit_price numeric(18,4), subtotal numeric(18,4), line_number bigint`,
} as const;

export type TableName = keyof typeof TABLES;

export const NAMES = Object.keys(TABLES) as TableName[];

export function columnsOf(table: TableName): string[] {
  return TABLES[table]
    .split(',')
    .flatMap((part) => (/^\s*[a-z_]+\d? /.test(part) ? [part.trim().split(' ')[0] as string] : []));
}

/** The statements that make the tables, bare. */
export const CREATE = NAMES.map((name) => `CREATE TABLE ${name} (${TABLES[name]});`).join('\n');

/** The keys that Pamoja makes too: primary and foreign ones, and an index on every column that refers. */
export const KEYS = `ALTER TABLE customers ADD PRIMARY KEY (customer_id);
ALTER TABLE products ADD PRIMARY KEY (product_id);
ALTER TABLE orders ADD PRIMARY KEY (order_id);
ALTER TABLE order_items ADD PRIMARY KEY (order_item_id);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON order_items (order_id);
CREATE INDEX ON order_items (product_id);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE order_items ADD FOREIGN KEY (product_id) REFERENCES products;`;

export const ANALYZE = NAMES.map((name) => `ANALYZE ${name};`).join('\n');
