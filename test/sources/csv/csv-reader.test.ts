import { appendFileSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '../../../src/kernel/sql.js';
import { csvReader } from '../../../src/sources/csv/csv-reader.js';
import { CsvProject } from './csv-project.js';

let project: CsvProject;
beforeEach(async () => {
  project = await CsvProject.open();
});
afterEach(() => project.close());

describe('a plain file', () => {
  test('gives its records in order, as text, untouched', async () => {
    project.write('data.csv', 'id,name,note\n1, Achieng ,\n2,"Otieno, O.",""\n3,"5""",5" pipe\n');
    const read = await project.read(['id', 'name', 'note']);
    expect(read.rows).toEqual([
      ['1', ' Achieng ', null],
      ['2', 'Otieno, O.', ''],
      ['3', '5"', '5" pipe'],
    ]);
    expect(read.ordinals).toEqual([1, 2, 3]);
    expect(read.result.files).toEqual([
      { name: 'data.csv', bytes: 60, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), counted: [3] },
    ]);
  });

  test('gives only the columns that are asked for, in any order', async () => {
    project.write('data.csv', 'id,national_id,name\n1,9999,Achieng\n');
    const read = await project.read(['name', 'id']);
    expect(read.rows).toEqual([['Achieng', '1']]);
    const columns = await project.workspace.rows<{ column_name: string }>(
      sql`SELECT column_name FROM duckdb_columns() WHERE table_name = 'raw_crm'`,
    );
    expect(columns.map((c) => c.column_name).sort()).toEqual(['_file', '_ordinal', 'id', 'name']);
  });

  test('may lack the last line end', async () => {
    project.write('data.csv', 'id,name\n1,a\n2,b');
    expect((await project.read(['id'])).rows).toEqual([['1'], ['2']]);
  });

  test('may have one column, whose blank lines are no records', async () => {
    project.write('data.csv', 'id\n1\n\n""\n2\n');
    const read = await project.read(['id']);
    expect(read.rows).toEqual([['1'], [''], ['2']]);
    expect(await project.lines(read)).toEqual([2, 4, 5]);
  });

  test('without a header gets its names from the configuration', async () => {
    project.write('data.csv', '1;a\n2;b\n');
    const read = await project.read(['name'], { columns: ['id', 'name'] });
    expect(read.rows).toEqual([['a'], ['b']]);
    expect(await project.lines(read)).toEqual([1, 2]);
  });

  test('with a header only holds no records', async () => {
    project.write('data.csv', 'id,name\n');
    const read = await project.read(['id']);
    expect(read.rows).toEqual([]);
    expect(read.result.files[0]!.counted).toEqual([0]);
  });

  test('that is empty is refused', async () => {
    project.write('data.csv', '\n\n');
    await expect(project.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-005' });
  });

  test('may be called what DuckDB takes for a pattern or a packed file', async () => {
    project.write('year=2024/orders [final].csv.gz', 'id\n1\n');
    const read = await project.read(['id'], { path: ['year=2024/orders [final].csv.gz'] });
    expect(read.rows).toEqual([['1']]);
  });

  test('may hold a value of 3 MB', async () => {
    const long = 'x'.repeat(3 * 1024 * 1024);
    project.write('data.csv', `id,note\n1,${long}\n2,b\n`);
    const read = await project.read(['id', 'note']);
    expect(read.rows.map(([id, note]) => [id, note?.length])).toEqual([
      ['1', long.length],
      ['2', 1],
    ]);
  });
});

describe('the dialect', () => {
  test.each([
    [',', '1,5'],
    [';', '1,5'],
    ['\t', 'a|b'],
    ['|', 'a,b;c'],
  ])('the delimiter %j is recognised', async (delimiter, value) => {
    const row = (a: string, b: string) => [a, `"${b}"`, 'z'].join(delimiter);
    project.write('data.csv', `id${delimiter}value${delimiter}end\n${row('1', value)}\n${row('2', 'x')}\n`);
    expect((await project.read(['value'])).rows).toEqual([[value], ['x']]);
    expect(await csvReader.columns(project.context(), project.source())).toEqual(['id', 'value', 'end']);
  });

  test('any other delimiter, quote and escape can be declared', async () => {
    project.write('data.csv', "id^name\n1^'O\\'Brien ^ \\\\ sons'\n2^b\\c\n");
    const read = await project.read(['name'], { delimiter: '^', quote: "'", escape: '\\' });
    expect(read.rows).toEqual([["O'Brien ^ \\ sons"], ['b\\c']]);
  });

  test('an escape that DuckDB would drop tears its record', async () => {
    project.write('data.csv', 'id,name\n1,"C:\\new"\n2,"b"\n');
    const read = await project.read(['id', 'name'], { escape: '\\' });
    expect(read.rows).toEqual([['2', 'b']]);
    expect(read.torn).toMatchObject([{ ordinal: 1, line: 2, rule: 'structure' }]);
  });

  test('quotes may mean nothing', async () => {
    project.write('data.csv', 'id,name\n1,"a\n2,b"\n');
    expect((await project.read(['name'], { quote: '' })).rows).toEqual([['"a'], ['b"']]);
  });

  test('a delimiter of two characters is refused', async () => {
    project.write('data.csv', 'id||name\n');
    await expect(project.read(['id'], { delimiter: '||' })).rejects.toMatchObject({ code: 'PAM-CFG-003' });
  });
});

describe('the header', () => {
  test('that lacks a mapped column is refused, with the nearest name', async () => {
    project.write('data.csv', 'id,E-Mail,name\n1,a@example.com,x\n');
    await expect(project.read(['email'])).rejects.toMatchObject({
      code: 'PAM-SRC-003',
      where: 'crm: data.csv',
      message: expect.stringContaining('"email"'),
      next: expect.stringContaining('"E-Mail"'),
    });
  });

  test('may stand under a title, whose lines are no records and keep their numbers', async () => {
    const body = 'id;name;note\r\n1;a;"x\r\ny"\r\n2;b\r\n3;c;z\r\n';
    project.write('data.csv', `"Sales, 2025"\r\nby Jane Doe\r\n\r\n${body}`);
    await expect(project.read(['name'])).rejects.toMatchObject({
      code: 'PAM-SRC-003',
      next: 'The names seem to stand in line 4: say header: 4 in sources.crm.',
    });
    project.write('data.csv', `"Sales, 2025"\r\n; "by Jane Doe\r\n\r\n${body}`);
    const read = await project.read(['id', 'name'], { header: 4 });
    expect(read.rows).toEqual([
      ['1', 'a'],
      ['3', 'c'],
    ]);
    expect(read.torn.map(({ line }) => line)).toEqual([7]);
    expect(await project.lines(read)).toEqual([5, 8]);
    expect(read.result.files[0]?.counted).toEqual([3]);
    await expect(project.read(['id'], { header: 40 })).rejects.toMatchObject({ code: 'PAM-SRC-005' });
  });

  test('under a title is found in a packed file of another encoding, and passes a cut in the middle of its lines', async () => {
    const body = Array.from({ length: 3 }, (_, i) => `${i},n\n`).join('');
    const text = `${'T'.repeat(1 << 18)}\r\n\rid,name\n${body}`;
    project.write('data.csv', gzipSync(Buffer.from(text, 'utf16le')));
    const read = await project.read(['id'], { header: 3, encoding: 'utf-16le' });
    expect(await project.lines(read)).toEqual([4, 5, 6]);
  });

  test('that is none, but data, is not repeated', async () => {
    project.write('data.csv', '7,Jane,Doe,jane@example.com,Nairobi\n8,Al,Bo,al@example.com,Kisumu\n');
    const failure = await project.read(['email']).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'PAM-SRC-003',
      message: expect.stringContaining(
        'looks like data: 2 of 5 names are numbers, dates or e-mail addresses',
      ),
    });
    expect(JSON.stringify(failure)).not.toMatch(/jane|doe|nairobi/i);
  });

  test('that names a mapped column twice is refused, another column may be doubled', async () => {
    project.write('data.csv', 'id,name,Name,x,x\n1,a,b,c,d\n');
    await expect(project.read(['name'])).rejects.toMatchObject({ code: 'PAM-SRC-003' });
    expect((await project.read(['id'])).rows).toEqual([['1']]);
  });

  test('may be quoted, and poisonous', async () => {
    project.write('data.csv', '"first ""name""",__proto__,"a,b",constructor\n1,2,3,4\n');
    const columns = ['first "name"', '__proto__', 'a,b', 'constructor'];
    expect(await csvReader.columns(project.context(), project.source())).toEqual(columns);
    const read = await project.read(['first "name"', 'a,b', 'constructor']);
    expect(read.rows).toEqual([['1', '3', '4']]);
  });

  test('of every file is read by itself, so that columns in another order are not swapped', async () => {
    project.write('in/b.csv', 'name;id\nOtieno;2\n');
    project.write('in/a.csv', 'id,name\n1,Achieng\n');
    project.write('in/c.csv', 'name,id,more\nshort,3\nWanjiru,4,x\n');
    const read = await project.read(['id', 'name'], { path: ['in/*.csv'] });
    expect(read.rows).toEqual([
      ['1', 'Achieng'],
      ['2', 'Otieno'],
      ['4', 'Wanjiru'],
    ]);
    expect(read.ordinals).toEqual([1, 1, 2]);
    expect(read.result.files.map((file) => [file.name, file.counted])).toEqual([
      ['in/a.csv', [1]],
      ['in/b.csv', [1]],
      ['in/c.csv', [2]],
    ]);
    expect(read.torn).toMatchObject([{ ordinal: 1, line: 2, reason: '2 columns, expected 3', raw: null }]);
    expect(await project.lines(read)).toEqual([2, 2, 3]);
  });
});

describe('around the reading', () => {
  test('a path that matches nothing is refused', async () => {
    await expect(project.read(['id'], { path: ['in/*.csv'] })).rejects.toMatchObject({ code: 'PAM-SRC-001' });
  });

  test('a file that grows while it is read is refused', async () => {
    const path = project.write('data.csv', 'id\n1\n');
    const source = project.source();
    let grown = false;
    const grow = () => {
      if (!grown) appendFileSync(path, '2\n');
      grown = true;
    };
    const read = csvReader.read(project.context(grow), source, [{ each: undefined, columns: ['id'] }]);
    await expect(read).rejects.toMatchObject({ code: 'PAM-SRC-010' });
  });

  test('the folder of the workspace holds nothing but empty pipes afterwards', async () => {
    project.write('data.csv', 'id,card\r1,4111\r2\r');
    await project.read(['id']);
    const { dir } = project.workspace;
    expect(readdirSync(dir).filter((name) => !lstatSync(join(dir, name)).isFIFO())).toEqual([]);
  });

  test('progress is told up to the last byte', async () => {
    project.write('data.csv', 'id\n1\n');
    const seen: [number, number][] = [];
    const context = project.context((read, total) => seen.push([read, total]));
    await csvReader.read(context, project.source(), [{ each: undefined, columns: ['id'] }]);
    expect(seen.at(-1)).toEqual([5, 5]);
  });
});
