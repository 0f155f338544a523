import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { readProject } from '../../src/config/read-config.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { type PreviewOptions, previewSource } from '../../src/pipeline/preview-source.js';
import { type Folder, makeFolder } from '../cli/spawn-pamoja.js';

let folder: Folder | undefined;
afterEach(() => folder?.remove());

const CRM: ProjectConfig = {
  sources: {
    crm: {
      type: 'csv',
      path: 'customers.csv',
      entities: {
        customers: {
          key: 'id',
          where: "kind IS DISTINCT FROM 'test'",
          fields: {
            first_name: { from: 'name', split: { part: 'given' }, required: true },
            last_name: { from: 'name', split: { part: 'family' } },
            email: 'email',
            phone: 'phone',
          },
        },
      },
    },
  },
};

async function preview(
  config: ProjectConfig,
  files: Record<string, string | Buffer>,
  options: PreviewOptions = {},
) {
  folder = makeFolder(files, config);
  return previewSource(await readProject(folder.root), Object.keys(config.sources)[0] as string, options);
}

test('a record is shown before and after, with what the rules found in it', async () => {
  const { feeds } = await preview(CRM, {
    'customers.csv':
      'id,name,email,phone,kind,card\nC1,Wanjiru Kamau,wanjiru@example.com,0712 345 678,,4111\nC2,Otieno Ouma,not an address,12,,\n,Nobody,,,,\nC4,Probe,,,test,\nC5,,,,,\n',
  });
  const [feed] = feeds;
  expect(feed?.from).toEqual({
    first_name: ['name'],
    last_name: ['name'],
    email: ['email'],
    phone: ['phone'],
  });
  const [first, blanked, keyless, filtered, refused] = feed?.rows ?? [];
  expect(first).toMatchObject({
    file: 'customers.csv',
    line: 2,
    key: 'C1',
    verdict: 'accepted',
    before: { name: 'Wanjiru Kamau', phone: '0712 345 678' },
    after: { first_name: 'Wanjiru', last_name: 'Kamau', phone: '+254712345678' },
    found: [],
  });
  expect(first?.before).not.toHaveProperty('card');
  expect(blanked).toMatchObject({ verdict: 'accepted', after: { email: null, phone: null } });
  expect(blanked?.found.map(({ severity, field }) => [severity, field])).toEqual([
    ['blank', 'email'],
    ['blank', 'phone'],
  ]);
  expect(keyless).toMatchObject({ verdict: 'rejected', key: null });
  expect(filtered).toMatchObject({ verdict: 'filtered', key: 'C4' });
  expect(refused).toMatchObject({ verdict: 'rejected', found: [{ rule: 'required', field: 'first_name' }] });
});

test('a torn line is shown where it stands', async () => {
  const { feeds } = await preview(CRM, {
    'customers.csv': 'id,name,email,phone,kind\nC1,A B,,,\nC2,too,many,cells,here,and,there\nC3,C D,,,\n',
  });
  expect(feeds[0]?.rows.map(({ line, verdict }) => [line, verdict])).toEqual([
    [2, 'accepted'],
    [3, 'rejected'],
    [4, 'accepted'],
  ]);
});

test('records and the lines nested in them are shown each for its entity', async () => {
  const config: ProjectConfig = {
    sources: {
      shop: {
        type: 'json',
        path: 'orders.json',
        entities: {
          orders: { key: 'no', fields: { order_date: 'date' } },
          order_items: { each: 'lines', fields: { order_id: '^no', quantity: 'qty', unit_price: 'price' } },
        },
      },
    },
  };
  const document = [{ no: 'O1', date: '2026-01-05', lines: [{ qty: 2, price: 210 }] }];
  const { feeds } = await preview(config, { 'orders.json': JSON.stringify(document) });
  expect(feeds.map(({ entity, rows }) => [entity, rows.length])).toEqual([
    ['orders', 1],
    ['order_items', 1],
  ]);
  expect(feeds[1]?.rows[0]).toMatchObject({
    before: { '^no': 'O1', qty: '2' },
    after: { order_id: 'O1', quantity: '2.0000', subtotal: '420.0000' },
  });
  const lines = await previewSource(await readProject(folder?.root as string), 'shop', {
    entity: 'order_items',
  });
  expect(lines.feeds.map(({ entity }) => entity)).toEqual(['order_items']);
});

function manyLines(count: number): string {
  const lines = Array.from(
    { length: count },
    (_, i) => `C${i},"Wanjiru ${randomBytes(20).toString('hex')}",,,`,
  );
  return `id,name,email,phone,kind\n${lines.join('\n')}\n`;
}

test.each(['customers.csv', 'customers.csv.gz'])('of a large %s only the head is read', async (path) => {
  const text = manyLines(160_000);
  const read: number[] = [];
  const { feeds } = await preview(
    { sources: { crm: { ...CRM.sources.crm, path } as ProjectConfig['sources'][string] } },
    { [path]: path.endsWith('.gz') ? gzipSync(text) : text },
    { rows: 3, progress: (_, __, total) => read.push(total) },
  );
  expect(feeds[0]?.rows.map(({ file, line, key }) => [file, line, key])).toEqual([
    [path, 2, 'C0'],
    [path, 3, 'C1'],
    [path, 4, 'C2'],
  ]);
  expect(Math.max(0, ...read)).toBeLessThan(2_000_000);
  expect(readdirSync(join(folder?.root as string, '.pamoja/work'))).toEqual([]);
});

test('where the head ends inside a quoted text the whole file is read', async () => {
  const long = `C0,"${'line of a long note\n'.repeat(300_000)}",,,\n`;
  const { feeds } = await preview(
    CRM,
    { 'customers.csv': `id,name,email,phone,kind\n${long}C1,A B,,,\n` },
    { rows: 2 },
  );
  expect(feeds[0]?.rows.map(({ key }) => key)).toEqual(['C0', 'C1']);
});

test('a source or entity that is not there is refused by name', async () => {
  await expect(preview(CRM, { 'customers.csv': 'id\n' }, { entity: 'orders' })).rejects.toMatchObject({
    code: 'PAM-CLI-001',
    message: 'The source "crm" gives no orders.',
  });
  const project = await readProject(folder?.root as string);
  await expect(previewSource(project, 'crn')).rejects.toMatchObject({ next: 'Did you mean "crm"?' });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, -1])(
  '%d is no number of rows to show',
  async (rows) => {
    await expect(preview(CRM, { 'customers.csv': 'id,name,email,phone,kind\n' }, { rows })).rejects.toThrow(
      `rows must be a whole number, not ${rows}`,
    );
  },
);
