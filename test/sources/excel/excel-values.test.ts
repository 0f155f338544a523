import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kindOfFormat } from '../../../src/sources/excel/number-format.js';
import { numberText } from '../../../src/sources/excel/number-text.js';
import { ExcelPlace, ordersFrom } from './reading-excel.js';
import { type CellText, rowsOf, workbook } from './workbook-parts.js';

let place: ExcelPlace;
beforeEach(async () => {
  place = await ExcelPlace.open();
});
afterEach(() => place.close());

const STYLES = [0, 14, 22, 164, 165, 166, 10, 167];
const FORMATS = {
  164: 'dd/mm/yyyy hh:mm',
  165: '[h]:mm:ss',
  166: '&quot;day&quot; #,##0.00',
  167: '[$-409]h:mm AM/PM',
};

/** One column of values, with a key beside it so that no row is blank. */
function column(values: CellText[], more = {}): Buffer {
  const rows = values.map((value, i): CellText[] => [i + 1, value]);
  return workbook({
    sheets: [{ name: 'Data', rows: rowsOf([['id', 'value'], ...rows]) }],
    styles: STYLES,
    formats: FORMATS,
    ...more,
  });
}

async function valuesOf(values: CellText[], more = {}): Promise<(string | null)[]> {
  place.write(column(values, more));
  return (await place.read(['id', 'value'])).rows.map(([, value]) => value!);
}

describe('numbers', () => {
  test('are exact decimals, with the 15 digits that Excel shows', async () => {
    const written = [
      '1234.5600000000001',
      '0.1',
      '0.30000000000000004',
      '1E3',
      '1.5E-3',
      '-0.5',
      '1e21',
      '99999999999999.985',
    ];
    expect(await valuesOf(written.map((v) => ({ v })))).toEqual([
      '1234.56',
      '0.1',
      '0.3',
      '1000',
      '0.0015',
      '-0.5',
      '1000000000000000000000',
      '100000000000000',
    ]);
  });

  test('that are whole stay as written, however long', async () => {
    expect(await valuesOf([{ v: '12345678901234567' }, { v: '254712345678' }])).toEqual([
      '12345678901234567',
      '254712345678',
    ]);
  });

  test('of percent and currency formats are what Excel calculates with', async () => {
    expect(
      await valuesOf([
        { s: 6, v: '0.25' },
        { s: 5, v: '1200.5' },
      ]),
    ).toEqual(['0.25', '1200.5']);
  });

  test('are written with a comma where the source reads commas', async () => {
    place.write(column([{ v: '123.456' }, '1.234,50']));
    const read = await place.read(['value'], { decimal: ',' });
    expect(read.rows).toEqual([['123,456'], ['1.234,50']]);
  });

  test.each([
    ['0.1', '0.1'],
    ['-0', '0'],
    ['007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.0', '1'],
    ['123456789012345.6', '123456789012346'],
    ['9.999999999999999', '10'],
    ['1e-7', '0.0000001'],
    ['', undefined],
    ['.', undefined],
    ['1,5', undefined],
    ['Infinity', undefined],
  ])('as text: %s becomes %s', (written, text) => {
    expect(numberText(written)).toBe(text);
  });

  test('agree with a double rounded to 15 digits', () => {
    for (let i = 1; i <= 2000; i += 1) {
      const value = (i * 7919.37) / 3 ** (i % 9);
      expect(Number(numberText(String(value)))).toBe(Number(value.toPrecision(15)));
    }
  });
});

describe('dates and times', () => {
  test('are ISO texts, by the format of the cell', async () => {
    const cells = [
      { s: 1, v: 45_356 },
      { s: 2, v: '45356.604166666664' },
      { s: 3, v: 45_356 },
      { s: 1, v: '45356.5' },
      { s: 7, v: '0.4375' },
      { s: 4, v: '1.1458333333333333' },
      { s: 1, v: 1 },
      { s: 1, v: 59 },
      { s: 1, v: 61 },
      { t: 'd', v: '2024-03-05T00:00:00' },
    ];
    expect(await valuesOf(cells)).toEqual([
      '2024-03-05',
      '2024-03-05 14:30:00',
      '2024-03-05 00:00:00',
      '2024-03-05 12:00:00',
      '10:30:00',
      '27:30:00',
      '1900-01-01',
      '1900-02-28',
      '1900-03-01',
      '2024-03-05T00:00:00',
    ]);
  });

  test('count from 1904 where the workbook says so', async () => {
    expect(
      await valuesOf(
        [
          { s: 1, v: 0 },
          { s: 1, v: 43_894 },
        ],
        { date1904: true },
      ),
    ).toEqual(['1904-01-01', '2024-03-05']);
  });

  test('that Excel cannot show stay numbers', async () => {
    expect(
      await valuesOf([
        { s: 1, v: -5 },
        { s: 1, v: 3_000_000 },
      ]),
    ).toEqual(['-5', '3000000']);
  });

  test('of a day that never was are no day of the calendar', async () => {
    expect(
      await valuesOf([
        { s: 1, v: 60 },
        { s: 1, v: 0 },
      ]),
    ).toEqual(['1900-02-29', '1900-01-00']);
  });

  test.each([
    ['General', 'number'],
    ['#,##0.00', 'number'],
    ['"day" 0', 'number'],
    ['[Red]0.00;[Blue]-0.00', 'number'],
    ['0.00E+00', 'number'],
    ['[$KES-441] #,##0', 'number'],
    ['\\d0', 'number'],
    ['yyyy-mm-dd', 'day'],
    ['d mmm', 'day'],
    ['mmmm', 'day'],
    ['[$-409]d/m/yy h:mm AM/PM;@', 'moment'],
    ['mm:ss', 'time'],
    ['[hh]:mm', 'duration'],
  ])('the format %s is of a %s', (code, kind) => {
    expect(kindOfFormat(code)).toBe(kind);
  });
});

test('codes that are kept as numbers have the zeros that their format shows', async () => {
  const cells = [
    { v: 100, s: 1 },
    { v: 7, s: 1 },
    { v: 123456, s: 1 },
    { v: 1.5, s: 1 },
    { v: -7, s: 1 },
    { v: 100, s: 2 },
  ];
  expect(await valuesOf(cells, { formats: { 164: '00000', 165: '0.00' }, styles: [0, 164, 165] })).toEqual([
    '00100',
    '00007',
    '123456',
    '1.5',
    '-7',
    '100',
  ]);
});

describe('texts', () => {
  test('that look like numbers stay as they are written', async () => {
    expect(await valuesOf(['00712', '1E5', ' 5 ', '+254', '2024-03'])).toEqual([
      '00712',
      '1E5',
      ' 5 ',
      '+254',
      '2024-03',
    ]);
  });

  test('that cells share keep their entities, breaks and rich parts, without how to read them aloud', async () => {
    const strings =
      '<si><t>Tom &amp; &quot;Jerry&quot;</t></si><si><r><t>two </t></r><r><rPr/><t>parts</t></r></si>' +
      '<si><t>line_x000D_\nbreak</t></si><si><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></si><si><t/></si><si><t>&#128722;</t></si>';
    const cells = [0, 1, 2, 3, 4, 5].map((v) => ({ t: 's', v }));
    expect(await valuesOf(cells, { strings })).toEqual([
      'Tom & "Jerry"',
      'two parts',
      'line\r\nbreak',
      '東京',
      '',
      '🛒',
    ]);
  });

  test('with a NUL are torn', async () => {
    place.write(column([{ t: 's', v: 0 }], { strings: '<si><t>a_x0000_b</t></si>' }));
    const read = await place.read(['value']);
    expect(read.torn).toMatchObject([{ ordinal: 1, line: 2, rule: 'nul' }]);
  });

  test('that are not there stop the reading', async () => {
    place.write(column([{ t: 's', v: 7 }], { strings: '<si><t>a</t></si>' }));
    await expect(place.read(['value'])).rejects.toMatchObject({ code: 'PAM-SRC-007' });
  });
});

describe('other cells', () => {
  test('booleans are true and false', async () => {
    expect(
      await valuesOf([
        { t: 'b', v: 1 },
        { t: 'b', v: 0 },
      ]),
    ).toEqual(['true', 'false']);
  });

  test('errors keep their text, and are told', async () => {
    place.write(column([{ t: 'e', v: '#N/A' }, 'ok', { t: 'e', v: '#REF!' }]));
    const read = await place.read(['value']);
    expect(read.rows).toEqual([['#N/A'], ['ok'], ['#REF!']]);
    expect(read.warnings).toEqual([
      'shop: a.xlsx, sheet "Data": in "value" 2 cells are an error, #N/A in row 2.',
    ]);
  });

  test('formulas give the results that were saved with them', async () => {
    const cells = [
      { f: 'A1*2', v: '84' },
      { t: 'str', f: 'A1&"x"', v: '42x' },
      { t: 'str', f: 'IF(1,"")', v: '' },
      { t: 'b', f: '1=1', v: 1 },
      { s: 1, f: 'TODAY()', v: 45_356 },
    ];
    expect(await valuesOf(cells)).toEqual(['84', '42x', '', 'true', '2024-03-05']);
  });

  test('a formula without a result is torn, never empty in silence', async () => {
    place.write(column([1, { f: 'SUM(A1:A9)' }, 3]));
    const read = await place.read(['id', 'value']);
    expect(read.rows).toEqual([
      ['1', '1'],
      ['3', '3'],
    ]);
    expect(read.torn).toEqual([
      {
        ordinal: 2,
        line: 3,
        rule: 'formula',
        reason: '"value" is a formula without a result; open the workbook in Excel and save it',
        raw: '{"id":"2","value":null}',
      },
    ]);
    expect(read.result.files[0]!.counted).toEqual([3]);
    expect((await place.read(['id'])).rows).toEqual([['1'], ['2'], ['3']]);
  });
});

describe('a column of dates that are written in several ways', () => {
  const dates = ordersFrom({ ordered_at: { from: 'value' } });
  const serial = (v: number) => ({ s: 1, v });

  test('is told, and not loaded where day and month may have changed places', async () => {
    // 2024-05-03, 2024-03-25, 2024-05-05 as dates; what Excel could not read as month/day stayed a text.
    place.write(
      column([
        serial(45_415),
        serial(45_376),
        serial(45_417),
        '25/03/2024',
        '03/04/2024',
        '2024-03-25',
        'soon',
      ]),
    );
    const read = await place.read(['id', 'value'], dates);
    expect(read.rows.map(([id]) => id)).toEqual(['2', '3', '6', '7']);
    expect(read.torn.map(({ line, rule }) => [line, rule])).toEqual([
      [2, 'mixed-dates'],
      [5, 'mixed-dates'],
      [6, 'mixed-dates'],
    ]);
    expect(read.torn[1]!.reason).toBe(
      `the column "value" holds dates written in several ways, and this one is a text; declare its format, such as '%d/%m/%Y'`,
    );
    expect(read.warnings).toEqual([
      'shop: a.xlsx, sheet "Data": the column "value" mixes 3 dates and 2 texts.',
    ]);
  });

  test('that were all swapped by Excel says so', async () => {
    place.write(column([serial(45_415), '25/03/2024']));
    const read = await place.read(['id', 'value'], dates);
    expect(read.rows).toEqual([]);
    expect(read.warnings[0]).toContain('they may have been swapped when the file was opened');
  });

  test('is read where a format is declared', async () => {
    place.write(column([serial(45_376), '25/03/2024']));
    const format = ['%Y-%m-%d', '%d/%m/%Y'];
    const read = await place.read(['id', 'value'], ordersFrom({ ordered_at: { from: 'value', format } }));
    expect(read.rows).toEqual([
      ['1', '2024-03-25'],
      ['2', '25/03/2024'],
    ]);
    expect(read.torn).toEqual([]);
  });

  test('refuses plain numbers between dates', async () => {
    place.write(column([serial(45_376), 45_377]));
    const read = await place.read(['id', 'value'], dates);
    expect(read.rows).toEqual([['1', '2024-03-25']]);
    expect(read.torn).toMatchObject([{ line: 3, rule: 'mixed-dates' }]);
  });

  test('is nobody’s business where no date is made of it', async () => {
    place.write(column([serial(45_415), '25/03/2024']));
    const read = await place.read(['id', 'value'], ordersFrom({ status: { from: 'value' } }));
    expect(read.torn).toEqual([]);
    expect(read.rows.length).toBe(2);
  });
});
