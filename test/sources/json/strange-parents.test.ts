import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Log } from '../../../src/kernel/log.js';
import { ndjsonReader } from '../../../src/sources/json/json-reader.js';
import { grain, openPlace, type Place, sourceOf } from './reading-json.js';

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

const told = async (values: string[]) => {
  const warnings: string[] = [];
  const log: Log = { step() {}, debug() {}, warn: (text) => warnings.push(text) };
  place.write('a.ndjson', values.map((value, i) => `{"id":${i},"customer":${value}}`).join('\n'));
  const source = sourceOf('ndjson', 'a.ndjson');
  await ndjsonReader.read({ ...place.context, log }, source, [grain(['id', 'customer.id'])]);
  expect((await place.rows('raw_shop')).map((row) => row['customer.id'])[0]).toBe('C1');
  return warnings;
};

test('a member that is no object where the mapping looks into one is told', async () => {
  expect(await told(['{"id":"C1"}', '"C2"', '[{"id":"C3"}]', '7'])).toEqual([
    'shop: 3 records hold no object at "customer", so what is mapped from within it counts as not given.',
  ]);
});

test('nothing, as programs write it, is nothing to tell of', async () => {
  expect(await told(['{"id":"C1"}', 'null', '[]', '""', 'false', '{}'])).toEqual([]);
});
