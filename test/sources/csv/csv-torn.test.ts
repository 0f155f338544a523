import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '../../../src/kernel/sql.js';
import { CsvProject } from './csv-project.js';

let project: CsvProject;
beforeEach(async () => {
  project = await CsvProject.open();
});
afterEach(() => project.close());

describe('torn records', () => {
  test('too few and too many columns are told with line and reason, and the others keep their ordinals', async () => {
    project.write('data.csv', 'a,b,c\n1,2,3\n\n4,5\n6,"x\ny",8\n9,10,11,12\n13,14,\n');
    const read = await project.read(['a', 'b', 'c']);
    expect(read.rows).toEqual([
      ['1', '2', '3'],
      ['6', 'x\ny', '8'],
      ['13', '14', null],
    ]);
    expect(read.ordinals).toEqual([1, 3, 5]);
    expect(read.torn).toEqual([
      { ordinal: 2, line: 4, rule: 'structure', reason: '2 columns, expected 3', raw: '4,5' },
      { ordinal: 4, line: 7, rule: 'structure', reason: '4 columns, expected 3', raw: '9,10,11,12' },
    ]);
    expect(await project.lines(read)).toEqual([2, 5, 8]);
    expect(read.result.files[0]!.counted).toEqual([5]);
  });

  test('a last empty column too many does not pass: a value may have been shifted into it', async () => {
    project.write('data.csv', 'name,city,note\nKisumu, Kenya,x,\n');
    const read = await project.read(['name', 'city', 'note']);
    expect(read.rows).toEqual([]);
    expect(read.torn[0]!.reason).toBe('4 columns, expected 3');
  });

  test('the raw line is not kept where it holds a column that nobody mapped', async () => {
    project.write('data.csv', 'id,card\n1\n');
    const read = await project.read(['id']);
    expect(read.torn).toMatchObject([{ ordinal: 1, raw: null }]);
  });

  test('text after a closing quote tears its line only', async () => {
    project.write('data.csv', 'a,b\n"He said "hi, you" to me",x\n1,"2"\n');
    const read = await project.read(['a', 'b']);
    expect(read.rows).toEqual([['1', '2']]);
    expect(read.torn).toMatchObject([{ ordinal: 1, line: 2, reason: 'text after a closing quote' }]);
  });

  test('pieces of a value with bare quotes do not pass for records', async () => {
    project.write('data.csv', 'a,b\n"said "hi" then\nleft" again",x\n1,2\n');
    const read = await project.read(['a', 'b']);
    expect(read.rows).toEqual([['1', '2']]);
    expect(read.torn.map((torn) => torn.ordinal)).toEqual([1, 2]);
  });

  test('a NUL tears its record under a rule of its own', async () => {
    project.write('data.csv', 'a,b\n1,x\0y\n2,"\0"\n3,z\n');
    const read = await project.read(['a', 'b']);
    expect(read.rows).toEqual([['3', 'z']]);
    expect(read.ordinals).toEqual([3]);
    expect(read.torn).toMatchObject([
      { rule: 'nul', raw: '1,x␀y' },
      { rule: 'nul', line: 3 },
    ]);
  });

  test('many of them are counted and numbered', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? `${i}` : `${i},x`));
    project.write('data.csv', `id,b\n${lines.join('\n')}\n`);
    const read = await project.read(['id', 'b']);
    expect(read.torn.length).toBe(6667);
    expect(read.ordinals).toEqual(read.rows.map(([id]) => Number(id) + 1));
  });
});

describe('quotes that are not closed', () => {
  test('at the end of the file name the line on which they opened', async () => {
    project.write('data.csv', 'a,b\n1,"x\ny"\n2,"z\n3,w\n');
    await expect(project.read(['a'])).rejects.toMatchObject({
      code: 'PAM-SRC-004',
      where: 'crm: data.csv',
      message: expect.stringContaining('line 4'),
    });
  });

  test('that swallow whole records up to the next quote are refused, not taken for one torn record', async () => {
    project.write('data.csv', 'a,b\n1,"x\n2,y\n3,z\n4,"w, v"\n');
    await expect(project.read(['a'])).rejects.toMatchObject({ code: 'PAM-SRC-004' });
  });

  test('in the header are told', async () => {
    project.write('data.csv', 'a,"b\n1,2\n');
    await expect(project.read(['a'])).rejects.toMatchObject({ code: 'PAM-SRC-004' });
  });
});

describe('line ends', () => {
  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('%s end records, and stay as they are within quotes', async (_, end) => {
    project.write('data.csv', ['a,b', '1,"x\ny"', '2,"x\r\ny"', '3,z', ''].join(end));
    const read = await project.read(['a', 'b']);
    expect(read.rows).toEqual([
      ['1', 'x\ny'],
      ['2', 'x\r\ny'],
      ['3', 'z'],
    ]);
    expect(await project.lines(read)).toEqual([2, 4, 6]);
  });

  test('may be mixed in one file', async () => {
    project.write('data.csv', 'a,b\r\n1,x\n2,y\r3,z\r\n\r\n4,w');
    const read = await project.read(['a', 'b']);
    expect(read.rows.map(([a]) => a)).toEqual(['1', '2', '3', '4']);
    expect(await project.lines(read)).toEqual([2, 3, 4, 6]);
  });
});

test('lines of refused records only are located, those of an unknown file not', async () => {
  project.write('data.csv', 'a\n"1\n1"\n2\n\n3\n');
  const { result } = await project.read(['a']);
  await project.workspace.run(
    sql`CREATE TABLE refused AS SELECT * FROM (VALUES (0, 3::BIGINT), (7, 1::BIGINT)) v(_file, _ordinal)`,
  );
  await result.locate(0, 'refused', 'located');
  expect(await project.workspace.rows(sql`SELECT * FROM located ORDER BY _file`)).toEqual([
    { _file: 0, _ordinal: 3, _line: 6 },
    { _file: 7, _ordinal: 1, _line: null },
  ]);
});
