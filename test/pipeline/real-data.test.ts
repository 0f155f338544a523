import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProjectConfig } from '../../src/model/config.js';
import { changed, DATA, hasData, openTestProject, type TestProject } from '../support/project.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
});
afterEach(() => shop.close());

const customers = {
  first_name: 'companyName',
  city: 'city',
  country: 'country',
  postal_code: 'postalCode',
  region: 'region',
};

const northwindCsv: ProjectConfig = {
  sources: {
    customers: {
      type: 'csv',
      path: 'data/customers.csv',
      entities: { customers: { key: 'customerID', fields: customers } },
    },
    products: {
      type: 'csv',
      path: 'data/products.csv',
      entities: {
        products: {
          key: 'productID',
          fields: { product_name: 'productName', price: 'unitPrice', stock_quantity: 'unitsInStock' },
        },
      },
    },
    orders: {
      type: 'csv',
      path: 'data/orders.csv',
      entities: {
        orders: {
          key: 'orderID',
          fields: {
            customer_id: { from: 'customerID', source: 'customers' },
            order_date: 'orderDate',
            shipping_amount: 'freight',
          },
        },
      },
    },
    details: {
      type: 'csv',
      path: 'data/order_details.csv',
      entities: {
        order_items: {
          fields: {
            order_id: { from: 'orderID', source: 'orders' },
            product_id: { from: 'productID', source: 'products' },
            quantity: 'quantity',
            unit_price: 'unitPrice',
            discount_amount: {
              sql: '(quantity::INT * unitPrice::DECIMAL(18,4) * discount::DECIMAL(9,6))::DECIMAL(18,4)',
            },
          },
        },
      },
    },
  },
};

const inAddress = Object.fromEntries(
  Object.entries(customers).map(([field, column]) => [
    field,
    field === 'first_name' ? column : `address.${column}`,
  ]),
);

const northwindJson: ProjectConfig = {
  sources: {
    customers: {
      type: 'json',
      path: 'data/customers.json',
      entities: { customers: { key: 'customerID', fields: inAddress } },
    },
    products: {
      type: 'json',
      path: 'data/products.json',
      entities: {
        products: {
          key: 'productID',
          fields: { product_name: 'name', price: 'unitPrice', stock_quantity: 'unitsInStock' },
        },
      },
    },
    orders: {
      type: 'json',
      path: 'data/orders.json',
      entities: {
        orders: {
          key: 'orderID',
          fields: {
            customer_id: { from: 'customerID', source: 'customers' },
            order_date: 'orderDate',
            shipping_amount: 'freight',
          },
        },
        order_items: {
          each: 'details',
          fields: {
            order_id: '^orderID',
            product_id: { from: 'productID', source: 'products' },
            quantity: 'quantity',
            unit_price: 'unitPrice',
            discount_amount: {
              sql: '("quantity"::INT * "unitPrice"::DECIMAL(18,4) * "discount"::DECIMAL(9,6))::DECIMAL(18,4)',
            },
          },
        },
      },
    },
  },
};

const SUMS = `SELECT (SELECT count(*) FROM customers) AS customers, (SELECT count(*) FROM products) AS products,
  (SELECT count(*) FROM orders) AS orders, count(*) AS items, sum(quantity)::numeric(18,0)::text AS quantity,
  sum(quantity * unit_price)::numeric(18,2)::text AS gross, sum(subtotal)::text AS net,
  (SELECT sum(shipping_amount) FROM orders)::numeric(18,2)::text AS freight FROM order_items`;

const TRUE_SUMS = {
  customers: 91,
  products: 77,
  orders: 830,
  items: 2155,
  quantity: '51317',
  gross: '1354458.59',
  net: '1265793.0395',
  freight: '64942.69',
};

describe('Northwind', () => {
  test.skipIf(!hasData('retail/northwind'))(
    'as CSV shows its known counts and sums to the last decimal',
    async () => {
      symlinkSync(join(DATA, 'retail/northwind/csv'), join(shop.root, 'data'));
      const result = await shop.run(northwindCsv);
      expect(result.ledger.every((line) => line.balanced)).toBe(true);
      expect(result.checks.filter((check) => !check.passed)).toEqual([]);
      expect(await shop.query(SUMS)).toEqual([TRUE_SUMS]);
      const [text] = await shop.query<{ nulls: number; words: number; zeros: number }>(`SELECT
      count(*) FILTER (WHERE region IS NULL) AS nulls, count(*) FILTER (WHERE region = 'NULL') AS words,
      count(*) FILTER (WHERE postal_code LIKE '0%') AS zeros FROM customers`);
      expect(text).toEqual({ nulls: 60, words: 0, zeros: 18 });
      const silent = await shop.query(`SELECT source_key FROM (SELECT l.key AS source_key FROM pamoja.links l
      LEFT JOIN orders o ON o.customer_id = l.id WHERE l.entity = 'customers' AND o.order_id IS NULL) s ORDER BY 1`);
      expect(silent).toEqual([{ source_key: 'FISSA' }, { source_key: 'PARIS' }]);
      expect(changed(await shop.run(northwindCsv))).toEqual({ created: 0, updated: 0, deleted: 0 });
    },
  );

  test.skipIf(!hasData('retail/northwind'))('as JSON with nested details shows the same', async () => {
    symlinkSync(join(DATA, 'retail/northwind/json'), join(shop.root, 'data'));
    const result = await shop.run(northwindJson);
    expect(
      result.ledger.map(({ entity, read, accepted, balanced }) => ({ entity, read, accepted, balanced })),
    ).toEqual([
      { entity: 'customers', read: 91, accepted: 91, balanced: true },
      { entity: 'products', read: 77, accepted: 77, balanced: true },
      { entity: 'orders', read: 830, accepted: 830, balanced: true },
      { entity: 'order_items', read: 2155, accepted: 2155, balanced: true },
    ]);
    expect(await shop.query(SUMS)).toEqual([TRUE_SUMS]);
  });
});

describe('Kestra', () => {
  const monthly: ProjectConfig = {
    sources: {
      monthly: {
        type: 'csv',
        path: 'data/*.csv',
        period: '(\\d{4}_\\d{2})\\.csv$',
        entities: {
          customers: {
            key: 'customer_email',
            fields: {
              first_name: { from: 'customer_name', split: { part: 'given' } },
              last_name: { from: 'customer_name', split: { part: 'family' } },
              email: 'customer_email',
            },
          },
          products: { key: 'product_id', fields: { product_name: { sql: "'Product ' || product_id" } } },
          orders: {
            key: 'order_id',
            fields: {
              customer_id: 'customer_email',
              ordered_at: 'order_date',
              order_date: 'order_date',
              total_amount: 'total',
            },
          },
          order_items: {
            key: 'order_id',
            fields: {
              order_id: 'order_id',
              product_id: 'product_id',
              quantity: 'quantity',
              unit_price: 'price',
              subtotal: 'total',
            },
          },
        },
      },
    },
  };

  test.skipIf(!hasData('retail/kestra'))(
    'twelve monthly files whose ids restart give 5,605 orders, not 874',
    async () => {
      symlinkSync(join(DATA, 'retail/kestra/monthly_orders'), join(shop.root, 'data'));
      const result = await shop.run(monthly);
      expect(result.entities.orders).toMatchObject({ created: 5605, total: 5605 });
      expect(result.entities.order_items).toMatchObject({ created: 5605 });
      expect(result.ledger).toHaveLength(48);
      expect(result.ledger.every((line) => line.balanced)).toBe(true);
      const [sums] = await shop.query(
        'SELECT sum(total_amount)::numeric(18,2)::text AS total, (SELECT sum(subtotal)::numeric(18,2)::text FROM order_items) AS lines FROM orders',
      );
      expect(sums).toEqual({ total: '7448837.00', lines: '7448837.00' });
    },
  );

  test.skipIf(!hasData('retail/kestra'))(
    'orders that name their products and no customer table give 56,756.37',
    async () => {
      symlinkSync(join(DATA, 'retail/kestra/csv'), join(shop.root, 'data'));
      const result = await shop.run({
        sources: {
          products: {
            type: 'csv',
            path: 'data/products.csv',
            entities: {
              products: {
                key: 'product_id',
                fields: { product_name: 'product_name', category: 'product_category', brand: 'brand' },
              },
            },
          },
          orders: {
            type: 'csv',
            path: 'data/orders.csv',
            entities: {
              customers: {
                key: 'customer_email',
                fields: { first_name: 'customer_name', email: 'customer_email' },
              },
              orders: {
                key: 'order_id',
                fields: { customer_id: { from: 'customer_email', by: 'email' }, total_amount: 'total' },
              },
              order_items: {
                fields: {
                  order_id: 'order_id',
                  product_id: { from: 'product_id', source: 'products' },
                  quantity: 'quantity',
                  unit_price: 'price',
                  subtotal: 'total',
                },
              },
            },
          },
        },
      });
      expect(result.entities.orders?.total).toBe(100);
      expect(await shop.query('SELECT sum(total_amount)::numeric(18,2)::text AS total FROM orders')).toEqual([
        { total: '56756.37' },
      ]);
    },
  );
});
