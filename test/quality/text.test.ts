import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/workspace.js';
import { sql } from '../../src/kernel/sql.js';
import type { FieldMapping } from '../../src/model/config.js';
import { fold } from '../../src/quality/clean/vocabulary.js';
import { openWorkspace, readSamples, readValues } from './read-samples.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.close());

async function expectTexts(
  mapping: FieldMapping,
  expected: Record<string, string | null>,
  type: 'text' | 'email' = 'text',
) {
  const texts = Object.keys(expected);
  const values = await readValues(workspace, { type }, texts, mapping);
  expect(Object.fromEntries(texts.map((text, i) => [text, values[i]]))).toEqual(expected);
}

describe('a text', () => {
  test('is one line without unseen characters, in NFC', () =>
    expectTexts(
      {},
      {
        'plain text': 'plain text',
        '  two  spaces ': 'two spaces',
        '\u00A0nbsp\u00A0\u2003here\u3000': 'nbsp here',
        '\uFEFFbom\u200B\u200E': 'bom',
        '\u200Cjoiner\u200D': 'joiner',
        'zero\u200Bwidth': 'zerowidth',
        'tab\tand\r\nbreak': 'tab and break',
        'nul\0 and \u0007bell\u0085x': 'nul and bell x',
        'Cafe\u0301': 'Café',
        'e\u200B\u0301': 'é',
        'Wanjikũ Mũmbi': 'Wanjikũ Mũmbi',
        '李 小龙': '李 小龙',
        '👩\u200D👧 family': '👩\u200D👧 family',
        "Robert'); DROP TABLE students;--": "Robert'); DROP TABLE students;--",
      },
    ));

  test('is NULL where it is empty or a word for nothing', () =>
    expectTexts(
      { nulls: ['-', 'Ohne'] },
      {
        '': null,
        '   ': null,
        '\u00A0\u200B': null,
        NULL: null,
        null: null,
        ' Null ': null,
        'N/A': null,
        '-': null,
        OHNE: null,
        nullify: 'nullify',
        '0': '0',
      },
    ));

  test('cleaned twice is as cleaned once', async () => {
    const odd = [
      ' \u200D \u200C a ',
      'a\u200B \u0301b',
      '\u1100\u1161\u11A8',
      '\u202Ex\u202C',
      'a \u00AD b',
      '\uFEFF \uFEFF',
    ];
    const once = (await readValues(workspace, { type: 'text' }, odd)) as (string | null)[];
    expect(await readValues(workspace, { type: 'text' }, once)).toEqual(once);
  });

  test('joins several columns, and leaves out those that are empty', async () => {
    const rows: [string | null, string | null][] = [
      [' Moi ', 'Avenue'],
      ['Moi', 'n/a'],
      [null, 'Avenue'],
      ['', 'NULL'],
    ];
    expect(await readValues(workspace, { type: 'text' }, rows, { from: ['a', 'b'], join: ', ' })).toEqual([
      'Moi, Avenue',
      'Moi',
      'Avenue',
      null,
    ]);
  });

  test('takes the wanted case', async () => {
    await expectTexts({ case: 'upper' }, { 'straße é': 'STRAẞE É' });
    await expectTexts({ case: 'lower' }, { 'ÀB c': 'àb c' });
    await expectTexts(
      { case: 'title' },
      {
        'JANE DOE': 'Jane Doe',
        jane: 'Jane',
        'Jane Doe': 'Jane Doe',
        "sean o'brien": "Sean O'Brien",
        'SEAN O’BRIEN-SMITH': 'Sean O’Brien-Smith',
        "NG'ANG'A THIONG'O": "Ng'ang'a Thiong'o",
        "wanjiku's shop": "Wanjiku's Shop",
        'anne-marie de la cruz': 'Anne-Marie De La Cruz',
        'ÉMILE ZOLA': 'Émile Zola',
        'p.o. box 12/a (nairobi)': 'P.O. Box 12/A (Nairobi)',
        '': null,
      },
    );
  });
});

describe('a name is split', () => {
  const names: Record<string, [given: string | null, family: string | null]> = {
    'Mary Wanjiku': ['Mary', 'Wanjiku'],
    'Mary Anne Wanjiku': ['Mary Anne', 'Wanjiku'],
    Mary: ['Mary', null],
    'Wanjiku, Mary Anne': ['Mary Anne', 'Wanjiku'],
    'Wanjiku,Mary': ['Mary', 'Wanjiku'],
    'van der Berg, Jan': ['Jan', 'van der Berg'],
    'Jan van der Berg': ['Jan', 'van der Berg'],
    'William ole Ntimama': ['William', 'ole Ntimama'],
    'NGUGI WA THIONGO': ['NGUGI', 'WA THIONGO'],
    'Juma Hassan bin Ali': ['Juma Hassan', 'bin Ali'],
    'Daniel arap Moi': ['Daniel', 'arap Moi'],
    'Van Morrison': ['Van', 'Morrison'],
    'Martin Luther King Jr.': ['Martin Luther', 'King Jr.'],
    'Martin King, Jr.': ['Martin', 'King, Jr.'],
    'Wanjikũ  wa Mũmbi': ['Wanjikũ', 'wa Mũmbi'],
    'Kamau,': ['Kamau,', null],
    '': [null, null],
  };

  test('into given names and the family name with its particles', async () => {
    await expectTexts(
      { split: { part: 'given' } },
      Object.fromEntries(Object.entries(names).map(([k, v]) => [k, v[0]])),
    );
    await expectTexts(
      { split: { part: 'family' } },
      Object.fromEntries(Object.entries(names).map(([k, v]) => [k, v[1]])),
    );
  });

  test('before it takes a case', () =>
    expectTexts({ split: { part: 'family' }, case: 'title' }, { 'JANE O’BRIEN': 'O’Brien', JANE: null }));

  test('at what the mapping names', async () => {
    await expectTexts({ split: { by: ';', part: 2 } }, { 'a; b ;c': 'b', a: null, 'a;;c': null });
    await expectTexts({ split: { part: 3 } }, { 'a  b\tc': 'c' });
    await expectTexts({ split: { by: '\n', part: 2 } }, { 'Moi Avenue 1\r\nNairobi ': 'Nairobi' });
    await expectTexts({ split: { by: '_', part: 'family' } }, { mary_wanjiku: 'wanjiku' });
  });
});

describe('a vocabulary', () => {
  test('of a lookup compares exactly, and an unlisted text breaks a rule', async () => {
    const lookup = { M: 'male', F: 'female', '?': '' };
    const read = await readSamples(workspace, { type: 'text' }, ['M', ' F ', 'm', 'male', '?', ''], {
      lookup,
    });
    expect(read.map((each) => each.value)).toEqual(['male', 'female', null, null, null, null]);
    expect(read.map((each) => each.broken)).toEqual([[], [], ['lookup'], ['lookup'], [], []]);
    expect(read[2]?.text).toBe('m');
  });

  test('has meanings of the type of the field', async () => {
    const lookup = { one: '1', half: '0.5', none: '' };
    const read = await readSamples(workspace, { type: 'integer' }, ['one', 'half', 'none', 'two'], {
      lookup,
    });
    expect(read.map((each) => each.value)).toEqual([1, null, null, null]);
    expect(read.map((each) => each.broken)).toEqual([[], ['type'], [], ['lookup']]);
  });

  test('of values compares without case and accents', async () => {
    const values = { sale: ['Vente', 'Café'], return: ['refund', 'RÜCKGABE'] };
    const texts = ['SALE', 'vente', 'CAFE', 'rückgabe', 'Ruckgabe', 'gift', ''];
    const read = await readSamples(workspace, { type: 'text' }, texts, { values });
    expect(read.map((each) => each.value)).toEqual(['sale', 'sale', 'sale', 'return', 'return', null, null]);
    expect(read[5]?.broken).toEqual(['allowed']);
    expect(read[5]?.reasons[0]).not.toContain('gift');
  });

  test('has a default for what is not listed and for what is not given', () =>
    expectTexts(
      { from: 'a', values: { sale: [] }, default: 'other' },
      { Sale: 'sale', gift: 'other', '': 'other' },
    ));

  test('may be long', async () => {
    const lookup = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, `v${i}`]));
    await expectTexts({ lookup }, { k0: 'v0', k255: 'v255', k256: 'v256', k1999: 'v1999', k2000: null });
  });

  test('in which a word stands for two values is an error of the configuration', async () => {
    const read = readSamples(workspace, { type: 'text' }, ['x'], { values: { a: ['É'], b: ['e'] } });
    await expect(read).rejects.toThrow(/stands for both/);
  });

  test('is folded in JavaScript as it is in DuckDB', async () => {
    const letters = Array.from({ length: 0x250 - 0xc0 }, (_, i) => String.fromCodePoint(0xc0 + i));
    const rows = await workspace.rows<{ folded: string }>(
      sql`SELECT lower(strip_accents(chr(192 + i::INTEGER))) AS folded FROM range(${letters.length}) r (i) ORDER BY i`,
    );
    const differing = letters.filter((letter, i) => fold(letter) !== rows[i]?.folded);
    expect(differing).toEqual([]);
  });
});

test('e-mail addresses are one valid address in lower case', async () => {
  const expected: Record<string, string | null> = {
    'jane@doe.co.ke': 'jane@doe.co.ke',
    ' Jane.DOE+x@Example.COM ': 'jane.doe+x@example.com',
    'mailto:jane@doe.co.ke': 'jane@doe.co.ke',
    '<jane@doe.co.ke>': 'jane@doe.co.ke',
    'Jane Doe <jane@doe.co.ke>': 'jane@doe.co.ke',
    'jane@doe.co.ke;': 'jane@doe.co.ke',
    'jane@bücher.example': 'jane@bücher.example',
    'jürgen@xn--bcher-kva.example': 'jürgen@xn--bcher-kva.example',
    "o'brien@doe.ie": "o'brien@doe.ie",
    'jane@doe': null,
    'jane@doe.co.ke.': null,
    'jane@doe..ke': null,
    'jane..doe@doe.ke': null,
    '.jane@doe.ke': null,
    'jane@-doe.ke': null,
    'jane doe@doe.ke': null,
    'jane@doe.ke, joe@doe.ke': null,
    'jane@@doe.ke': null,
    '@doe.ke': null,
    'jane@': null,
    'jane@doe.k': null,
    'jane@127.0.0.1': null,
    'null@null': null,
    'none@none.com': null,
    'test@test.com': null,
    'j***@doe.ke': null,
    jane: null,
  };
  await expectTexts({}, expected, 'email');
  const read = await readSamples(workspace, { type: 'email' }, [
    'null@null',
    'NoEmail@NoEmail.com',
    'j***@doe.ke',
    'a@b.ke c@d.ke',
    'jane',
  ]);
  expect(read.map((each) => each.broken)).toEqual([['masked'], ['masked'], ['masked'], ['type'], ['type']]);
  expect(read[3]?.reasons[0]).toContain('more than one');
});

test('yes and no are read in English and Swahili', async () => {
  const yes = ['true', 'TRUE', 'Yes', 'y', '1', 'on', 'Ndiyo'];
  const no = ['false', 'No', 'N', '0', 'off', 'HAPANA'];
  const neither = ['2', 'maybe', '1.0', '-1'];
  const read = await readSamples(workspace, { type: 'boolean' }, [...yes, ...no, ...neither, '']);
  expect(read.map((each) => each.value)).toEqual([
    ...yes.map(() => true),
    ...no.map(() => false),
    ...neither.map(() => null),
    null,
  ]);
  expect(read.filter((each) => each.broken.includes('type')).length).toBe(neither.length);
});
