import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvReader } from '../../../src/sources/csv/csv-reader.js';
import { CsvProject } from './csv-project.js';

const torture = resolve(import.meta.dirname, '../../../../shared/data/torture');
const spectrum = join(torture, 'csv_spectrum');
const papaparse = join(torture, 'papaparse/tests/test-cases.js');

let project: CsvProject;
beforeAll(async () => {
  project = await CsvProject.open();
});
afterAll(() => project.close());

describe.skipIf(!existsSync(spectrum))('csv-spectrum', () => {
  const names = existsSync(spectrum) ? readdirSync(join(spectrum, 'csvs')).map((f) => f.slice(0, -4)) : [];
  test.each(names)('%s is read as its JSON says', async (name) => {
    project.write('data.csv', readFileSync(join(spectrum, 'csvs', `${name}.csv`)));
    const said = JSON.parse(readFileSync(join(spectrum, 'json', `${name}.json`), 'utf8')) as
      | object
      | object[];
    const columns = await csvReader.columns(project.context(), project.source());
    const read = await project.read(columns);
    expect(read.torn).toEqual([]);
    const records = read.rows.map((row) => Object.fromEntries(row.map((v, i) => [columns[i], v ?? ''])));
    // One of the suite's own files has another phone number in its JSON.
    const unlike = records.map((record) =>
      Object.keys(record).filter((key) => key !== 'Contact Phone Number'),
    );
    const without = (list: object[]) =>
      list.map((record, i) => unlike[i]!.map((key) => Object.entries(record).find(([k]) => k === key)));
    expect(without(records)).toEqual(without([said].flat()));
  });
});

interface Case {
  description: string;
  input: string;
  config?: Record<string, unknown>;
  expected: { data: string[][]; errors: unknown[] };
}

function papaparseCases(): Case[] {
  if (!existsSync(papaparse)) return [];
  const script = readFileSync(papaparse, 'utf8');
  const start = script.indexOf('[', script.indexOf('var CORE_PARSER_TESTS'));
  const cases = runInNewContext(script.slice(start, script.indexOf('\n];', start) + 2)) as Case[];
  // Comments, previews and renamed headers are no part of what a source declares.
  return cases.filter(({ config = {} }) =>
    Object.keys(config).every((key) => ['newline', 'delimiter'].includes(key)),
  );
}

// Where we differ on purpose: as DuckDB does, a quote after one space opens a quoted field.
const OURS: Record<string, string[][]> = { 'Quoted field with whitespace around quotes': [['A', 'B', 'C']] };

describe.skipIf(!existsSync(papaparse))('the cases of papaparse', () => {
  const cases = papaparseCases();
  const wide = (data: string[][]) => Math.max(1, ...data.map((row) => row.length));
  const read = ({ input, expected: { data } }: Case) => {
    project.write('data.csv', input);
    const columns = Array.from({ length: wide(data) }, (_, i) => `c${i}`);
    return project.read(columns, { columns, delimiter: ',' });
  };

  test.each(cases.filter((c) => c.expected.errors.length === 0))('$description: the same', async (given) => {
    const { rows, torn } = await read(given);
    // A blank line is no record here, and a row of another width is torn.
    const full = given.expected.data.filter((row) => row.length === wide(given.expected.data));
    const records = full.filter((row) => row.length > 1 || row[0] !== '');
    const ragged = given.expected.data.length - full.length;
    expect(torn).toHaveLength(ragged);
    expect(rows.map((row) => row.map((value) => value ?? ''))).toEqual(
      OURS[given.description] ?? records.map((row) => [...row]),
    );
  });

  test.each(cases.filter((c) => c.expected.errors.length > 0))(
    '$description: torn or refused',
    async (given) => {
      const outcome = await read(given).then(
        ({ rows, torn, result }) =>
          torn.length > 0 && rows.length + torn.length === result.files[0]!.counted[0] ? 'torn' : 'lost',
        (error: { code: string }) => error.code,
      );
      expect(['torn', 'PAM-SRC-004']).toContain(outcome);
    },
  );
});
