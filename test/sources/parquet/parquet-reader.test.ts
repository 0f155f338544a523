import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parquetReader } from '../../../src/sources/parquet/parquet-reader.js';
import { balanced, grain, openPlace, type Place, refusal, sourceOf } from '../json/reading-json.js';

let place: Place;
beforeEach(async () => {
  place = await openPlace();
});
afterEach(() => place.close());

/** Writes a Parquet file with a DuckDB of its own: the workspace writes nowhere else than into its folder. */
async function write(query: string, name = 'a.parquet'): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  await connection.run(
    `COPY (${query}) TO '${join(place.root, name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
}

const read = (grains = [grain(['id'])], more = {}) =>
  parquetReader.read(place.context, sourceOf('parquet', 'a.parquet', more), grains);

test('values become text without loss', async () => {
  await write(`SELECT 1::BIGINT AS id, 12345678901234.5678::DECIMAL(18,4) AS price, 0.1::DOUBLE AS d, 0.1::FLOAT AS f,
    TIMESTAMP '2026-01-02 03:04:05.25' AS ts, TIMESTAMPTZ '2026-01-02 03:04:05+03' AS tz, DATE '2026-01-02' AS day,
    true AS yes, NULL::VARCHAR AS nothing, '' AS empty, 'Ñandú' AS name, {'a': [1, 2], 'b': 'x'} AS object`);
  const names = ['id', 'price', 'd', 'f', 'ts', 'tz', 'day', 'yes', 'nothing', 'empty', 'name', 'object'];
  await read([grain(names)]);
  const [row] = await place.rows('raw_shop');
  expect(names.map((name) => row![name])).toEqual([
    '1',
    '12345678901234.5678',
    '0.1',
    '0.1',
    '2026-01-02 03:04:05.25',
    '2026-01-02 00:04:05+00',
    '2026-01-02',
    'true',
    null,
    '',
    'Ñandú',
    '{"a":[1,2],"b":"x"}',
  ]);
});

const ORDERS = `SELECT i AS id, {'city': 'Kisumu ' || i, 'a.b': i} AS address,
  CASE WHEN i % 3 = 0 THEN NULL ELSE list_transform(range(i % 4), x -> {'sku': 'S' || x, 'n': x + 1}) END AS details,
  {'tags': ['t' || i, NULL]} AS more FROM range(10000) t(i)`;

test('nested columns by their paths, lists as lines with their record, over many row groups', async () => {
  await write(ORDERS);
  const result = await read([
    grain(['id', 'address.city', 'address["a.b"]']),
    grain(['sku', 'n', '^id'], 'details'),
    grain(['$', '^address.city'], 'more.tags'),
  ]);
  expect(result.files[0]!.counted).toEqual([10000, 9999, 20000]);
  expect(await balanced(place, result)).toBe(true);
  const records = await place.rows('raw_shop');
  expect(records[4711]).toEqual({
    _file: 0,
    _ordinal: 4712,
    id: '4711',
    'address.city': 'Kisumu 4711',
    'address["a.b"]': '4711',
  });
  const lines = await place.rows('raw_shop__details');
  expect(lines.every((row, i) => row._ordinal === i + 1 && String(row._parent) === row['^id'])).toBe(true);
  expect((await place.rows('raw_shop__more.tags')).slice(0, 2).map((row) => row.$)).toEqual(['t0', null]);
});

test('several files, and lines alone', async () => {
  await write(`SELECT 1 AS id, [{'sku': 'A'}] AS details`);
  await write(`SELECT 2 AS id, [{'sku': 'B'}, NULL] AS details`, 'b.parquet');
  const result = await read([grain(['sku'], 'details')], { path: ['*.parquet'] });
  expect((await place.rows('raw_shop__details')).map((row) => [row._file, row._parent, row.sku])).toEqual([
    [0, 0, 'A'],
    [1, 1, 'B'],
  ]);
  expect((await place.rows(result.torn)).map((t) => [t._file, t._ordinal, t.rule])).toEqual([
    [1, 2, 'structure'],
  ]);
});

test('NUL in a mapped text tears the record and its lines', async () => {
  await write(
    `SELECT * FROM (VALUES ('a' || chr(0), [{'s': 'x'}]), ('b', [{'s': 'y'}, {'s': chr(0)}])) t(id, details)`,
  );
  const result = await read([grain(['id']), grain(['s'], 'details')]);
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['b']);
  expect((await place.rows('raw_shop__details')).map((row) => [row.s, row._parent])).toEqual([['y', 0]]);
  expect((await place.rows(result.torn)).map((t) => [t._grain, t._ordinal, t.rule])).toEqual([
    [0, 1, 'nul'],
    [1, 1, 'nul'],
    [1, 3, 'nul'],
  ]);
});

test('bytes that are not said to be a text are one where they can be; others tear the record and its lines', async () => {
  await write(`SELECT * FROM (VALUES (encode('Zoë Müller'), [{'s': encode('ñ')}]),
    ('\\xFF\\xFE'::BLOB, [{'s': 'y'::BLOB}]), (NULL, [{'s': '\\x00'::BLOB}])) t(id, details)`);
  const result = await read([grain(['id']), grain(['s'], 'details')]);
  expect((await place.rows('raw_shop')).map(({ id }) => id)).toEqual(['Zoë Müller', null]);
  expect((await place.rows('raw_shop__details')).map(({ s }) => s)).toEqual(['ñ']);
  expect((await place.rows(result.torn)).map((t) => [t._grain, t._ordinal, t.rule, t.reason])).toEqual([
    [0, 2, 'bytes', 'the record holds bytes that are no text in UTF-8'],
    [1, 2, 'bytes', 'the line holds bytes that are no text in UTF-8'],
    [1, 3, 'nul', 'the line holds the character NUL, which a database cannot store'],
  ]);
});

test('a record that lost a line is told, one that is torn itself is not', async () => {
  await write(`SELECT * FROM (VALUES ('A', [{'s': 'x'}, {'s': chr(0)}]), ('B', [{'s': 'x'}]), ('C', [NULL, {'s': 'x'}]),
    (chr(0), [{'s': 'x'}])) t(id, details)`);
  const result = await read([grain(['id']), grain(['s'], 'details')]);
  expect(await place.rows(result.incomplete as string)).toEqual([
    { _grain: 1, rec: 0 },
    { _grain: 1, rec: 2 },
  ]);
});

test('a number has no notation: it gets that of its mapping', async () => {
  await write(`SELECT 2.5::DECIMAL(12,3) AS id, 1.125::DOUBLE AS d, '10,50' AS t, [{'n': 0.5}] AS details`);
  await read([grain(['id', 'd', 't']), grain(['n', '^id'], 'details')], { decimal: ',' });
  expect(await place.rows('raw_shop')).toEqual([
    { _file: 0, _ordinal: 1, id: '2,500', d: '1,125', t: '10,50' },
  ]);
  expect((await place.rows('raw_shop__details'))[0]).toMatchObject({ n: '0,5', '^id': '2,500' });
});

test('the path of a file is neither a pattern nor data', async () => {
  for (const folder of ['date=2026-03-31', 'a*', 'ab']) place.write(`${folder}/note.txt`, '');
  await write(`SELECT 1 AS id, '2026-01-01' AS date`, 'date=2026-03-31/orders[1].parquet');
  await write(`SELECT 2 AS id, '2026-01-02' AS date`, 'date=2026-03-31/orders1.parquet');
  await write(`SELECT 3 AS id, '2026-01-03' AS date`, 'a*/a.parquet');
  await write(`SELECT 4 AS id, '2026-01-04' AS date`, 'ab/a.parquet');
  await read([grain(['id', 'date'])], { path: ['**/*.parquet'] });
  expect((await place.rows('raw_shop')).map(({ id, date }) => [id, date])).toEqual([
    ['3', '2026-01-03'],
    ['4', '2026-01-04'],
    ['2', '2026-01-02'],
    ['1', '2026-01-01'],
  ]);
});

test('a column that is missing is named with its nearest', async () => {
  await write(ORDERS);
  expect((await refusal(read([grain(['idd'])]))).toString()).toMatch(
    /PAM-SRC-003 .*"idd".*Did you mean "id"/,
  );
  expect((await refusal(read([grain(['id']), grain(['skuu'], 'details')]))).toString()).toMatch(
    /"skuu".*"sku"/,
  );
  expect((await refusal(read([grain(['id']), grain(['sku'], 'detials')]))).toString()).toMatch(
    /"detials".*"details"/,
  );
});

test('other files, damaged ones and those cut short are refused', async () => {
  place.write('a.parquet', 'id,name\n1,Otieno\n');
  expect((await refusal(read())).toString()).toMatch(/PAM-SRC-011 .*is not a Parquet file/);
  await write(ORDERS);
  const bytes = readFileSync(join(place.root, 'a.parquet'));
  place.write('a.parquet', bytes.subarray(0, bytes.length / 2));
  expect((await refusal(read())).toString()).toMatch(/PAM-SRC-011 .*cut short/);
  place.write(
    'a.parquet',
    Buffer.concat([bytes.subarray(0, bytes.length - 300), Buffer.alloc(292), bytes.subarray(-8)]),
  );
  expect((await refusal(read())).toString()).toMatch(/PAM-SRC-011 .*damaged/);
});

test('columns are paths, lists with brackets', async () => {
  await write(ORDERS);
  expect(await parquetReader.columns(place.context, sourceOf('parquet', 'a.parquet'))).toEqual([
    'id',
    'address.city',
    'address["a.b"]',
    'details[]',
    'details[].sku',
    'details[].n',
    'more.tags[]',
  ]);
});
