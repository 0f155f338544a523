import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Source } from '../../src/model/config.js';
import { sampleHead } from '../../src/pipeline/sample-head.js';
import { makeFolder } from '../cli/spawn-pamoja.js';

test('the first and last lines of a large file are taken whole, also of a packed one and in UTF-16', async () => {
  const line = `${randomBytes(70).toString('hex')}\n`;
  const many = Array.from({ length: 30_000 }, (_, i) => `${i},${line}`).join('');
  const text = `no,note\n${many}Total,9\n`;
  // What is packed is large only where it is like nothing before it.
  const packed = `no,note\n${randomBytes(4_500_000)
    .toString('hex')
    .replace(/.{100}/g, '$&\n')}\n1,a\nTotal,9\n`;
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  const folder = makeFolder({
    'a.csv': text,
    'b.csv': wide,
    'c.csv': Buffer.from(wide).swap16(),
    'd.csv.gz': gzipSync(packed, { level: 1 }),
  });
  const tailOf = async (name: string, read: (bytes: Buffer) => string) => {
    const path = join(folder.root, name);
    const file = { path, bytes: statSync(path).size } as Parameters<typeof sampleHead>[0];
    const head = await sampleHead(file, { type: 'csv' } as Source, folder.root, 10, 2);
    return read(readFileSync(head ?? ''))
      .split('\n')
      .slice(-3);
  };
  try {
    const last = [`29999,${line.trim()}`, 'Total,9', ''];
    expect(await tailOf('a.csv', (bytes) => bytes.toString())).toEqual(last);
    expect(await tailOf('b.csv', (bytes) => bytes.toString('utf16le'))).toEqual(last);
    expect(await tailOf('c.csv', (bytes) => bytes.swap16().toString('utf16le'))).toEqual(last);
    expect(await tailOf('d.csv.gz', (bytes) => bytes.toString())).toEqual(['1,a', 'Total,9', '']);
  } finally {
    folder.remove();
  }
});
