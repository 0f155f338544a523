import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ident, sql } from '../../../src/kernel/sql.js';
import { ndjsonReader } from '../../../src/sources/json/json-reader.js';
import { balanced, grain, openPlace, type Place, refusal, sourceOf } from './reading-json.js';

let place: Place;
beforeEach(async () => {
  place = await openPlace();
});
afterEach(() => place.close());

const read = (content: string | Uint8Array, grains = [grain(['id'])]) => {
  place.write('a.ndjson', content);
  return ndjsonReader.read(place.context, sourceOf('ndjson', 'a.ndjson'), grains);
};

test('one record a line, and lines within them', async () => {
  const result = await read('{"id":1,"d":[{"n":1},{"n":2}]}\n{"id":2,"d":[]}\n{"id":3,"d":[{"n":3}]}', [
    grain(['id']),
    grain(['n', '^id'], 'd'),
  ]);
  expect(result.files[0]!.counted).toEqual([3, 3]);
  expect((await place.rows('raw_shop__d')).map((row) => [row._parent, row.n, row['^id']])).toEqual([
    [0, '1', '1'],
    [0, '2', '1'],
    [2, '3', '3'],
  ]);
});

const MESSY = [
  '',
  '{"id":1,"d":[{"n":1}]}\r',
  '  \r',
  '{"id":2,"d":[{"n":2},]}',
  '',
  '',
  '{"id":3,"secret":"4711","d":[{"n":3}',
  '{"id":4,"d":[{"n":4},{"n":5}]}',
  '{"id":5} {"id":6}',
  '{"id":Infinity}',
  '[1]',
  '{"id":\x1f7}',
  '{"id":8,"x":\x00}',
  '{"id":", nan }","d":[{"n":6}]}',
  '{"id":9,"d":[',
].join('\n');

test('lines that are not JSON are torn with their physical line, and cost nothing else', async () => {
  const result = await read(MESSY, [grain(['id']), grain(['n'], 'd')]);
  expect((await place.rows('raw_shop')).map((row) => [row._ordinal, row.id])).toEqual([
    [1, '1'],
    [4, '4'],
    [10, ', nan }'],
  ]);
  const torn = await place.rows(result.torn);
  expect(torn.filter((t) => t._grain === 0).map((t) => [t._ordinal, t._line, t.rule, t.raw])).toEqual([
    [2, 4, 'json', null],
    [3, 7, 'json', null],
    [5, 9, 'json', null],
    [6, 10, 'json', null],
    [7, 11, 'structure', null],
    [8, 12, 'json', null],
    [9, 13, 'json', null],
    [11, 15, 'json', null],
  ]);
  expect((await place.rows('raw_shop__d')).map((row) => [row.n, row._parent])).toEqual([
    ['1', 0],
    ['4', 1],
    ['5', 1],
    ['6', 2],
  ]);
  expect(await balanced(place, result)).toBe(true);
});

test('refused records and lines are located in the file', async () => {
  const result = await read(MESSY, [grain(['id']), grain(['n'], 'd')]);
  const located = async (g: number) => {
    const { workspace } = place.context;
    await workspace.run(
      sql`CREATE OR REPLACE TABLE refused AS SELECT _file, _ordinal FROM ${ident(result.raw[g]!.table)}`,
    );
    await result.locate(g, 'refused', 'located');
    return workspace.rows(sql`SELECT _file, _ordinal, _line FROM located ORDER BY _ordinal`);
  };
  expect((await located(0)).map((row) => Object.values(row))).toEqual([
    [0, 1, 2],
    [0, 4, 8],
    [0, 10, 14],
  ]);
  expect((await located(1)).map((row) => (row as { _line: number })._line)).toEqual([2, 8, 8, 14]);
});

test('without blank lines a record is on the line of its number', async () => {
  const result = await read('{"id":1}\n{"id":2}\n');
  await place.context.workspace.run(sql`CREATE TABLE refused AS SELECT 0 AS _file, 2 AS _ordinal`);
  await result.locate(0, 'refused', 'located');
  expect(await place.rows('located')).toEqual([{ _file: 0, _ordinal: 2, _line: 2 }]);
});

test('a line that DuckDB alone would take is torn', async () => {
  const lines = ['{"id":1}', '{"id":2,}', '{"id":[3,]}', '{"id":NaN}', '{"id":-inf}', '{"id":"a,}nan"}'];
  const result = await read(lines.join('\n'));
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['1', 'a,}nan']);
  expect((await place.rows(result.torn)).length).toBe(4);
});

test('a carriage return ends a line, stands between members, and is refused within a text', async () => {
  const result = await read('{"id":1}\r\n{"id":\r2}\r\n{"id":"3\r"}\r\n\r\n{"id":4');
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['1', '2']);
  expect((await place.rows(result.torn)).map((t) => [t._line, t.rule])).toEqual([
    [3, 'json'],
    [5, 'json'],
  ]);
});

test('a carriage return between the members of clean lines does not end them', async () => {
  expect((await read('{"id":1,\r"x":2}\n{\r"id":2}\r\n')).files[0]!.counted).toEqual([2]);
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['1', '2']);
});

test('a document given as one JSON a line is refused with the right kind', async () => {
  for (const text of [
    JSON.stringify([{ id: 1 }, { id: 2 }], null, 2),
    '[{"id":1},{"id":2}]',
    'id,name\n1,Otieno\n',
  ]) {
    const error = await refusal(read(text));
    expect(error.toString()).toMatch(/PAM-SRC-011 .*type: json/);
  }
});

test('a single line that is cut short is torn', async () => {
  const result = await read('{"id":1,"name":"Otie');
  expect((await place.rows(result.torn)).map((t) => [t._line, t.rule])).toEqual([[1, 'json']]);
});

test('an empty file holds no records', async () => {
  expect((await read('')).files[0]!.counted).toEqual([0]);
  expect((await read('\n\n')).files[0]!.counted).toEqual([0]);
});

test.each([
  ['gzip', (text: string) => gzipSync(text)],
  ['a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  [
    'UTF-16',
    (text: string) => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]),
  ],
])('%s is read like plain UTF-8, clean and messy', async (_, pack) => {
  expect((await read(pack('{"id":1}\n{"id":2}\n'))).files[0]!.counted).toEqual([2]);
  const messy = await read(pack('{"id":1}\n\n{"id":\n{"id":"Ñ"}\n'));
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['1', 'Ñ']);
  expect(await balanced(place, messy)).toBe(true);
});

test('a line of 20 MB is read, among clean lines and torn ones', async () => {
  const long = `{"id":1,"note":"${'x'.repeat(20_000_000)}"}`;
  expect((await read(`${long}\n{"id":2}\n`)).files[0]!.counted).toEqual([2]);
  expect((await read(`${long}\n{"id":\n{"id":3}`)).files[0]!.counted).toEqual([3]);
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['1', '3']);
});

test('deep brackets on a line harm nobody', async () => {
  const deep = `${'['.repeat(100_000)}`;
  const result = await read(`{"id":1}\n${deep}\n{"id":${deep}${']'.repeat(100_000)}}\n{"a":${deep}\n`);
  expect(result.files[0]!.counted).toEqual([4]);
  expect((await place.rows(result.torn)).map((t) => t._line)).toEqual([2, 4]);
});

test('columns are those of the first lines that can be read', async () => {
  place.write('a.ndjson', MESSY);
  expect(await ndjsonReader.columns(place.context, sourceOf('ndjson', 'a.ndjson'))).toEqual([
    'id',
    'd[]',
    'd[].n',
  ]);
});
