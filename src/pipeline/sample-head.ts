import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import type { Source } from '../model/config.js';
import { byteOrderMark } from '../sources/bytes/encoding.js';
import type { SourceFile } from '../sources/bytes/files.js';

/** A file up to this size is read as it is. */
const SMALL = 4_000_000;
/** Few records are longer; where they are, fewer of them are shown. */
const BYTES_A_RECORD = 4_096;

/**
 * Writes the first lines of a large CSV or NDJSON file, and its `last` ones, into a file of its own in `dir`, whole lines
 * only. Gives its path, or nothing where the file is small, of another kind, or holds no line end.
 */
export async function sampleHead(
  file: SourceFile,
  source: Source,
  dir: string,
  records: number,
  last = 0,
): Promise<string | undefined> {
  if ((source.type !== 'csv' && source.type !== 'ndjson') || file.bytes <= SMALL) return undefined;
  const bytes = await firstBytes(file.path, Math.max(1_000_000, records * BYTES_A_RECORD));
  const end = lineEnds(bytes, byteOrderMark(bytes)?.encoding).at(-1);
  if (end === undefined) return undefined;
  const head = join(dir, `head.${source.type}`);
  const more = await lastLines(file, bytes, last);
  await writeFile(head, Buffer.concat([bytes.subarray(0, end), more]), { mode: 0o600 });
  return head;
}

/** The last whole lines of a file that cannot be those at its beginning, too. */
async function lastLines(file: SourceFile, beginning: Buffer, lines: number): Promise<Buffer> {
  if (lines === 0) return Buffer.alloc(0);
  const bytes = await lastBytes(file, beginning.length, lines * BYTES_A_RECORD);
  const ends = lineEnds(bytes, byteOrderMark(beginning)?.encoding);
  // One line end more than lines: that behind the last of them.
  const first = ends.at(-lines - 1) ?? ends[0];
  return first === undefined ? Buffer.alloc(0) : bytes.subarray(first);
}

/** The last bytes of the text, none of those before `from`; of a packed file all of it is unpacked for them. */
async function lastBytes(file: SourceFile, from: number, wanted: number): Promise<Buffer> {
  const startIn = (size: number) => {
    const start = Math.max(from, size - wanted);
    // In UTF-16 a character begins at an even place.
    return start + (start % 2);
  };
  if (!file.path.endsWith('.gz')) {
    const start = startIn(file.bytes);
    return start >= file.bytes ? Buffer.alloc(0) : buffer(createReadStream(file.path, { start }));
  }
  let [size, kept] = [0, Buffer.alloc(0)];
  try {
    const packed = createReadStream(file.path);
    const bytes = packed.pipe(createGunzip());
    packed.on('error', (error) => bytes.destroy(error));
    for await (const chunk of bytes) {
      size += (chunk as Buffer).length;
      kept = Buffer.concat([kept, chunk as Buffer]);
      kept = kept.subarray(Math.max(0, kept.length - wanted));
    }
  } catch {
    return Buffer.alloc(0);
  }
  return kept.subarray(Math.min(kept.length, Math.max(0, startIn(size) - (size - kept.length))));
}

/** The places behind each line feed; in UTF-16 it is two bytes. */
function lineEnds(bytes: Buffer, encoding: string | undefined): number[] {
  const wide = encoding?.startsWith('utf-16') ?? false;
  const feed = Buffer.from(!wide ? [0x0a] : encoding === 'utf-16le' ? [0x0a, 0x00] : [0x00, 0x0a]);
  const ends: number[] = [];
  for (let at = bytes.indexOf(feed); at >= 0; at = bytes.indexOf(feed, at + 1))
    if (at % feed.length === 0) ends.push(at + feed.length);
  return ends;
}

async function firstBytes(path: string, wanted: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // What is wrong with the file is told by the reader, which then gets all of it.
  file.on('error', (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= wanted) break;
    }
  } catch {
    return Buffer.alloc(0);
  } finally {
    file.destroy();
  }
  return Buffer.concat(chunks);
}
