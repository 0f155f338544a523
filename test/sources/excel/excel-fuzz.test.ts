import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExcelPlace } from './reading-excel.js';
import { type CellText, rowsOf, workbook } from './workbook-parts.js';

let place: ExcelPlace;
beforeAll(async () => {
  place = await ExcelPlace.open();
});
afterAll(() => place.close());

const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((some) => some.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]|_x/gu, ''));
const cell: fc.Arbitrary<{ cell: CellText; value: string | null }> = fc.oneof(
  fc.constant({ cell: null, value: null }),
  fc.constant({ cell: { s: 0 } as CellText, value: null }),
  text.map((value) => ({ cell: value, value })),
  fc.integer({ min: -1e9, max: 1e9 }).map((value) => ({ cell: value / 100, value: String(value / 100) })),
  fc.nat(2).map((v) => ({ cell: { t: 's', v } as CellText, value: ['', 'a,"b"', 'two\nlines'][v]! })),
);

test('whatever stands in a sheet, every row with anything in it is a record, in order and unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { maxLength: 40 }), async (rows) => {
      const strings = '<si><t></t></si><si><t>a,"b"</t></si><si><t xml:space="preserve">two\nlines</t></si>';
      const cells = [['a', 'b', 'c'], ...rows.map((row) => row.map((each) => each.cell))];
      place.write(workbook({ sheets: [{ name: 'Data', rows: rowsOf(cells) }], strings }));
      const read = await place.read(['c', 'a', 'b']);
      const filled = rows
        .map((row, i) => ({ line: i + 2, values: [row[2].value, row[0].value, row[1].value] }))
        .filter(({ values }) => values.some((value) => value !== null && value !== ''));
      expect(read.rows).toEqual(filled.map(({ values }) => values));
      expect(read.lines).toEqual(filled.map(({ line }) => line));
      expect(read.torn).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
