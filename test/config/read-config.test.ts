import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseProject, readProject } from '../../src/config/read-config.js';

const folder = mkdtempSync(join(tmpdir(), 'pamoja-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const orders = (more: string, key = 'no') =>
  `sources: { till: { type: csv, path: a.csv, entities: { orders: { key: ${key}, fields: { ${more} } } } } }`;

test.each([
  ['an alias of nothing', 'sources: *crm', 'PAM-CFG-002', /Unresolved alias/],
  [
    'aliases without number',
    `a: &a [x${',x'.repeat(99)}]\nb: &b [*a${',*a'.repeat(99)}]\nc: [*b${',*b'.repeat(99)}]`,
    'PAM-CFG-002',
    /Excessive alias count/,
  ],
  [
    'a source named like what every object has',
    orders('customer_id: { from: c, source: constructor }'),
    'PAM-CFG-004',
    /gives no customers/,
  ],
  ['a column without a name', orders('order_date: { from: [day, ""] }'), 'PAM-CFG-003', /is empty/],
  ['a key without a name', orders('order_date: day', '""'), 'PAM-CFG-003', /is empty/],
  [
    'a column to fill down without a name',
    orders('status: s').replace('path: a.csv', 'path: a.csv, fillDown: [""]'),
    'PAM-CFG-003',
    /is empty/,
  ],
  ['NUL in a text', orders('status: { constant: "a\\0b" }'), 'PAM-CFG-003', /holds the character NUL/],
  ['NUL in a name', orders('status: { values: { "a\\0": [x] } }'), 'PAM-CFG-003', /holds the character NUL/],
])('%s is a mistake of the configuration', async (_, text, code, message) => {
  writeFileSync(join(folder, 'pamoja.config.yaml'), text);
  await expect(readProject(folder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a configuration that is there and cannot be read is told with its code', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(join(closed, 'pamoja.config.yaml'), { recursive: true });
  await expect(readProject(closed)).rejects.toMatchObject({
    code: 'PAM-CFG-002',
    where: 'pamoja.config.yaml',
  });
});

test.each([null, undefined, 5, []])('%j given as a configuration is told as one', (value) => {
  expect(() => parseProject(value, folder)).toThrowError(
    expect.objectContaining({ code: 'PAM-CFG-003', where: 'the configuration' }),
  );
});
