import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PamojaError } from '../../../src/kernel/errors.js';
import { jsonReader, ndjsonReader } from '../../../src/sources/json/json-reader.js';
import { balanced, grain, openPlace, type Place, sourceOf } from './reading-json.js';

const data = resolve(import.meta.dirname, '../../../../shared/data');
const there = existsSync(data);

let place: Place;
beforeAll(async () => {
  place = await openPlace([data]);
});
afterAll(() => place.close());

const inData = (path: string) => ({ ...place.context, root: join(data, path) });

describe.skipIf(!there)('shops as they are', () => {
  test('Northwind: 830 orders and their 2,155 lines', async () => {
    const result = await jsonReader.read(inData('retail/northwind/json'), sourceOf('json', 'orders.json'), [
      grain(['orderID', 'shipAddress.city', 'freight']),
      grain(['productID', 'unitPrice', 'quantity', 'discount', '^orderID'], 'details'),
    ]);
    expect(result.files[0]!.counted).toEqual([830, 2155]);
    expect(await balanced(place, result)).toBe(true);
    expect(await place.rows(result.torn)).toEqual([]);
  });

  test('DummyJSON: 208 carts and their 800 products', async () => {
    const grains = [grain(['id', 'userId', 'total']), grain(['id', 'price', '^id'], 'products')];
    const plain = await jsonReader.read(inData('retail/dummyjson'), sourceOf('json', 'carts.json'), grains);
    expect(plain.files[0]!.counted).toEqual([208, 800]);
    const carts = readFileSync(join(data, 'retail/dummyjson/carts.json'), 'utf8');
    place.write('envelope.json', `{"total":208,"carts":${carts},"skip":0}`);
    const source = sourceOf('json', 'envelope.json', { records: 'carts' });
    const result = await jsonReader.read(place.context, source, grains);
    expect(result.files[0]!.counted).toEqual([208, 800]);
    expect(await balanced(place, result)).toBe(true);
  });

  test('Shopify: every fixture has records at its outermost name, and orders their lines', async () => {
    const folder = 'retail/shopify_api_fixtures/test/fixtures';
    for (const name of readdirSync(join(data, folder)).filter((file) => file.endsWith('.json'))) {
      const content = JSON.parse(readFileSync(join(data, folder, name), 'utf8')) as Record<string, unknown>;
      if (Array.isArray(content)) continue;
      const [records] = Object.keys(content);
      const value = records === undefined ? undefined : content[records];
      if (records === undefined || typeof value !== 'object' || value === null) continue;
      const result = await jsonReader.read(inData(folder), sourceOf('json', name, { records }), [grain([])]);
      expect([name, result.files[0]!.counted]).toEqual([name, [Array.isArray(value) ? value.length : 1]]);
      expect(await balanced(place, result)).toBe(true);
    }
    const source = sourceOf('json', 'order.json', { records: 'order' });
    const grains = [grain(['id', 'customer.email']), grain(['sku', 'price', '^id'], 'line_items')];
    const result = await jsonReader.read(inData(folder), source, grains);
    expect(result.files[0]!.counted[1]).toBeGreaterThan(0);
  });
});

const suite = join(data, 'torture/jsontestsuite/test_parsing');
const cases = existsSync(suite) ? readdirSync(suite).filter((name) => name.endsWith('.json')) : [];

describe.skipIf(cases.length === 0)('the JSON test suite', () => {
  const outcome = async (reader: typeof jsonReader, name: string) => {
    try {
      const result = await reader.read(inData('torture/jsontestsuite/test_parsing'), sourceOf('json', name), [
        grain(['$']),
      ]);
      expect([name, await balanced(place, result)]).toEqual([name, true]);
      const read = (await place.rows('raw_shop')).length;
      return read > 0 ? 'records' : 'none';
    } catch (error) {
      if (error instanceof PamojaError) return error.code;
      throw error;
    }
  };

  test('as documents: what is valid is read or is no records, what is not is refused', async () => {
    for (const name of cases) {
      const result = await outcome(jsonReader, name);
      if (name.startsWith('y_'))
        expect([name, ['records', 'none', 'PAM-SRC-011']]).toEqual([name, expect.arrayContaining([result])]);
      if (name.startsWith('n_'))
        expect([name, result]).toEqual([name, expect.stringMatching(/^PAM-SRC-(005|006|008)$/)]);
    }
  });

  test('as one JSON a line: nothing crashes, the counts agree, and what is invalid gives no record', async () => {
    for (const name of cases) {
      const result = await outcome(ndjsonReader, name);
      if (name.startsWith('n_')) expect([name, result]).not.toEqual([name, 'records']);
    }
  });
});
