import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CsvProject } from './csv-project.js';

let project: CsvProject;
beforeEach(async () => {
  project = await CsvProject.open();
});
afterEach(() => project.close());

const text = 'id,name\n1,Müller\n2,"Kenya, Ümit"\n';
const rows = [
  ['1', 'Müller'],
  ['2', 'Kenya, Ümit'],
];
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

describe('encodings', () => {
  test.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`), undefined],
    ['UTF-16LE with a byte order mark', Buffer.from(`\ufeff${text}`, 'utf16le'), undefined],
    ['UTF-16BE with a byte order mark', swapped(Buffer.from(`\ufeff${text}`, 'utf16le')), undefined],
    ['UTF-16LE as declared', Buffer.from(text, 'utf16le'), 'utf-16le' as const],
    ['UTF-16BE as declared', swapped(Buffer.from(text, 'utf16le')), 'utf-16be' as const],
    ['latin-1 as declared', Buffer.from(text, 'latin1'), 'latin-1' as const],
    ['windows-1252 as declared', Buffer.from(text, 'latin1'), 'windows-1252' as const],
    ['a mark that contradicts the declaration', Buffer.from(`\ufeff${text}`), 'windows-1252' as const],
  ])('%s is read', async (_, bytes, encoding) => {
    project.write('data.csv', bytes);
    expect((await project.read(['id', 'name'], { encoding })).rows).toEqual(rows);
  });

  test('windows-1252 has a euro and quotes, also where it calls itself latin-1', async () => {
    project.write('data.csv', Buffer.from([...Buffer.from('a\n'), 0x80, 0x93, 0x94, 0x0a]));
    expect((await project.read(['a'], { encoding: 'windows-1252' })).rows).toEqual([['€“”']]);
    expect((await project.read(['a'], { encoding: 'latin-1' })).rows).toEqual([['€“”']]);
  });

  test.each(['windows-1252', 'latin-1'] as const)(
    'a byte that %s does not use is refused with its place',
    async (encoding) => {
      project.write('data.csv', Buffer.from('a\nM\x81ller\n', 'latin1'));
      await expect(project.read(['a'], { encoding })).rejects.toMatchObject({
        code: 'PAM-SRC-006',
        message: expect.stringContaining('byte 4 '),
      });
    },
  );

  test('bytes that are no UTF-8 are refused with their place and the remedy', async () => {
    project.write('data.csv', Buffer.from(text, 'latin1'));
    await expect(project.read(['id'])).rejects.toMatchObject({
      code: 'PAM-SRC-006',
      message: expect.stringContaining('byte 12'),
      next: expect.stringContaining('encoding: windows-1252'),
    });
  });

  test('UTF-16 without mark and declaration is recognised and refused', async () => {
    project.write('data.csv', Buffer.from(text, 'utf16le'));
    await expect(project.read(['id'])).rejects.toMatchObject({
      code: 'PAM-SRC-006',
      next: expect.stringContaining('utf-16le'),
    });
  });
});

describe('gzip', () => {
  test('is recognised by its bytes, whatever the name, in several members', async () => {
    project.write('data.csv', Buffer.concat([gzipSync(text), gzipSync('3,c\n')]));
    expect((await project.read(['id', 'name'])).rows).toEqual([...rows, ['3', 'c']]);
  });

  test('that is cut short is refused', async () => {
    const packed = gzipSync(text.repeat(1000));
    project.write('data.csv', packed.subarray(0, packed.length - 12));
    await expect(project.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-007' });
  });

  test('with a wrong check sum is refused', async () => {
    const packed = gzipSync(text);
    packed[packed.length - 8]! ^= 0xff;
    project.write('data.csv', packed);
    await expect(project.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-007' });
  });
});

test('a workbook is told from a CSV file', async () => {
  project.write('data.csv', 'PK\x03\x04....');
  await expect(project.read(['id'])).rejects.toMatchObject({ code: 'PAM-SRC-011' });
});
