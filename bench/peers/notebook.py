"""Loads clean files as notebooks do: pandas reads, psycopg2 executes one INSERT a row."""
import os
import sys

import pandas
import psycopg2

TABLES = {
    "customers": ("customer_id bigint PRIMARY KEY, first_name text, last_name text, email text, phone text, "
                  "address_line1 text, city text, country text, created_at timestamp"),
    "products": ("product_id bigint PRIMARY KEY, product_name text, price numeric(18,4), stock_quantity numeric(18,4), "
                 "sku text, category text, currency text"),
    "orders": ("order_id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, order_date date, "
               "total_amount numeric(18,4), order_number text, channel text, currency text"),
    "order_items": ("order_item_id bigint PRIMARY KEY, order_id bigint REFERENCES orders, product_id bigint "
                    "REFERENCES products, quantity numeric(18,4), unit_price numeric(18,4), subtotal numeric(18,4), "
                    "line_number bigint"),
}

connection = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = connection.cursor()
for table, columns in TABLES.items():
    cursor.execute(f"CREATE TABLE {table} ({columns})")
    for frame in pandas.read_csv(f"{sys.argv[1]}/{table}.csv", dtype=str, chunksize=100_000):
        rows = frame.astype(object).where(frame.notna(), None)
        places = ", ".join(["%s"] * len(rows.columns))
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(rows.columns)}) VALUES ({places})",
            list(rows.itertuples(index=False, name=None)),
        )
    connection.commit()
cursor.execute("CREATE INDEX ON orders (customer_id)")
cursor.execute("CREATE INDEX ON order_items (order_id)")
cursor.execute("CREATE INDEX ON order_items (product_id)")
connection.commit()
