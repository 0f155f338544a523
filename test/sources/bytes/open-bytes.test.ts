import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { transcoder } from '../../../src/sources/bytes/encoding.js';
import { filesOf, refuseChanged } from '../../../src/sources/bytes/files.js';
import { openBytes } from '../../../src/sources/bytes/open-bytes.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pamoja-bytes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function fileOf(content: string | Uint8Array) {
  writeFileSync(join(root, 'a.txt'), content);
  const [file] = await filesOf(root, { name: 'crm', path: ['a.txt'] });
  return file!;
}

/** Does something as a user who has no more rights than others. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(root, 0o755);
  process.seteuid?.('nobody');
  return work().finally(() => process.seteuid?.(0));
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('opening bytes', () => {
  test('a file larger than a block comes back whole, with the fingerprint of what is on disk', async () => {
    const text = 'Nairobi – Kisumu €\n'.repeat(120_000);
    for (const content of [Buffer.from(text), gzipSync(text)]) {
      const opened = openBytes(await fileOf(content));
      expect((await textOf(opened.chunks)) === text).toBe(true);
      expect(opened.read()).toEqual({
        sha256: createHash('sha256').update(content).digest('hex'),
        verbatim: content.length > 1_000_000,
        encoding: 'utf-8',
      });
    }
  });

  test('an empty file is an empty text', async () => {
    const opened = openBytes(await fileOf(''));
    expect(await textOf(opened.chunks)).toBe('');
    expect(opened.read().verbatim).toBe(true);
  });

  test('may be left early', async () => {
    const opened = openBytes(await fileOf(gzipSync('x'.repeat(5_000_000))));
    for await (const chunk of opened.chunks) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(() => opened.read()).toThrow(RangeError);
  });

  test('a character that the end of the file cuts is refused', async () => {
    const opened = openBytes(await fileOf(Buffer.from('ab€').subarray(0, 4)));
    await expect(textOf(opened.chunks)).rejects.toMatchObject({
      code: 'PAM-SRC-006',
      message: expect.stringContaining('byte 3'),
    });
  });

  test('half a character of UTF-16 is refused', async () => {
    const opened = openBytes(await fileOf(Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x42])));
    await expect(textOf(opened.chunks)).rejects.toMatchObject({ code: 'PAM-SRC-006' });
  });
});

test('any text survives any cut into chunks, in every encoding that can hold it', () => {
  const cut = (bytes: Buffer, size: number) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), (text, size) => {
      for (const encoding of ['utf-8', 'utf-16le'] as const) {
        const { write, end } = transcoder(encoding);
        const bytes = Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le');
        const parts = cut(bytes, size).map(write);
        expect(Buffer.concat([...parts, end()]).toString()).toBe(text);
      }
    }),
  );
});

describe('the files of a source', () => {
  test('are sorted within a pattern, each once, in the order of the patterns', async () => {
    mkdirSync(join(root, 'in/sub'), { recursive: true });
    for (const name of ['in/b.csv', 'in/a.csv', 'in/sub/c.csv', 'z.csv', 'in/x.txt']) {
      writeFileSync(join(root, name), name);
    }
    const files = await filesOf(root, { name: 'crm', path: ['z.csv', 'in/**/*.csv', 'in/a.csv'] });
    expect(files.map((file) => file.name)).toEqual(['z.csv', 'in/a.csv', 'in/b.csv', 'in/sub/c.csv']);
    expect(files[1]).toMatchObject({ where: 'crm: in/a.csv', bytes: 8, path: join(root, 'in/a.csv') });
  });

  test('may be told by a whole path', async () => {
    writeFileSync(join(root, 'a.csv'), '');
    const files = await filesOf(root, { name: 'crm', path: [join(root, '*.csv'), join(root, 'a.csv')] });
    expect(files.map((file) => file.name)).toEqual(['a.csv']);
  });

  test('may be called like a pattern', async () => {
    writeFileSync(join(root, 'orders [1] (final).csv'), '');
    expect(await filesOf(root, { name: 'crm', path: ['orders [1] (final).csv'] })).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')('are no pipes that a link leads to', async () => {
    writeFileSync(join(root, 'a.txt'), 'a');
    execFileSync('mkfifo', [join(root, 'pipe')]);
    for (const [name, target] of Object.entries({ 'b.csv': 'a.txt', 'c.csv': 'pipe', 'd.csv': '/dev/zero' }))
      symlinkSync(target, join(root, name));
    const files = await filesOf(root, { name: 'crm', path: ['*.csv'] });
    expect(files.map((file) => file.name)).toEqual(['b.csv']);
  });

  test.skipIf(process.platform === 'win32')(
    'to which a link leads into nothing are told, where the pattern asks for them',
    async () => {
      writeFileSync(join(root, 'a.csv'), 'a');
      symlinkSync('gone.txt', join(root, 'other.txt'));
      expect(await filesOf(root, { name: 'crm', path: ['*.csv'] })).toHaveLength(1);
      for (const target of ['/nowhere/b.csv', 'b.csv']) {
        symlinkSync(target, join(root, 'b.csv'));
        await expect(filesOf(root, { name: 'crm', path: ['*.csv'] })).rejects.toMatchObject({
          code: 'PAM-SRC-002',
          where: 'crm: b.csv',
          next: expect.stringContaining('leads into nothing'),
        });
        rmSync(join(root, 'b.csv'));
      }
    },
  );

  test('a folder and a pattern without a match are refused', async () => {
    mkdirSync(join(root, 'in'));
    for (const path of ['in', 'in/*.csv', 'missing.csv']) {
      await expect(filesOf(root, { name: 'crm', path: [path] })).rejects.toMatchObject({
        code: 'PAM-SRC-001',
      });
    }
  });

  test('that changed since they were looked at are refused', async () => {
    const file = await fileOf('a');
    await refuseChanged(file);
    writeFileSync(file.path, 'ab');
    await expect(refuseChanged(file)).rejects.toMatchObject({ code: 'PAM-SRC-010', where: 'crm: a.txt' });
    rmSync(file.path);
    await expect(refuseChanged(file)).rejects.toMatchObject({ code: 'PAM-SRC-002' });
  });

  test.skipIf(process.platform === 'win32')('that may not be read are refused', async () => {
    const file = await fileOf('a');
    chmodSync(file.path, 0);
    const reading = unprivileged(() => textOf(openBytes(file).chunks));
    await expect(reading).rejects.toMatchObject({ code: 'PAM-SRC-002' });
  });

  test.skipIf(process.platform === 'win32')(
    'in a folder that may not be listed do not pass for gone',
    async () => {
      for (const name of ['open', 'closed', 'open/private']) mkdirSync(join(root, name));
      for (const name of ['open', 'closed']) writeFileSync(join(root, name, 'a.csv'), 'a');
      for (const name of ['closed', 'open/private']) chmodSync(join(root, name), 0);
      const found = (path: string) => unprivileged(() => filesOf(root, { name: 'crm', path: [path] }));
      await expect(found('*/a.csv')).rejects.toMatchObject({ code: 'PAM-SRC-002', where: 'crm: closed' });
      expect((await found('open/*.csv')).map(({ name }) => name)).toEqual(['open/a.csv']);
    },
  );
});
