import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonReader, ndjsonReader } from '../../../src/sources/json/json-reader.js';
import { balanced, grain, openPlace, type Place, sourceOf } from './reading-json.js';

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const whole = fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,24}$/));
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.option(digits, { nil: '' }),
    fc.constantFrom('', 'e5', 'E-3', 'e+10'),
  )
  .map(
    ([sign, int, fraction, exponent]) => `${sign}${int}${fraction === '' ? '' : `.${fraction}`}${exponent}`,
  );
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('1.50', ',}', '"', '\\', '\\"', 'nan', '{"a":1.50}', ']', '\n', ':5.10,', ' '),
);

test('numbers and texts come out as they were written', async () => {
  const member = fc.oneof(
    number.map((value) => ({ json: value, expected: value })),
    text
      .filter((value) => !value.includes('\0'))
      .map((value) => ({ json: JSON.stringify(value), expected: value })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(member, member, text), { minLength: 1, maxLength: 20 }),
      async (rows) => {
        const records = rows.map(
          ([a, b, key]) => `{ "a" : ${a.json} ,"b":[{"c":${b.json}}],${JSON.stringify(`_${key}`)}:1}`,
        );
        place.write('fuzz.json', `[${records.join(',\n')}]`);
        const grains = [grain(['a']), grain(['c', '^a'], 'b')];
        const result = await jsonReader.read(place.context, sourceOf('json', 'fuzz.json'), grains);
        expect(await balanced(place, result)).toBe(true);
        expect((await place.rows('raw_shop')).map((row) => row.a)).toEqual(rows.map(([a]) => a.expected));
        expect((await place.rows('raw_shop__b')).map((row) => [row.c, row['^a']])).toEqual(
          rows.map(([a, b]) => [b.expected, a.expected]),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('whatever becomes of a line, both counts agree', async () => {
  const line = '{"id":1.50,"d":[{"n":"x\\u0041\\n"},{"n":null},[],3],"t":[true,false,-0.5e3]}';
  const bytes = fc.constantFrom(
    ...'{}[]",:\\ \t\r0123456789eE+-.truefalsn\u0001NaInfity'.split(''),
    '\\u0000',
    '\\ud800',
  );
  const mutation = fc.record({ at: fc.nat(line.length), cut: fc.nat(3), put: fc.option(bytes, { nil: '' }) });
  const mutated = fc
    .array(mutation, { maxLength: 2 })
    .map((changes) =>
      changes.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), line),
    );
  await fc.assert(
    fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 40 }), async (lines) => {
      place.write('fuzz.ndjson', [line, ...lines].join('\n'));
      const grains = [grain(['id']), grain(['n', '^id'], 'd')];
      const result = await ndjsonReader.read(place.context, sourceOf('ndjson', 'fuzz.ndjson'), grains);
      expect(await balanced(place, result)).toBe(true);
      const valid = [line, ...lines].filter((text) => isRecord(text)).length;
      const torn = (await place.rows(result.torn)).filter((t) => t._grain === 0 && t.rule !== 'nul').length;
      expect(torn).toBe(result.files[0]!.counted[0]! - valid);
    }),
    { numRuns: 120 },
  );
});

/** Lone surrogates are no text: `JSON.parse` takes them, a database does not. */
function isRecord(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !/\\ud800/.test(text.replaceAll('\\\\', ''))
    );
  } catch {
    return false;
  }
}
