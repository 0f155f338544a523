import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PamojaError } from '../../../src/kernel/errors.js';
import { goodRecords, type TornRecord } from '../../../src/sources/csv/good-records.js';
import { CsvProject } from './csv-project.js';
import { type SlowRecord, slowRecords } from './slow-csv.js';

const COLUMNS = ['a', 'b', 'c'];
const value = fc.constantFrom('', 'x', 'Kisumu', '5" pipe', ' é ', '12.50', "O'Brien", '\\');
const quoted = fc
  .constantFrom('', 'Kisumu, Kenya', 'two\nlines', 'two\r\nlines', 'one\rline', 'a ""word""', ' ', '1,2,3')
  .map((inner) => `"${inner}"`);
const lineEnd = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n');
const goodRow = fc.tuple(fc.array(fc.oneof(value, quoted), { minLength: 3, maxLength: 3 }), lineEnd);
const anyRow = fc.tuple(fc.array(fc.oneof(value, quoted), { minLength: 1, maxLength: 5 }), lineEnd);
const noise = fc
  .array(fc.constantFrom('a', ',', '"', '""', '\n', '\r', ' ', '\0', 'ü', '" ', ' "', ',,'), { maxLength: 8 })
  .map((parts): [string[], string] => [[parts.join('')], '\n']);
const body = fc
  .array(fc.oneof({ weight: 6, arbitrary: goodRow }, { weight: 2, arbitrary: anyRow }, noise), {
    maxLength: 12,
  })
  .map((rows) => rows.map(([fields, end]) => fields.join(',') + end).join(''));
const text = fc
  .tuple(body, fc.boolean())
  .map(([rest, cut]) => `a,b,c\n${cut ? rest.replace(/[\r\n]+$/, '') : rest}`);

/** Whether the code may refuse the file: a quote is open at the end, or a torn record covers several lines. */
function mayRefuse(records: SlowRecord[] | undefined): boolean {
  return records?.some((record) => record.fields === undefined && record.lines > 1) ?? true;
}

describe('reading any text at all', () => {
  let project: CsvProject;
  beforeAll(async () => {
    project = await CsvProject.open();
  });
  afterAll(() => project.close());

  test('every record comes back exactly or is torn, with its ordinal and its line', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const slow = slowRecords(content, 3);
        project.write('data.csv', content);
        let read: Awaited<ReturnType<typeof project.read>>;
        try {
          read = await project.read(COLUMNS);
        } catch (error) {
          expect((error as PamojaError).code).toBe('PAM-SRC-004');
          expect(mayRefuse(slow)).toBe(true);
          return;
        }
        const records = slow!.slice(1).map((record, i) => ({ ...record, ordinal: i + 1 }));
        const good = records.filter((record) => record.fields !== undefined);
        expect(read.rows).toEqual(good.map((record) => record.fields));
        expect(read.ordinals).toEqual(good.map((record) => record.ordinal));
        expect(read.torn.map(({ ordinal, line }) => [ordinal, line])).toEqual(
          records.filter((r) => r.fields === undefined).map((r) => [r.ordinal, r.line]),
        );
        expect(await project.lines(read)).toEqual(good.map((record) => record.line));
        expect(read.result.files[0]!.counted).toEqual([records.length]);
      }),
      { numRuns: 150 },
    );
  });

  test('where the chunks are cut makes no difference', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (content, size) => {
        const whole = await passed(content, 1 << 20);
        expect(await passed(content, size)).toEqual(whole);
      }),
      { numRuns: 2000 },
    );
  });
});

async function passed(content: string, size: number): Promise<{ text: string; torn: TornRecord[] } | string> {
  const bytes = Buffer.from(content);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const file = { path: 'data.csv', name: 'data.csv', where: 'crm: data.csv', bytes: bytes.length, stamp: '' };
  const header = { dialect: { delimiter: ',', quote: '"', escape: '"' }, columns: COLUMNS, inFile: true };
  const torn: TornRecord[] = [];
  const out: Buffer[] = [];
  try {
    for await (const chunk of goodRecords(file, header, chunks(), (record) => torn.push(record)))
      out.push(chunk);
  } catch (error) {
    if (!(error instanceof PamojaError)) throw error;
    return error.toString();
  }
  return { text: Buffer.concat(out).toString(), torn };
}
