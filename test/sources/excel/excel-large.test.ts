import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { promisify } from 'node:util';
import { streamXlsxRows, writeXlsxStream } from 'hucre/xlsx';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExcelPlace } from './reading-excel.js';

let place: ExcelPlace;
beforeEach(async () => {
  place = await ExcelPlace.open();
});
afterEach(() => place.close());

const COLUMNS = ['Order', 'Customer', 'Name', 'Date', 'Amount', 'Qty', 'County', 'Note'];

/** Orders of a year, with a blank row in the middle of every thousand. */
function* orders(count: number) {
  yield COLUMNS;
  for (let i = 0; i < count; i += 1) {
    if (i % 1000 === 500) yield [];
    const day = new Date(Date.UTC(2024, 0, 1 + (i % 366)));
    yield [
      `SO-${i}`,
      `C${i % 20_000}`,
      `Customer ${i}`,
      day,
      ((i * 137) % 1_000_000) / 100,
      i % 7,
      'Kisumu',
      `note ${i % 100}`,
    ];
  }
}

async function writeOrders(count: number, inlineStrings: boolean): Promise<void> {
  const bytes = writeXlsxStream(orders(count), {
    name: 'Orders',
    inlineStrings,
  }) as unknown as WebStream<Uint8Array>;
  await pipeline(Readable.fromWeb(bytes), createWriteStream(join(place.place.root, 'a.xlsx')));
}

interface Measured {
  rows: number;
  seconds: number;
  cpuSeconds: number;
  megabytes: number;
  heap: number;
}

async function measured(): Promise<Measured> {
  const script = resolve(import.meta.dirname, 'memory-run.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, place.place.root, ...COLUMNS]);
  return JSON.parse(stdout) as Measured;
}

test.each([
  ['inline', true],
  ['shared', false],
])('150,000 rows of %s texts take bounded memory', async (_, inline) => {
  await writeOrders(150_000, inline);
  const run = await measured();
  expect(run.rows).toBe(150_000);
  // DuckDB holds the records in these too; JavaScript's own part does not grow with the rows.
  expect(run.megabytes).toBeLessThan(320);
  expect(run.heap).toBeLessThan(120);
});

test('every value is what another reader makes of the same workbook', async () => {
  await writeOrders(3000, false);
  const { rows, lines } = await place.read(COLUMNS);
  const expected: (string | null)[][] = [];
  const places: number[] = [];
  const bytes = writeXlsxStream(orders(3000), { name: 'Orders' });
  for await (const { index, values } of streamXlsxRows(bytes)) {
    if (index === 0 || values.length === 0) continue;
    places.push(index + 1);
    expected.push(
      values.map((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value))),
    );
  }
  expect(rows).toEqual(expected);
  expect(lines).toEqual(places);
});
