import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectConfig } from '../../../src/model/config.js';
import { previewSource } from '../../../src/pipeline/preview-source.js';
import { sinceText } from '../../../src/sources/rest/since-text.js';
import { changed, openTestProject, type TestProject } from '../../support/project.js';
import { type ApiServer, sendJson, sendSkipped, serveApi } from './api-server.js';

interface Stored {
  id: number;
  customer: string;
  updated: string;
}

let shop: TestProject;
let api: ApiServer;
let orders: Stored[];

beforeEach(async () => {
  shop = await openTestProject();
  orders = [
    { id: 1, customer: 'C1', updated: '2026-02-01T00:00:00Z' },
    { id: 2, customer: 'C2', updated: '2026-02-02T00:00:00Z' },
  ];
  api = await serveApi((url, response) => {
    const since = url.searchParams.get('updated_since') ?? '';
    const wanted = orders.filter((order) => order.updated >= since);
    sendSkipped(url, response, 'orders', wanted);
  });
  shop.write({ 'customers.csv': 'id,name\nC1,Wanjiru Kamau\n', '.env': 'SHOP_KEY=from-the-file\n' });
});
afterEach(async () => {
  await api.close();
  await shop.close();
});

const config = (): ProjectConfig => ({
  sources: {
    crm: {
      type: 'csv',
      path: 'customers.csv',
      entities: { customers: { key: 'id', fields: { first_name: 'name' } } },
    },
    web: {
      type: 'rest',
      url: `${api.origin}/orders`,
      auth: { header: 'X-Key', value: 'SHOP_KEY' },
      delivery: 'addition',
      since: 'updated_since',
      allowPrivate: true,
      entities: {
        orders: {
          key: 'id',
          fields: { customer_id: { from: 'customer', source: 'crm' }, order_date: 'updated' },
        },
      },
    },
  },
});

test('a second run asks for what changed, keeps the rest, and tries again what waits', async () => {
  const clock = (time: string) => () => new Date(time);
  const env = { DATABASE_URL: shop.database.url };
  await shop.run(config(), { env, clock: clock('2026-02-10T12:00:00Z') });
  expect(await shop.query('SELECT source_key FROM orders ORDER BY 1')).toEqual([{ source_key: '1' }]);

  orders.push({ id: 3, customer: 'C1', updated: '2026-02-10T11:30:00Z' });
  shop.write({ 'customers.csv': 'id,name\nC1,Wanjiru Kamau\nC2,Otieno Ouma\n' });
  const second = await shop.run(config(), { env, clock: clock('2026-02-11T12:00:00Z') });
  expect(api.asked.map(({ url }) => url.searchParams.get('updated_since'))).toEqual([
    null,
    '2026-02-10T11:00:00Z',
  ]);
  expect(second.ledger.every((line) => line.balanced)).toBe(true);
  expect(await shop.query('SELECT source_key FROM orders ORDER BY 1')).toEqual([
    { source_key: '1' },
    { source_key: '2' },
    { source_key: '3' },
  ]);

  const third = await shop.run(config(), { env, clock: clock('2026-02-12T12:00:00Z') });
  expect(changed(third)).toEqual({ created: 0, updated: 0, deleted: 0 });
  expect(await shop.query('SELECT count(*) FROM orders')).toEqual([{ count: 3 }]);
});

test('a run whose clock was ahead hides nothing from those that come after it', async () => {
  const env = { DATABASE_URL: shop.database.url };
  const days = ['2026-02-10T12:00:00Z', '2036-02-11T12:00:00Z', '2026-02-12T12:00:00Z'];
  for (const day of days) {
    if (day === days.at(-1)) orders.push({ id: 3, customer: 'C1', updated: '2026-02-12T10:00:00Z' });
    await shop.run(config(), { env, clock: () => new Date(day) });
  }
  expect(api.asked.at(-1)?.url.searchParams.get('updated_since')).toBe('2026-02-10T11:00:00Z');
  expect(await shop.query(`SELECT count(*) FROM orders WHERE source_key = '3'`)).toEqual([{ count: 1 }]);
});

test('a day is asked for that had begun wherever the API is', () => {
  const day = (lastRead: string, overlap = 60) =>
    sinceText({ param: 'since', format: 'date', overlap }, new Date(lastRead))?.value;
  // At 05:00 in London it is still the evening before in Los Angeles.
  expect(day('2026-02-20T05:00:00Z')).toBe('2026-02-19');
  expect(day('2026-02-20T12:30:00Z')).toBe('2026-02-19');
  expect(day('2026-02-20T12:00:00Z', 0)).toBe('2026-02-20');
});

test('an API that answers "No Content" has nothing more, or nothing new', async () => {
  await api.close();
  api = await serveApi((url, response) => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const wanted = url.searchParams.get('updated_since') === null ? orders : [];
    const part = wanted.slice(page - 1, page);
    if (part.length > 0) return sendJson(response, { data: { orders: part } });
    response.writeHead(204);
    response.end();
  });
  const { crm, web } = config().sources;
  const project: ProjectConfig = {
    sources: {
      crm: crm!,
      web: { ...web!, records: 'data.orders', pagination: { kind: 'page', param: 'page' } },
    },
  };
  shop.write({ 'customers.csv': 'id,name\nC1,Wanjiru Kamau\nC2,Otieno Ouma\n' });
  const env = { DATABASE_URL: shop.database.url };
  await shop.run(project, { env });
  const second = await shop.run(project, { env });
  expect(api.asked.map(({ url }) => url.searchParams.get('page'))).toEqual(['1', '2', '3', '1']);
  expect(changed(second)).toEqual({ created: 0, updated: 0, deleted: 0 });
  expect(await shop.query('SELECT source_key FROM orders ORDER BY 1')).toEqual([
    { source_key: '1' },
    { source_key: '2' },
  ]);
});

test('secrets come from .env, and the environment goes before it', async () => {
  const env = { DATABASE_URL: shop.database.url };
  await shop.run(config(), { env });
  await shop.run(config(), { env: { ...env, SHOP_KEY: 'from-outside' } });
  expect(api.asked.map(({ headers }) => headers['x-key'])).toEqual(['from-the-file', 'from-outside']);
});

test('a preview asks for one page', async () => {
  orders = Array.from({ length: 100 }, (_, i) => ({
    id: i + 1,
    customer: 'C1',
    updated: '2026-02-01T00:00:00Z',
  }));
  const preview = await previewSource(shop.project(config()), 'web', { rows: 2 });
  const rows = preview.feeds[0]?.rows.map(({ file, ordinal, before }) => [file, ordinal, before.id]);
  expect(rows).toEqual([
    ['/orders page 1', 1, '1'],
    ['/orders page 1', 2, '2'],
  ]);
  expect(api.asked.length).toBe(1);
});

test('the few records of an addition may lack a member that others had, and it is told', async () => {
  const entities = {
    customers: { key: 'id', fields: { email: 'email', phone: 'phone', city: 'home.city' } },
  };
  const web: ProjectConfig = {
    sources: { web: { type: 'ndjson', path: 'in/*.ndjson', delivery: 'addition', entities } },
  };
  shop.write({
    'in/1.ndjson': '{"id":1,"email":"a@example.com","phone":"0712345678","home":{"city":"Nairobi"}}\n',
  });
  await shop.run(web);
  shop.write({ 'in/2.ndjson': '{"id":2,"email":"b@example.com"}\n' });
  rmSync(join(shop.root, 'in/1.ndjson'));
  const warned: string[] = [];
  const log = { step: () => {}, debug: () => {}, warn: (text: string) => warned.push(text) };
  expect(changed(await shop.run(web, { log }))).toMatchObject({ created: 1, deleted: 0 });
  expect(warned).toEqual(['web: no record holds "phone" or "home.city" this time.']);

  const other = await openTestProject();
  other.write({ 'in/2.ndjson': '{"id":2,"email":"b@example.com"}\n' });
  await expect(other.run(web)).rejects.toMatchObject({ code: 'PAM-SRC-003' });
  await other.close();
});
