import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ExcelPlace } from './reading-excel.js';
import { partsOf, rowsOf, workbook, zipOf } from './workbook-parts.js';

let place: ExcelPlace;
beforeEach(async () => {
  place = await ExcelPlace.open();
});
afterEach(() => place.close());

const TABLE = [
  ['id', 'name'],
  [1, 'Achieng'],
  [2, 'Otieno'],
];

describe('the header', () => {
  test('is the first row that holds all mapped columns, below any title', async () => {
    const rows = rowsOf([['Duka Ltd'], null, ['Customers', 'id'], ...TABLE]);
    place.write(workbook({ sheets: [{ name: 'Data', rows }] }));
    const read = await place.read(['name', 'id']);
    expect(read.rows).toEqual([
      ['Achieng', '1'],
      ['Otieno', '2'],
    ]);
    expect(read.lines).toEqual([5, 6]);
  });

  test('is where it is declared to be', async () => {
    const rows = rowsOf([['id', 'name'], ['old', 'table'], ...TABLE]);
    place.write(workbook({ sheets: [{ name: 'Data', rows }] }));
    expect((await place.read(['id'], { header: 3 })).rows).toEqual([['1'], ['2']]);
    expect((await place.read(['id'])).rows.length).toBe(4);
    await expect(place.read(['id'], { header: 2 })).rejects.toMatchObject({
      code: 'PAM-SRC-003',
      message: 'the header in row 2 has no column "id".',
    });
  });

  test('of two lines with merged cells is joined', async () => {
    const rows = rowsOf([
      ['Sales 2024'],
      ['id', 'Amount', null, 'Note'],
      [null, 'net', 'tax'],
      [1, 100, 16, 'x'],
    ]);
    const tail = '<mergeCells count="2"><mergeCell ref="B2:C2"/><mergeCell ref="A2:A3"/></mergeCells>';
    place.write(workbook({ sheets: [{ name: 'Data', rows, tail }] }));
    const read = await place.read(['id', 'Amount net', 'Amount tax', 'Note'], { headerRows: 2 });
    expect(read.rows).toEqual([['1', '100', '16', 'x']]);
    expect(read.lines).toEqual([4]);
  });

  test('may have blanks and breaks in its names', async () => {
    place.write(
      workbook({
        sheets: [
          {
            name: 'Data',
            rows: rowsOf([
              [' Order\nid ', 'x'],
              [7, 8],
            ]),
          },
        ],
      }),
    );
    expect((await place.read(['Order id'])).rows).toEqual([['7']]);
  });

  test('that lacks a column is refused, with the nearest name', async () => {
    place.write(workbook({ sheets: [{ name: 'Data', rows: rowsOf(TABLE) }] }));
    await expect(place.read(['id', 'nane'])).rejects.toMatchObject({
      code: 'PAM-SRC-003',
      where: 'shop: a.xlsx, sheet "Data"',
      next: expect.stringContaining('Did you mean "name"?'),
    });
  });

  test('that names a mapped column twice is refused', async () => {
    place.write(
      workbook({
        sheets: [
          {
            name: 'Data',
            rows: rowsOf([
              ['id', 'ID'],
              [1, 2],
            ]),
          },
        ],
      }),
    );
    await expect(place.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-003' });
  });

  test('is told to those who ask for the columns', async () => {
    const rows = rowsOf([['A fine title'], ['id', 'first name', 'amount'], [1, 'a', 2]]);
    place.write(workbook({ sheets: [{ name: 'Data', rows }] }));
    expect(await place.columns()).toEqual(['id', 'first name', 'amount']);
  });
});

describe('rows', () => {
  test('that are blank end nothing and are no records', async () => {
    const blank =
      '<row r="3"/><row r="4"><c r="A4" s="0"/><c r="B4" t="str"><f>IF(1,"")</f><v></v></c></row>';
    const rows = rowsOf([TABLE[0]!, TABLE[1]!]) + blank + rowsOf([TABLE[2]!], 9);
    place.write(workbook({ sheets: [{ name: 'Data', rows }] }));
    const read = await place.read(['id', 'name']);
    expect(read.rows).toEqual([
      ['1', 'Achieng'],
      ['2', 'Otieno'],
    ]);
    expect(read.lines).toEqual([2, 9]);
    expect(read.result.files[0]!.counted).toEqual([2]);
  });

  test('may come without their numbers, and cells without theirs', async () => {
    const rows =
      '<row><c t="str"><v>id</v></c><c t="str"><v>name</v></c></row><row><c><v>1</v></c><c t="str"><v>a</v></c></row>';
    place.write(workbook({ sheets: [{ name: 'Data', rows }] }));
    const read = await place.read(['id', 'name']);
    expect(read.rows).toEqual([['1', 'a']]);
    expect(read.lines).toEqual([2]);
  });

  test('may be written with a prefix before every name', async () => {
    const rows = rowsOf(TABLE).replace(/<(\/?)(\w)/g, '<$1x:$2');
    place.write(workbook({ sheets: [{ name: 'Data', rows }], prefix: 'x' }));
    expect((await place.read(['id'])).rows).toEqual([['1'], ['2']]);
  });

  test('that are hidden are read, and told', async () => {
    const rows = rowsOf(TABLE).replace('<row r="3">', '<row r="3" hidden="1">');
    place.write(workbook({ sheets: [{ name: 'Data', rows }] }));
    const read = await place.read(['id']);
    expect(read.rows).toEqual([['1'], ['2']]);
    expect(read.warnings).toEqual(['shop: a.xlsx, sheet "Data": a hidden row is read like the others.']);
  });

  test('over which a cell is merged are told, where it is mapped', async () => {
    const rows = rowsOf([
      ['id', 'name', 'note'],
      [1, 'Amina', 'x'],
      [2, null, null],
      [3, 'Brian', 'y'],
      [4, null, null],
    ]);
    const refs = ['A1:A1', 'C2:C5', 'B2:B3', 'A2:B2', 'B4:B5'];
    const tail = `<mergeCells>${refs.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`;
    place.write(workbook({ sheets: [{ name: 'Data', rows, tail }] }));
    const read = await place.read(['id', 'name']);
    expect(read.rows[1]).toEqual(['2', null]);
    expect(read.warnings).toEqual([
      'shop: a.xlsx, sheet "Data": the value of merged cells (B2:B3 and 1 more) counts for the first of them only; the others are empty.',
    ]);
  });

  test('in which only columns stand that nobody mapped are records too', async () => {
    place.write(workbook({ sheets: [{ name: 'Data', rows: rowsOf([TABLE[0]!, [null, 'x']]) }] }));
    expect((await place.read(['id'])).rows).toEqual([[null]]);
  });

  test('of texts over several lines stay whole', async () => {
    const texts = Array.from({ length: 500 }, (_, i) => `a "quoted"\ntext, ${i}\r\nof three lines`);
    place.write(
      workbook({
        sheets: [{ name: 'Data', rows: rowsOf([['id', 'name'], ...texts.map((text, i) => [i, text])]) }],
      }),
    );
    expect((await place.read(['name'])).rows.flat()).toEqual(texts);
  });
});

describe('sheets', () => {
  const book = () =>
    workbook({
      sheets: [
        { name: 'Cover', rows: '' },
        { name: 'Lists', rows: rowsOf([['x'], ['y']]), state: 'hidden' },
        { name: 'March', rows: rowsOf(TABLE) },
        {
          name: 'April',
          rows: rowsOf([
            ['id', 'name'],
            [3, 'Wanjiru'],
          ]),
        },
      ],
    });

  test('the first visible one with anything in it is read, and named where there are others', async () => {
    place.write(book());
    const read = await place.read(['id']);
    expect(read.rows).toEqual([['1'], ['2']]);
    expect(read.warnings).toEqual([
      'shop: a.xlsx: read is the sheet "March", and not "April"; choose by sheet: in the configuration.',
    ]);
  });

  test('are chosen by name or number, hidden ones too', async () => {
    place.write(book());
    expect((await place.read(['id'], { sheet: 'april' })).rows).toEqual([['3']]);
    expect((await place.read(['id'], { sheet: 4 })).rows).toEqual([['3']]);
    const hidden = await place.read(['x'], { sheet: 'Lists' });
    expect(hidden.rows).toEqual([['y']]);
    expect(hidden.warnings).toEqual(['shop: a.xlsx: the sheet "Lists" is hidden, and is read.']);
  });

  test('that are not there are refused', async () => {
    place.write(book());
    await expect(place.read(['id'], { sheet: 'Apri' })).rejects.toMatchObject({
      code: 'PAM-SRC-003',
      next: 'Did you mean "April"?',
    });
    await expect(place.read(['id'], { sheet: 9 })).rejects.toMatchObject({ code: 'PAM-SRC-003' });
  });

  test('that are all empty are refused', async () => {
    place.write(workbook({ sheets: [{ name: 'Data', rows: '' }] }));
    await expect(place.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-005' });
  });
});

describe('a row of totals', () => {
  const sheet = (total: (string | number | null)[], more: (string | number | null)[][] = []) =>
    workbook({
      sheets: [{ name: 'Data', rows: rowsOf([['id', 'amount'], [1, 0.1], [2, 0.2], ...more, total]) }],
    });
  const totals = { row: 'TOTAL', columns: 'amount' };

  test('is no record, and holds', async () => {
    place.write(sheet(['Total:', 0.30000000000000004]));
    const read = await place.read(['id', 'amount'], { totals });
    expect(read.rows).toEqual([
      ['1', '0.1'],
      ['2', '0.2'],
    ]);
    expect(read.result.files[0]!.counted).toEqual([2]);
  });

  test('may be the last row, whatever stands in it', async () => {
    place.write(sheet([null, 0.3]));
    expect((await place.read(['id'], { totals: { ...totals, row: 'last' } })).rows).toEqual([['1'], ['2']]);
  });

  test('that says another sum stops the reading', async () => {
    place.write(sheet(['TOTAL', 0.31]));
    await expect(place.read(['id'], { totals })).rejects.toMatchObject({
      code: 'PAM-SRC-020',
      message: 'the records add up to 0.3 in "amount", and row 4 says 0.31.',
    });
  });

  test('that is not there stops the reading', async () => {
    place.write(sheet([3, 0.3]));
    await expect(place.read(['id'], { totals })).rejects.toMatchObject({ code: 'PAM-SRC-020' });
  });

  test('of which there are two stops the reading', async () => {
    place.write(sheet(['TOTAL', 0.3], [['Total', 0.3]]));
    await expect(place.read(['id'], { totals })).rejects.toMatchObject({ code: 'PAM-SRC-020' });
  });

  test('is held against cells that are no numbers, too', async () => {
    place.write(sheet(['TOTAL', 0.3], [[3, 'n/a']]));
    expect((await place.read(['id'], { totals })).rows.length).toBe(3);
    place.write(sheet(['TOTAL', 0.4], [[3, 'n/a']]));
    await expect(place.read(['id'], { totals })).rejects.toMatchObject({
      message: expect.stringContaining('(1 of its cells hold no number)'),
    });
  });
});

describe('what is no sound workbook', () => {
  const cases: [what: string, content: Buffer | string, code: string, says: RegExp][] = [
    ['an empty file', '', 'PAM-SRC-005', /empty/],
    ['CSV', 'id,name\n1,a\n', 'PAM-SRC-011', /plain text/],
    ['a web page', '<html><table><tr><td>1</td></tr></table></html>', 'PAM-SRC-011', /web page/],
    ['an old workbook', oldWorkbook('Workbook'), 'PAM-SRC-011', /old Excel workbook/],
    ['a workbook with a password', oldWorkbook('EncryptedPackage'), 'PAM-SRC-011', /password/],
    [
      'a binary workbook',
      zipOf({ '[Content_Types].xml': '', 'xl/workbook.bin': '' }),
      'PAM-SRC-011',
      /\.xlsb/,
    ],
    ['an OpenDocument spreadsheet', zipOf({ 'content.xml': '' }), 'PAM-SRC-011', /\.ods/],
    ['another archive', zipOf({ 'a.csv': 'id' }), 'PAM-SRC-011', /ZIP archive/],
  ];
  test.each(cases)('%s is refused', async (_, content, code, says) => {
    place.write(content);
    await expect(place.read(['id'])).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
  });

  test('is noticed wherever it is cut', async () => {
    const whole = workbook({ sheets: [{ name: 'Data', rows: rowsOf(TABLE) }] });
    for (let length = 4; length < whole.length; length += 97) {
      place.write(whole.subarray(0, length));
      await expect(place.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-007' });
    }
  });

  test('is noticed where a bit of the sheet was turned over', async () => {
    const parts = partsOf({ sheets: [{ name: 'Data', rows: rowsOf(TABLE) }] });
    const whole = zipOf(parts, true);
    whole[whole.indexOf('Achieng')] = 0x42;
    place.write(whole);
    await expect(place.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-007' });
  });

  test.each([
    ['a sheet that ends too soon', (xml: string) => xml.replace('</sheetData></worksheet>', '')],
    ['rows that go back', (xml: string) => xml.replace('r="3"', 'r="2"')],
    ['a row beyond the last', (xml: string) => xml.replace('<row r="3"', '<row r="1048577"')],
    [
      'a document type',
      (xml: string) => xml.replace('<worksheet', '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
    ],
    ['bytes that are no text', (xml: string) => Buffer.concat([Buffer.from(xml), Buffer.from([0xff])])],
  ])('with %s is damaged', async (_, change) => {
    const parts: Record<string, string | Buffer> = partsOf({
      sheets: [{ name: 'Data', rows: rowsOf(TABLE) }],
    });
    parts['xl/worksheets/sheet1.xml'] = change(String(parts['xl/worksheets/sheet1.xml']));
    place.write(zipOf(parts));
    await expect(place.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-007' });
  });

  test('unpacks to no more than any workbook holds', async () => {
    const parts: Record<string, string | Buffer> = partsOf({
      sheets: [{ name: 'Data', rows: rowsOf(TABLE) }],
    });
    parts['xl/worksheets/sheet1.xml'] = Buffer.alloc(80 << 20, '<!-- -->');
    place.write(zipOf(parts));
    await expect(place.read(['id'])).rejects.toMatchObject({
      code: 'PAM-SRC-011',
      message: expect.stringContaining('unpacks to more'),
    });
  });
});

/** The envelope of old Office files, with one name in its list of contents. */
function oldWorkbook(content: string): Buffer {
  const bytes = Buffer.alloc(2048);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 48);
  bytes.write(content, 1024, 'utf16le');
  return bytes;
}
