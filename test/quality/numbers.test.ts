import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/workspace.js';
import { openWorkspace, readSamples, readValues } from './read-samples.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.close());

const money = { type: 'money' } as const;

/** Reads each text and holds it against what is expected of it. */
async function expectAmounts(
  expected: Record<string, string | null>,
  more: { decimal?: '.' | ','; doubles?: boolean } = {},
  type: 'money' | 'decimal' = 'money',
) {
  const texts = Object.keys(expected);
  const values = await readValues(workspace, { type }, texts, {}, more);
  expect(Object.fromEntries(texts.map((text, i) => [text, values[i]]))).toEqual(expected);
}

describe('amounts', () => {
  test('are read in the ways in which people write them', () =>
    expectAmounts({
      '1200': '1200.0000',
      '0': '0.0000',
      '-0.5': '-0.5000',
      'KSh 1,200/=': '1200.0000',
      'KSh1,200.50': '1200.5000',
      '₹1,25,000.50': '125000.5000',
      '12,34,56,789': '123456789.0000',
      'KES 1,200.50': '1200.5000',
      'Kshs. 300/-': '300.0000',
      'Kshs.300': '300.0000',
      '300=': '300.0000',
      '300 bob': '300.0000',
      '1,200.50 kes': '1200.5000',
      '$ 1,234.50': '1234.5000',
      'US$1,234.50': '1234.5000',
      '£12': '12.0000',
      '1 234.56': '1234.5600',
      '1\u00A0234\u202F567.89': '1234567.8900',
      "1'234.50": '1234.5000',
      '1’234.50': '1234.5000',
      '(12.50)': '-12.5000',
      '(KSh 1,200)': '-1200.0000',
      'KSh (1,200/=)': '-1200.0000',
      '12.50-': '-12.5000',
      '12.50- KES': '-12.5000',
      '−5': '-5.0000',
      '- KSh 500': '-500.0000',
      'KSh -500': '-500.0000',
      '-KSh500/=': '-500.0000',
      '+5': '5.0000',
      '.5': '0.5000',
      '-.5': '-0.5000',
      '5.': '5.0000',
      '0001.50': '1.5000',
      '2.500000000000': '2.5000',
      '99,999,999,999,999.9999': '99999999999999.9999',
      '1,200': '1200.0000',
    }));

  test('are read with a decimal comma where it is declared', () =>
    expectAmounts(
      {
        '€1.234,56': '1234.5600',
        '1 234,56': '1234.5600',
        '1\u00A0234,56 €': '1234.5600',
        '1,200': '1.2000',
        '1.200': '1200.0000',
        '12,5': '12.5000',
        ',5': '0.5000',
        '-12,5': '-12.5000',
        '1,234.56': null,
        '1.20': null,
        '12.5': null,
      },
      { decimal: ',' },
    ));

  test('are refused rather than guessed, rounded or cut', () =>
    expectAmounts({
      '1,20,00': null,
      '12,34': null,
      '0,123': null,
      '1,2000': null,
      '1,200,00': null,
      '1.234,56': null,
      '1.234.567': null,
      "1,200'300": null,
      '2.54995': null,
      '0.15000000596046448': null,
      '1e400': null,
      '1e5': null,
      '2.547E+11': null,
      NaN: null,
      inf: null,
      infinity: null,
      '-Infinity': null,
      '0x1F': null,
      '1_000': null,
      '100000000000000': null,
      '999999999999999999999999': null,
      '16%': null,
      '5k': null,
      '12 kg': null,
      '-5-': null,
      '--5': null,
      '-(5)': null,
      '(5': null,
      '5)': null,
      '5.-': null,
      '-KSh -5': null,
      '-': null,
      '.': null,
      KSh: null,
      '1 2': null,
      '1/2': null,
      '٣': null,
      '３': null,
    }));

  test('take no currency where the field is a plain number', () =>
    expectAmounts(
      { '1,200.50': '1200.5000', '(2)': '-2.0000', 'KSh 5': null, '5/=': null, '5 kes': null },
      {},
      'decimal',
    ));

  test('of JSON have at most 15 digits, for a JSON number carries no more', async () => {
    const texts = ['12345678901.2345', '123456789012.345', '12345678901234.5', '12345678901234.568', '1.5'];
    const read = await readSamples(workspace, money, texts, {}, { doubles: true });
    expect(read.map((each) => each.value)).toEqual([
      '12345678901.2345',
      '123456789012.3450',
      '12345678901234.5000',
      null,
      '1.5000',
    ]);
    expect(read[3]?.reasons).toEqual([expect.stringContaining('JSON number')]);
  });

  test('of JSON may have an exponent, and are read exactly or not at all', async () => {
    const texts = ['1E2', '1.25e-2', '-5E+3', '1.23456E0', '1E99', '1E-9'];
    const read = await readSamples(workspace, money, texts, {}, { doubles: true });
    expect(read.map((each) => each.value)).toEqual(['100.0000', '0.0125', '-5000.0000', null, null, null]);
    expect((await readSamples(workspace, money, ['1E2']))[0]?.value).toBeNull();
  });

  test('with more than four decimals say so, and never in their own words', async () => {
    const [read] = await readSamples(workspace, money, ['KES 2.54995']);
    expect(read?.broken).toEqual(['type']);
    expect(read?.reasons[0]).toContain('more than four decimals');
    expect(read?.reasons[0]).not.toContain('2.54');
    const tiny = await readSamples(workspace, money, ['1e-5', '1E99'], {}, { doubles: true });
    expect(tiny.map(({ reasons }) => reasons[0]?.includes('more than four decimals'))).toEqual([true, false]);
  });

  test('come back exactly in whatever style they were written', async () => {
    const sign = fc.constantFrom('', '-', '−', '(', 'behind');
    const words = fc.constantFrom('', 'KSh ', 'KES ', '$', '€ ', 'Kshs. ');
    const group = fc.constantFrom('', ',', ' ', "'", '\u00A0');
    const amount = fc.record({
      units: fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n }),
      sign,
      words,
      group,
      comma: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(amount, { minLength: 1, maxLength: 200 }), async (amounts) => {
        for (const comma of [false, true]) {
          const own = amounts.filter((each) => each.comma === comma);
          if (own.length === 0) continue;
          const written = own.map((each) => write(each));
          const values = await readValues(workspace, money, written, {}, { decimal: comma ? ',' : '.' });
          expect(values).toEqual(own.map(({ units, sign }) => exactly(units, sign !== '')));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('never have a digit that is not in the text', async () => {
    const piece = fc.constantFrom(
      '1',
      '23',
      '456',
      '000',
      '0',
      '.',
      ',',
      ' ',
      "'",
      '-',
      '(',
      ')',
      'KSh',
      '/=',
      'e',
      '%',
      '−',
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 300 }), async (texts) => {
        const values = await readValues(workspace, money, texts);
        texts.forEach((written, i) => {
          const value = values[i];
          if (value == null) return;
          expect([written, significant(String(value))]).toEqual([written, significant(written)]);
        });
      }),
      { numRuns: 40 },
    );
  });
});

test('whole numbers are read where they are whole', async () => {
  const expected: Record<string, number | null> = {
    '1200': 1200,
    '-7': -7,
    '+7': 7,
    '−7': -7,
    '1,200': 1200,
    '1 200 300': 1200300,
    '2.0': 2,
    '2.00': 2,
    '2.': 2,
    '007': 7,
    '2.5': null,
    '1_000': null,
    '0x1F': null,
    '1e5': null,
    '2.547E+11': null,
    '12,34': null,
    '9223372036854775808': null,
    '99999999999999999999999': null,
    '': null,
    '--1': null,
    '1-': null,
    seven: null,
  };
  const texts = Object.keys(expected);
  const values = await readValues(workspace, { type: 'integer' }, texts);
  expect(Object.fromEntries(texts.map((text, i) => [text, values[i]]))).toEqual(expected);
});

interface Written {
  units: bigint;
  sign: string;
  words: string;
  group: string;
  comma: boolean;
}

function write({ units, sign, words, group, comma }: Written): string {
  const separator = comma && group === ',' ? '.' : group;
  const whole = String(units / 10_000n).replace(/\B(?=(\d{3})+$)/g, separator);
  const number = `${whole}${comma ? ',' : '.'}${String(units % 10_000n).padStart(4, '0')}`;
  if (sign === '(') return `(${words}${number})`;
  return sign === 'behind' ? `${words}${number}-` : `${sign}${words}${number}`;
}

function exactly(units: bigint, negative: boolean): string {
  const text = `${units / 10_000n}.${String(units % 10_000n).padStart(4, '0')}`;
  return negative && units !== 0n ? `-${text}` : text;
}

/** The digits of a number without the zeros that say nothing; the full stop of "KSh." is no decimal point. */
function significant(text: string): string {
  const digits = text.replace(/KSh\./g, '').replace(/[^0-9.]/g, '');
  const [whole = '', decimals = ''] = digits.split('.');
  return `${whole.replace(/^0+/, '')}.${decimals.replace(/0+$/, '')}`;
}

test('a word that means nothing was given may look like a plain number', async () => {
  const read = await readSamples(workspace, money, ['-999', '0', '5', '-999.0'], { nulls: ['-999', '0'] });
  expect(read.map(({ text, value }) => [text, value])).toEqual([
    [null, null],
    [null, null],
    ['5', '5.0000'],
    ['-999.0', '-999.0000'],
  ]);
});
