import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Source } from '../../../src/model/config.js';
import { jsonReader } from '../../../src/sources/json/json-reader.js';
import { balanced, grain, openPlace, type Place, refusal, sourceOf } from './reading-json.js';

let place: Place;
beforeEach(async () => {
  place = await openPlace();
});
afterEach(() => place.close());

const read = (content: string | Uint8Array, grains = [grain(['id'])], more = {}, name = 'a.json') => {
  place.write(name, content);
  return jsonReader.read(place.context, sourceOf('json', name, more), grains);
};

const ORDERS = JSON.stringify([
  {
    id: 1,
    customer: { city: 'Kisumu' },
    details: [
      { sku: 'A', n: 2 },
      { sku: 'B', n: 1 },
    ],
  },
  { id: 2, customer: { city: null }, details: [] },
  { id: 3, details: null },
  { id: 4, customer: { city: 'Nairobi' }, details: [{ sku: 'C', n: 3 }] },
]);

test('a number has no notation: it gets that of its mapping, and texts stay as they are', async () => {
  const feed = (entity: string, each: string | undefined, fields: Source['feeds'][number]['fields']) => ({
    source: 'shop',
    entity,
    key: ['id'],
    each,
    where: undefined,
    fields,
  });
  const feeds = [
    feed('orders', undefined, {
      total_amount: { from: 'total' },
      notes: { from: 'note' },
      tax_amount: { from: 'tax', decimal: '.' },
    }),
    feed('order_items', 'details', { quantity: { from: 'n' }, unit_price: { from: '^total' } }),
  ];
  await read(
    `[{"id":1.5,"total":1.125,"note":2.5,"tax":3.5,"details":[{"n":2.500},{"n":"2,5"},{"n":1.5e2}]}, {"id":2,"total":"10,50"}]`,
    [grain(['id', 'total', 'note', 'tax']), grain(['n', '^total'], 'details')],
    { decimal: ',', feeds },
  );
  expect((await place.rows('raw_shop')).map(({ id, total, note, tax }) => [id, total, note, tax])).toEqual([
    ['1.5', '1,125', '2.5', '3.5'],
    ['2', '10,50', null, null],
  ]);
  expect((await place.rows('raw_shop__details')).map((row) => [row.n, row['^total']])).toEqual([
    ['2,500', '1,125'],
    ['2,5', '1,125'],
    ['1.5e2', '1,125'],
  ]);
});

test('a file whose name looks like a pattern is itself', async () => {
  place.write('a1.json', '[{"id":1}]');
  await read('[{"id":2}]', undefined, {}, 'a[1].json');
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['2']);
});

describe('records and their lines', () => {
  test('members become columns by their paths, and lines know their record', async () => {
    const result = await read(ORDERS, [
      grain(['id', 'customer.city']),
      grain(['sku', 'n', '^id'], 'details'),
    ]);
    expect(await place.rows('raw_shop')).toEqual([
      { _file: 0, _ordinal: 1, id: '1', 'customer.city': 'Kisumu' },
      { _file: 0, _ordinal: 2, id: '2', 'customer.city': null },
      { _file: 0, _ordinal: 3, id: '3', 'customer.city': null },
      { _file: 0, _ordinal: 4, id: '4', 'customer.city': 'Nairobi' },
    ]);
    expect(await place.rows('raw_shop__details')).toEqual([
      { _file: 0, _ordinal: 1, _parent: 0, sku: 'A', n: '2', '^id': '1' },
      { _file: 0, _ordinal: 2, _parent: 0, sku: 'B', n: '1', '^id': '1' },
      { _file: 0, _ordinal: 3, _parent: 3, sku: 'C', n: '3', '^id': '4' },
    ]);
    expect(result.files[0]!.counted).toEqual([4, 3]);
    expect(result.files[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await place.rows(result.torn)).toEqual([]);
  });

  test('lines can be read alone: their record table is made all the same', async () => {
    const result = await read(ORDERS, [grain(['sku'], 'details')]);
    expect(result.raw.map(({ table }) => table)).toEqual(['raw_shop__details']);
    expect((await place.rows('raw_shop')).length).toBe(4);
  });

  test('records stand at a declared path, and nothing around them matters', async () => {
    const text = `{"meta":{"orders":[9]},"orders":${ORDERS},"orders":[],"more":{"a":"]}"}}`;
    const result = await read(text, [grain(['id']), grain(['sku'], 'details')], { records: 'orders' });
    expect(result.files[0]!.counted).toEqual([4, 3]);
    expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
  });

  test('a path into the document may have several steps and odd names', async () => {
    const text = JSON.stringify({ 'a.b': { 'c d': [{ id: 1 }, { id: 2 }] } });
    const result = await read(text, [grain(['id'])], { records: '["a.b"].c d' });
    expect(result.files[0]!.counted).toEqual([2]);
  });

  test('an object is one record, at the top and at a path', async () => {
    expect((await read('{"id":7,"details":[{"sku":"A"}]}')).files[0]!.counted).toEqual([1]);
    const inner = await read('{"x":1,"order":{"id":7,"details":[{"sku":"A"}]}}', [grain(['id'])], {
      records: 'order',
    });
    expect(inner.files[0]!.counted).toEqual([1]);
    expect((await place.rows('raw_shop'))[0]!.id).toBe('7');
  });

  test('several files follow one another, and parents stay right', async () => {
    place.write('b.json', '[{"id":9,"details":[{"sku":"Z"}]}]');
    const result = await read(ORDERS, [grain(['id']), grain(['sku'], 'details')], {
      path: ['a.json', 'b.json'],
    });
    expect(result.files.map(({ counted }) => counted)).toEqual([
      [4, 3],
      [1, 1],
    ]);
    expect((await place.rows('raw_shop__details')).at(-1)).toEqual({
      _file: 1,
      _ordinal: 1,
      _parent: 4,
      sku: 'Z',
    });
  });

  test('an array may stand within objects, and hold plain values', async () => {
    const text = '[{"id":1,"a":{"tags":["x","y",null,5]}},{"id":2,"a":null},{"id":3},{"id":4,"a":{}}]';
    await read(text, [grain(['$', '^id'], 'a.tags')]);
    expect((await place.rows('raw_shop__a.tags')).map((row) => [row.$, row['^id']])).toEqual([
      ['x', '1'],
      ['y', '1'],
      [null, '1'],
      ['5', '1'],
    ]);
  });

  test('empty lists and null are no records', async () => {
    expect((await read(' [ ] ')).files[0]!.counted).toEqual([0]);
    expect((await read('{"a":null}', [grain(['id'])], { records: 'a' })).files[0]!.counted).toEqual([0]);
    expect((await read('{"a":[]}', [grain(['id'])], { records: 'a' })).files[0]!.counted).toEqual([0]);
  });
});

describe('values', () => {
  const one = async (json: string, column: string) => {
    await read(`[{"id":1,${json}}]`, [grain(['id', column])]);
    return (await place.rows('raw_shop'))[0]![column];
  };

  test.each([
    ['"a":"x\\n\\u00e9\\ud83d\\ude00\\/"', 'x\né😀/'],
    ['"a":""', ''],
    ['"a":null', null],
    ['"a":true', 'true'],
    ['"a":199.00', '199.00'],
    ['"a":1e5', '1e5'],
    ['"a":-0', '-0'],
    ['"a":0.1', '0.1'],
    ['"a":12345678901234.5678', '12345678901234.5678'],
    ['"a":0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['"a":123456789012345678901234567890', '123456789012345678901234567890'],
    ['"a":1E400', '1E400'],
    ['"a":0.0000001', '0.0000001'],
    ['"a":{"b":[1,"x"]}', '{"b":[1,"x"]}'],
    ['"a":{"b":[1.50,"1.50"],"c":"q\\"1.50"}', '{"b":[1.50,"1.50"],"c":"q\\"1.50"}'],
    ['"a":"5.50, 1e5 \\"7.70\\" \\\\"', '5.50, 1e5 "7.70" \\'],
    ['"a":1,"a":2', '1'],
  ])('%s is read as it is written', async (json, expected) => {
    expect(await one(json, 'a')).toBe(expected);
  });

  test('names may hold dots, quotes, slashes and tildes', async () => {
    const members = { 'a.b': 1, 'q"q': 2, 's/t~u': 3, "x'y": 4, 'ä ö': 5, '*': 6 };
    const names = ['["a.b"]', '["q\\"q"]', 's/t~u', "x'y", 'ä ö', '*'];
    await read(JSON.stringify([members]), [grain(names)]);
    const [row] = await place.rows('raw_shop');
    expect(names.map((name) => row![name])).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('a member that its record spells with escapes is the same member', async () => {
    const result = await read('[{"i\\u0064":1,"det\\u0061ils":[{"sku":"A"}]}]', [
      grain(['id']),
      grain(['sku'], 'details'),
    ]);
    expect(result.files[0]!.counted).toEqual([1, 1]);
    expect((await place.rows('raw_shop'))[0]!.id).toBe('1');
  });
});

describe('what is torn', () => {
  test('elements that are no objects, and arrays that are none, are refused where they would have counted', async () => {
    const text =
      '[{"id":1,"details":[{"sku":"A"},5,null]},7,{"id":2,"details":{"sku":"B"}},{"id":3,"details":[{"sku":"C"}]}]';
    const result = await read(text, [grain(['id']), grain(['sku'], 'details')]);
    expect(
      (await place.rows(result.torn)).map((t) => [t._grain, t._ordinal, t._line, t.rule, t.reason, t.raw]),
    ).toEqual([
      [0, 2, null, 'structure', 'the record is not an object', null],
      [1, 2, null, 'structure', 'the line is not an object', null],
      [1, 3, null, 'structure', 'the line is not an object', null],
      [1, 4, null, 'structure', 'its record is not an object', null],
      [1, 5, null, 'structure', '"details" is not a list', null],
    ]);
    expect(result.files[0]!.counted).toEqual([4, 6]);
    expect(
      (await place.rows('raw_shop__details')).map((row) => [row._ordinal, row._parent, row.sku]),
    ).toEqual([
      [1, 0, 'A'],
      [6, 2, 'C'],
    ]);
    expect(await balanced(place, result)).toBe(true);
  });

  test('an array within something that is no object is refused', async () => {
    const text = '[{"id":1,"a":{"b":[{"n":1}]}},{"id":2,"a":[{"b":[{"n":2}]}]},{"id":3,"a":"x"}]';
    const result = await read(text, [grain(['n'], 'a.b')]);
    expect(result.files[0]!.counted).toEqual([3]);
    expect((await place.rows(result.torn)).map((t) => [t._ordinal, t.rule])).toEqual([
      [2, 'structure'],
      [3, 'structure'],
    ]);
  });

  test('NUL in a mapped text tears its record and the lines of it; elsewhere it does not matter', async () => {
    const text =
      '[{"id":"a\\u0000","details":[{"sku":"A"},{"sku":"B"}]},{"id":"b","note":"\\u0000","details":[{"sku":"\\u0000"},{"sku":"D"}]}]';
    const result = await read(text, [grain(['id']), grain(['sku'], 'details')]);
    expect((await place.rows('raw_shop')).map(({ id, _ordinal }) => [id, _ordinal])).toEqual([['b', 2]]);
    expect((await place.rows('raw_shop__details')).map((r) => [r.sku, r._parent, r._ordinal])).toEqual([
      ['D', 0, 4],
    ]);
    expect((await place.rows(result.torn)).map((t) => [t._grain, t._ordinal, t.rule])).toEqual([
      [0, 1, 'nul'],
      [1, 1, 'nul'],
      [1, 2, 'nul'],
      [1, 3, 'nul'],
    ]);
    expect(await balanced(place, result)).toBe(true);
  });
});

describe('what is refused', () => {
  const code = async (content: string | Uint8Array, more = {}, grains = [grain(['id'])]) =>
    (await refusal(read(content, grains, more))).toString();

  test.each([
    ['[{"id":1},{"id":2}', /PAM-SRC-008 shop: a.json: the document ends while one bracket is open, line 1/],
    ['[{"id":1},\n {"id":2,}]', /PAM-SRC-008 .*expected the name of a member, line 2, column 10/],
    ['[{"id":NaN}]', /PAM-SRC-008 .*expected a value, line 1, column 8/],
    ['[{"id":1}] [{"id":2}]', /PAM-SRC-008 .*more text/],
    ['{"id":1}\n{"id":2}\n', /PAM-SRC-008 .*line 2.*ndjson/],
    ['[{"id":"\\ud800"}]', /PAM-SRC-008 .*surrogate/],
    ['', /PAM-SRC-005/],
    [' \n ', /PAM-SRC-005/],
    ['5', /PAM-SRC-011/],
  ])('%s', async (content, expected) => {
    expect(await code(content)).toMatch(expected);
  });

  test('a path without records names what there is', async () => {
    expect(await code('{"order":[],"count":1}', { records: 'orders' })).toMatch(
      /PAM-SRC-011 .*Did you mean "order"/,
    );
    expect(await code('{"orders":5}', { records: 'orders' })).toMatch(
      /PAM-SRC-011 .*neither a list nor an object/,
    );
  });

  test('a mapped member that no record holds names the nearest one; one that some records lack is no mistake', async () => {
    expect(await code('[{"idd":1},{"idd":2}]')).toMatch(/PAM-SRC-003 .*"id".*Did you mean "idd"/);
    expect(await code('[{"id":1}]', {}, [grain(['id', 'x.y'])])).toMatch(/PAM-SRC-003 .*"x.y"/);
    expect(await code(ORDERS, {}, [grain(['id']), grain(['skuu'], 'details')])).toMatch(
      /each details.*"skuu".*"sku"/,
    );
    expect(await code(ORDERS, {}, [grain(['^idd', 'sku'], 'details')])).toMatch(/"\^idd".*"id"/);
    expect(await code(ORDERS, {}, [grain(['sku'], 'detials')])).toMatch(/"detials".*"details"/);
    expect((await read('[{"id":null},{}]')).files[0]!.counted).toEqual([2]);
  });

  test('records in an envelope nobody declared are pointed out', async () => {
    expect(await code(`{"count":4,"orders":${ORDERS}}`)).toMatch(/PAM-SRC-003 .*declare records: orders/);
  });

  test('a hundred thousand open brackets are an error, and closed ones a value', async () => {
    expect(await code('['.repeat(100_000))).toMatch(/PAM-SRC-008 .*100000 brackets are open/);
    expect(await code('[{"id":'.repeat(50_000))).toMatch(/PAM-SRC-008/);
    await read(`[{"id":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`);
    expect(String((await place.rows('raw_shop'))[0]!.id).length).toBe(200_000);
  });

  test('a file that grows while it is read is refused', async () => {
    place.write('a.json', ORDERS);
    let grown = false;
    const progress = () => {
      if (!grown) appendFileSync(join(place.root, 'a.json'), ' ');
      grown = true;
    };
    const context = { ...place.context, progress };
    const error = await refusal(jsonReader.read(context, sourceOf('json', 'a.json'), [grain(['id'])]));
    expect(error.code).toBe('PAM-SRC-010');
  });

  test('names that Pamoja uses, or that differ in case only, are refused', async () => {
    for (const names of [['rowid'], ['_file'], ['id', 'ID'], ['^id'], ['a..b'], ['']]) {
      expect(await code('[]', {}, [grain(names)])).toMatch(/PAM-CFG-003/);
    }
  });
});

describe('bytes', () => {
  test.each([
    ['gzip', gzipSync(ORDERS)],
    ['a byte order mark', Buffer.from(`\ufeff${ORDERS}`)],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(ORDERS, 'utf16le')])],
    ['gzip of UTF-16', gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(ORDERS, 'utf16le')]))],
  ])('%s is read like plain UTF-8', async (_, bytes) => {
    const result = await read(bytes, [grain(['id']), grain(['sku'], 'details')]);
    expect(result.files[0]!.counted).toEqual([4, 3]);
    expect(await balanced(place, result)).toBe(true);
  });

  test('a gzip file that is cut short is refused', async () => {
    const packed = gzipSync(ORDERS);
    expect((await refusal(read(packed.subarray(0, packed.length - 12)))).code).toMatch(/PAM-SRC-00[78]/);
  });

  test('a document of 30 MB in an envelope, and a record of 20 MB', async () => {
    const record = (id: number) =>
      `{"id":${id},"note":"${'x'.repeat(300)}","details":[{"sku":"A"},{"sku":"B"}]}`;
    const many = `{"orders":[${Array.from({ length: 85_000 }, (_, i) => record(i)).join(',')}]}`;
    const result = await read(many, [grain(['id']), grain(['sku'], 'details')], { records: 'orders' });
    expect(result.files[0]!.counted).toEqual([85_000, 170_000]);
    const long = await read(`[{"id":1,"note":"${'y'.repeat(20_000_000)}"},{"id":2}]`);
    expect(long.files[0]!.counted).toEqual([2]);
  });
});

test('columns are the paths of members, lists with brackets behind them', async () => {
  place.write('a.json', `{"orders":${ORDERS}}`);
  expect(await jsonReader.columns(place.context, sourceOf('json', 'a.json', { records: 'orders' }))).toEqual([
    'id',
    'customer.city',
    'details[]',
    'details[].sku',
    'details[].n',
  ]);
});
