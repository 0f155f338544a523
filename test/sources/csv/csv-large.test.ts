import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ident, sql } from '../../../src/kernel/sql.js';
import { CsvProject } from './csv-project.js';

let project: CsvProject;
beforeEach(async () => {
  project = await CsvProject.open();
});
afterEach(() => project.close());

const ROWS = 150_000;

/** Six megabytes: so large that DuckDB reads it while its bytes are still counted. */
function plain(lineEnd = '\n'): string {
  const lines = Array.from({ length: ROWS }, (_, i) => `${i + 1},${'Achieng '.repeat(4)}${i + 1}`);
  return ['id,name', ...lines, ''].join(lineEnd);
}

/** What the raw table holds, and what is wrong with its numbers. */
async function told(names = ['id', 'name']) {
  const { result } = await project.read(names);
  const { rows, distinct, last, odd } = await project.workspace.row<Record<string, number>>(sql`
    SELECT count(*) AS rows, count(DISTINCT _ordinal) AS distinct, max(_ordinal) AS last,
      count(*) FILTER (_ordinal::VARCHAR <> id) AS odd FROM ${ident('raw_crm')}`);
  const torn = await project.workspace.count(sql`SELECT count(*) FROM ${ident(result.torn)}`);
  return { rows, distinct, last, odd, torn, counted: result.files.map((file) => file.counted[0]) };
}

describe('a large file', () => {
  test.each(['\n', '\r\n'])('is read once, in order, whatever ends its lines: %j', async (lineEnd) => {
    project.write('data.csv', plain(lineEnd));
    expect(await told()).toEqual({
      rows: ROWS,
      distinct: ROWS,
      last: ROWS,
      odd: 0,
      torn: 0,
      counted: [ROWS],
    });
  });

  test('that is plain but for a torn line at its end loses that line alone', async () => {
    project.write('data.csv', `${plain()}150001,too,many\n150002,Otieno\n`);
    expect(await told()).toEqual({
      rows: ROWS + 1,
      distinct: ROWS + 1,
      last: ROWS + 2,
      odd: 0,
      torn: 1,
      counted: [ROWS + 2],
    });
  });

  test.each([
    ['other line ends', '150001,Otieno\r\n150002,Wanjiru\r\n'],
    ['a blank line', '\n150001,Otieno\n150002,Wanjiru\n'],
    ['a quote that spans lines', '150001,"Otieno\nOdhiambo"\n150002,Wanjiru\n'],
    ['a record of two megabytes', `150001,${'x'.repeat(2 << 20)}\n150002,Wanjiru\n`],
  ])('may end with %s', async (_, end) => {
    project.write('data.csv', `${plain()}${end}`);
    expect(await told()).toEqual({
      rows: ROWS + 2,
      distinct: ROWS + 2,
      last: ROWS + 2,
      odd: 0,
      torn: 0,
      counted: [ROWS + 2],
    });
  });

  test('among others leaves each record to its own file', async () => {
    project.write('data.csv', `${plain()}150001,too,many\n`);
    project.write('more.csv', plain());
    const { result } = await project.read(['id', 'name'], { path: ['data.csv', 'more.csv'] });
    const files =
      await project.workspace.rows(sql`SELECT _file AS file, count(*) AS rows, min(_ordinal) AS first,
      max(_ordinal) AS last FROM ${ident('raw_crm')} GROUP BY 1 ORDER BY 1`);
    expect(files).toEqual([
      { file: 0, rows: ROWS, first: 1, last: ROWS },
      { file: 1, rows: ROWS, first: 1, last: ROWS },
    ]);
    expect(result.files.map((file) => file.counted[0])).toEqual([ROWS + 1, ROWS]);
  });

  test('whose quote is never closed says where it was opened', async () => {
    project.write('data.csv', `${plain()}150001,"Otieno\n`);
    await expect(project.read(['id', 'name'])).rejects.toMatchObject({
      code: 'PAM-SRC-004',
      message: expect.stringContaining('line 150002'),
    });
  });

  test('that is no UTF-8 in the end says at which byte', async () => {
    project.write('data.csv', Buffer.concat([Buffer.from(plain()), Buffer.from([0xff, 0x0a])]));
    await expect(project.read(['id', 'name'])).rejects.toMatchObject({ code: 'PAM-SRC-006' });
  });
});
