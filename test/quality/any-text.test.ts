import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/workspace.js';
import type { FieldMapping } from '../../src/model/config.js';
import type { FieldType } from '../../src/model/entity.js';
import { openWorkspace, readSamples } from './read-samples.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.close());

const types: FieldType[] = [
  'text',
  'integer',
  'decimal',
  'money',
  'date',
  'timestamp',
  'boolean',
  'email',
  'phone',
  'reference',
];
const mappings: [FieldType, FieldMapping][] = [
  ...types.map((type): [FieldType, FieldMapping] => [type, { required: true }]),
  ['text', { case: 'title' }],
  ['text', { case: 'upper', maxLength: 3, pattern: '^x' }],
  ['text', { split: { part: 'given' }, case: 'title' }],
  ['text', { split: { part: 'family' }, case: 'lower' }],
  ['text', { split: { part: 2, by: '-' } }],
  ['text', { values: { yes: ['ja'], no: ['nein'] } }],
  ['text', { lookup: { a: 'b' } }],
  ['text', { from: ['a', 'b'], join: '|' }],
  ['money', { decimal: ',' }],
  ['date', { format: ['%d/%m/%Y', '%d %b %y', '%Y-%j'] }],
  ['timestamp', { format: ['%d/%m/%Y %H:%M', '%Y-%m-%d %H:%M:%S.%f %z', '%Y %Z'] }],
  ['money', { sql: '"a"::DECIMAL(18,4)' }],
  ['integer', { lookup: { '1': '2' } }],
];

/** Runs every kind of mapping over the texts; an exception fails the test. */
async function readAll(texts: readonly string[]): Promise<void> {
  for (const [type, mapping] of mappings) {
    for (const country of type === 'phone' ? ['KE', 'US', 'IS'] : ['KE']) {
      const read = await readSamples(workspace, { type }, texts, { from: 'a', ...mapping }, { country });
      read.forEach((each, i) => {
        // Whatever is given is read, or some rule says why not.
        const told = each.value !== null || each.broken.length > 0 || each.text === null;
        if (!told) expect.fail(`${type}: ${JSON.stringify(texts[i])} vanishes without a word`);
        expect(each.broken.filter((code) => code === 'type').length).toBeLessThan(2);
      });
    }
  }
}

describe('every cleaner stands', () => {
  const naughty = resolve(import.meta.dirname, '../../../shared/data/torture/blns/blns.json');
  test.skipIf(!existsSync(naughty))('the big list of naughty strings', async () => {
    const texts = JSON.parse(readFileSync(naughty, 'utf8')) as string[];
    expect(texts.length).toBeGreaterThan(400);
    await readAll(texts);
  });

  test('any text of any characters', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ maxLength: 40 }),
      fc
        .array(
          fc.constantFrom(
            '0712',
            '345',
            '+254',
            '/',
            ' ',
            ',',
            '-',
            '(',
            ')',
            '.',
            'x',
            '@',
            "'",
            'a',
            'Z',
            ':',
            '2024',
            '%',
            '\n',
            '\0',
          ),
          { maxLength: 12 },
        )
        .map((pieces) => pieces.join('')),
    );
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 300, maxLength: 500 }), readAll), {
      numRuns: 6,
      endOnFailure: true,
    });
  });
});

describe('a phone number', () => {
  test('is E.164 or nothing', async () => {
    const piece = fc.constantFrom(
      '0',
      '7',
      '12',
      '345',
      '+',
      '254',
      '00',
      ' ',
      '-',
      '/',
      '(',
      ')',
      '.',
      'x',
      ',',
    );
    const text = fc.array(piece, { minLength: 3, maxLength: 10 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 200, maxLength: 500 }), async (texts) => {
        for (const { value } of await readSamples(workspace, { type: 'phone' }, texts)) {
          if (value !== null) expect(value).toMatch(/^\+[1-9]\d{7,14}$/);
        }
      }),
      { numRuns: 20 },
    );
  });
});
