import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProjectConfig } from '../../../src/model/config.js';
import { makeReport } from '../../../src/pipeline/make-report.js';
import { changed, DATA, hasData, openTestProject, type TestProject } from '../../support/project.js';
import { type ApiServer, sendJson, sendSkipped, serveApi } from './api-server.js';

let shop: TestProject;
let api: ApiServer;
beforeEach(async () => {
  shop = await openTestProject();
});
afterEach(async () => {
  await api.close();
  await shop.close();
});

const read = (path: string): unknown => JSON.parse(readFileSync(join(DATA, path), 'utf8'));

function dummyJson(origin: string): ProjectConfig {
  const at = (list: string) => ({ type: 'rest' as const, url: `${origin}/${list}`, allowPrivate: true });
  return {
    currency: 'USD',
    sources: {
      users: {
        ...at('users'),
        entities: {
          customers: {
            key: 'id',
            fields: {
              first_name: 'firstName',
              last_name: 'lastName',
              email: 'email',
              phone: 'phone',
              address_line1: 'address.address',
              city: 'address.city',
              country: 'address.country',
            },
          },
        },
      },
      products: {
        ...at('products'),
        entities: {
          products: {
            key: 'id',
            fields: { product_name: 'title', price: 'price', stock_quantity: 'stock', brand: 'brand' },
          },
        },
      },
      carts: {
        ...at('carts'),
        entities: {
          orders: {
            key: 'id',
            fields: {
              customer_id: { from: 'userId', source: 'users' },
              order_date: { constant: '2026-03-01' },
              total_amount: 'discountedTotal',
            },
          },
          order_items: {
            each: 'products',
            fields: {
              order_id: '^id',
              product_id: { from: 'id', source: 'products' },
              quantity: 'quantity',
              unit_price: 'price',
              subtotal: 'discountedTotal',
            },
          },
        },
      },
    },
    entities: {
      // Its lines are discounted by a percentage, and each is rounded.
      order_items: { equations: [] },
      orders: { equations: [] },
    },
  };
}

/** The texts of all files below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

describe.skipIf(!hasData('retail/dummyjson'))('DummyJSON in pages by limit and skip', () => {
  test('comes whole into a database, and what nobody mapped comes nowhere', async () => {
    const lists = Object.fromEntries(
      ['users', 'products', 'carts'].map((name) => [
        name,
        read(`retail/dummyjson/${name}.json`) as unknown[],
      ]),
    );
    api = await serveApi((url, response) => {
      const name = url.pathname.slice(1);
      sendSkipped(url, response, name, lists[name] ?? []);
    });
    const workspaces: string[] = [];
    const result = await shop.run(dummyJson(api.origin), {
      env: { DATABASE_URL: shop.database.url },
      reached: () => {
        for (const file of filesBelow(join(shop.root, '.pamoja')))
          workspaces.push(readFileSync(file, 'latin1'));
      },
    });
    expect(result.checks.filter((check) => !check.passed)).toEqual([]);
    expect(result.ledger.every((line) => line.balanced)).toBe(true);
    const [sums] = await shop.query(`SELECT (SELECT count(*) FROM customers) AS customers,
      (SELECT count(*) FROM products) AS products, (SELECT count(*) FROM orders) AS orders, count(*) AS items,
      round(sum(quantity * unit_price), 2)::text AS gross, round(sum(subtotal), 2)::text AS discounted FROM order_items`);
    expect(sums).toEqual({
      customers: 208,
      products: 194,
      orders: 208,
      items: 800,
      gross: '3834278.63',
      discounted: '3456709.58',
    });
    const pages = result.ledger.filter((line) => line.entity === 'customers');
    expect(pages.map((line) => [line.file, line.read])).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((page) => [`/users page ${page}`, 30]),
      ['/users page 7', 28],
    ]);

    const users = lists.users as {
      ssn: string;
      password: string;
      bank: { iban: string; cardNumber: string };
    }[];
    const secrets = users.flatMap(({ ssn, password, bank }) => [ssn, password, bank.iban, bank.cardNumber]);
    const tables = await shop.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema IN ('public', 'pamoja') AND table_type = 'BASE TABLE'`,
    );
    let everything = '';
    for (const { name } of tables) {
      const rows = await shop.query<{ text: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS text FROM ${name} t`,
      );
      everything += rows[0]?.text ?? '';
    }
    expect(everything).toContain('emily.johnson@x.dummyjson.com');
    const left = filesBelow(shop.root).map((file) => readFileSync(file, 'latin1'));
    const { html, markdown } = await makeReport(shop.project(dummyJson(api.origin)), {
      env: { DATABASE_URL: shop.database.url },
      names: true,
    });
    expect(html).toContain('208');
    for (const text of [everything, html, markdown, ...left, ...workspaces]) {
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }

    const again = await shop.run(dummyJson(api.origin));
    expect(changed(again)).toEqual({ created: 0, updated: 0, deleted: 0 });
  });

  test('gives the same with several requests at a time', async () => {
    const carts = read('retail/dummyjson/carts.json') as unknown[];
    const users = read('retail/dummyjson/users.json') as unknown[];
    const products = read('retail/dummyjson/products.json') as unknown[];
    api = await serveApi((url, response) => {
      const name = url.pathname.slice(1);
      sendSkipped(url, response, name, { carts, users, products }[name] ?? []);
    });
    const config = dummyJson(api.origin);
    for (const source of Object.values(config.sources)) {
      source.concurrency = 4;
      source.pagination = { kind: 'offset', param: 'skip', size: 20 };
    }
    const result = await shop.run(config);
    expect(result.ledger.reduce((sum, line) => sum + line.read, 0)).toBe(208 + 194 + 208 + 800);
    expect(await shop.query('SELECT count(*) FROM order_items')).toEqual([{ count: 800 }]);
  });
});

describe.skipIf(!hasData('retail/shopify_api_fixtures'))('Shopify in pages by links', () => {
  test('gives every order with its lines, as texts of money are', async () => {
    const fixtures = 'retail/shopify_api_fixtures/test/fixtures';
    const { orders } = read(`${fixtures}/orders.json`) as { orders: Record<string, unknown>[] };
    const { order } = read(`${fixtures}/order.json`) as { order: Record<string, unknown> };
    const pages = [
      orders,
      [
        { ...order, id: 450789470 },
        { ...order, id: 450789471 },
      ],
    ];
    const lines = pages
      .flat()
      .reduce((sum, { line_items }) => sum + ((line_items as unknown[]) ?? []).length, 0);
    api = await serveApi((url, response) => {
      const at = Number(url.searchParams.get('page_info') ?? 0);
      const path = '/admin/api/2026-01/orders.json';
      const rel = (name: string, page: number) =>
        `<${api.origin}${path}?limit=50&page_info=${page}>; rel="${name}"`;
      const links = [
        ...(at > 0 ? [rel('previous', at - 1)] : []),
        ...(at < pages.length - 1 ? [rel('next', at + 1)] : []),
      ];
      sendJson(response, { orders: pages[at] }, { link: links.join(', ') });
    });
    const result = await shop.run(
      {
        sources: {
          shopify: {
            type: 'rest',
            url: `${api.origin}/admin/api/2026-01/orders.json`,
            params: { status: 'any', limit: 50 },
            auth: { header: 'X-Shopify-Access-Token', value: 'SHOPIFY_TOKEN' },
            allowPrivate: true,
            entities: {
              orders: {
                key: 'id',
                fields: {
                  order_number: 'name',
                  order_date: 'created_at',
                  total_amount: 'total_price',
                  currency: 'currency',
                },
              },
              order_items: {
                each: 'line_items',
                fields: { order_id: '^id', quantity: 'quantity', unit_price: 'price' },
              },
            },
          },
        },
        entities: { orders: { equations: [] } },
      },
      { env: { DATABASE_URL: shop.database.url, SHOPIFY_TOKEN: 'shpat_0123456789' } },
    );
    const wanted = pages.flat();
    const counted = result.ledger
      .filter((line) => line.entity === 'orders')
      .map((line) => [line.file, line.read]);
    expect(counted).toEqual(
      pages.map((page, i) => [`/admin/api/2026-01/orders.json page ${i + 1}`, page.length]),
    );
    expect(api.asked.map(({ url }) => url.search)).toEqual([
      '?status=any&limit=50',
      ...pages.slice(1).map((_, i) => `?limit=50&page_info=${i + 1}`),
    ]);
    expect(api.asked.every(({ headers }) => headers['x-shopify-access-token'] === 'shpat_0123456789')).toBe(
      true,
    );
    const total = wanted.reduce((sum, each) => sum + Number(each.total_price), 0);
    const [row] = await shop.query(
      'SELECT count(*), sum(total_amount)::numeric(18,2)::text AS total FROM orders',
    );
    expect(await shop.query('SELECT count(*) FROM order_items')).toEqual([{ count: lines }]);
    expect(row).toEqual({ count: wanted.length, total: total.toFixed(2) });
  });
});
