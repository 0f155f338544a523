import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PamojaError } from '../../kernel/errors.js';
import { byteOrderMark, type Encoding, looksLikeUtf16, transcoder, UndecodableBytes } from './encoding.js';
import { type SourceFile, unreadable } from './files.js';

export interface OpenOptions {
  /** As declared; a byte order mark overrules it. */
  encoding?: Encoding | undefined;
  /** Called with the bytes read from disk so far. */
  progress?: ((read: number) => void) | undefined;
}

/** What is known of a file once its last chunk was taken. */
export interface BytesRead {
  /** SHA-256 of the bytes as they are on disk, in hex. */
  sha256: string;
  /** Whether the text is byte for byte what is on disk: no compression, no byte order mark, UTF-8. */
  verbatim: boolean;
  encoding: Encoding;
}

export interface OpenedBytes {
  /** The text as UTF-8, unpacked, without byte order mark; no chunk ends within a character. To be taken once. */
  chunks: AsyncGenerator<Buffer, void, undefined>;
  /** Whether the text taken so far is byte for byte what is on disk. */
  verbatim(): boolean;
  /** Throws a RangeError before the last chunk was taken. */
  read(): BytesRead;
}

const BLOCK = 1 << 20;
/** Beyond the size that a file had it is looked whether there is more. */
const BEYOND = 1 << 12;

/** Bytes to read at a time, of so many that are left: a megabyte for each of many small files would be mostly garbage. */
function blockFor(left: number): number {
  return Math.min(BLOCK, Math.max(left, 0) + BEYOND);
}

/**
 * Opens a file as UTF-8 text, whatever its compression and encoding.
 * Errors, on taking chunks: PAM-SRC-002 unreadable, PAM-SRC-006 not text in the encoding, PAM-SRC-007 damaged gzip,
 * PAM-SRC-011 an archive or workbook.
 */
export function openBytes(file: SourceFile, options: OpenOptions = {}): OpenedBytes {
  const hash = createHash('sha256');
  const known = { verbatim: true, encoding: options.encoding ?? ('utf-8' as Encoding) };
  let finished: BytesRead | undefined;
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    const disk = onDisk(file, options.progress, (block) => hash.update(block));
    try {
      const unpacked = unpack(file, disk, () => {
        known.verbatim = false;
      });
      yield* decode(file, unpacked, options.encoding, known);
      finished = { sha256: hash.digest('hex'), ...known };
    } finally {
      // Lets go of the file where the taker left early.
      await disk.return();
    }
  }
  return {
    chunks: chunks(),
    verbatim: () => known.verbatim,
    read() {
      if (finished === undefined) throw new RangeError('the file was not read to its end');
      return finished;
    },
  };
}

/** The blocks of a file, each handed to `take` first. Errors: PAM-SRC-002; what `progress` throws stays what it is. */
export async function* onDisk(
  file: SourceFile,
  progress: OpenOptions['progress'],
  take: (block: Buffer) => void = () => {},
): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(file.path).catch((cause: unknown) => {
    throw unreadable(file.where, cause);
  });
  try {
    for (let read = 0; ; ) {
      const buffer = Buffer.allocUnsafe(blockFor(file.bytes - read));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length).catch((cause: unknown) => {
        throw unreadable(file.where, cause);
      });
      if (bytesRead === 0) return;
      const block = buffer.subarray(0, bytesRead);
      take(block);
      read += bytesRead;
      progress?.(read);
      yield block;
    }
  } finally {
    await handle.close();
  }
}

async function* unpack(
  file: SourceFile,
  disk: AsyncGenerator<Buffer, void, undefined>,
  packed: () => void,
): AsyncGenerator<Buffer, void, undefined> {
  const first = await disk.next();
  if (first.done) return;
  async function* all() {
    yield first.value as Buffer;
    yield* disk;
  }
  const start = first.value;
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    refuseArchive(file, start);
    yield* all();
    return;
  }
  packed();
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const packedBytes = Readable.from(all(), { objectMode: false, highWaterMark: BLOCK });
  packedBytes.on('error', (error) => gunzip.destroy(error));
  packedBytes.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (cause) {
    if (cause instanceof PamojaError) throw cause;
    throw damaged(file, cause);
  } finally {
    packedBytes.destroy();
    gunzip.destroy();
  }
}

function damaged(file: SourceFile, cause: unknown): PamojaError {
  const cut = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  return new PamojaError('PAM-SRC-007', `the gzip file is ${cut ? 'cut short' : 'damaged'}.`, {
    where: file.where,
    next: 'Fetch or export it again.',
    cause,
  });
}

function refuseArchive(file: SourceFile, start: Buffer): void {
  const kinds: [name: string, magic: string][] = [
    ['a ZIP archive or an Excel workbook', 'PK\x03\x04'],
    ['an old Excel workbook', '\xd0\xcf\x11\xe0'],
    ['a Parquet file', 'PAR1'],
    ['compressed with zstd', '\x28\xb5\x2f\xfd'],
    ['compressed with bzip2', 'BZh'],
    ['compressed with xz', '\xfd7zXZ'],
  ];
  const kind = kinds.find(([, magic]) => start.toString('latin1', 0, magic.length) === magic);
  if (kind === undefined) return;
  throw new PamojaError('PAM-SRC-011', `the file is ${kind[0]}, not text.`, {
    where: file.where,
    next: 'Unpack it, or save it as CSV in UTF-8.',
  });
}

async function* decode(
  file: SourceFile,
  bytes: AsyncGenerator<Buffer, void, undefined>,
  declared: Encoding | undefined,
  known: { verbatim: boolean; encoding: Encoding },
): AsyncGenerator<Buffer, void, undefined> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < 4) {
    const next = await bytes.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  // A mark is written by the program that made the file; a declaration is a person's memory of it.
  const mark = byteOrderMark(start);
  known.encoding = mark?.encoding ?? declared ?? 'utf-8';
  if (mark !== undefined || known.encoding !== 'utf-8') known.verbatim = false;
  const unmarked = mark === undefined && declared === undefined ? looksLikeUtf16(start) : undefined;
  if (unmarked !== undefined) throw undeclared(file, unmarked);
  const { write, end } = transcoder(known.encoding);
  try {
    const first = write(start.subarray(mark?.length ?? 0));
    if (first.length > 0) yield first;
    for await (const chunk of bytes) {
      const text = write(chunk);
      if (text.length > 0) yield text;
    }
    const rest = end();
    if (rest.length > 0) yield rest;
  } catch (error) {
    if (!(error instanceof UndecodableBytes)) throw error;
    throw undecodable(file, error.offset + (mark?.length ?? 0) + 1, known.encoding);
  }
}

function undeclared(file: SourceFile, encoding: Encoding): PamojaError {
  return new PamojaError('PAM-SRC-006', `the file looks like ${encoding}, without a byte order mark.`, {
    where: file.where,
    next: `Declare it: encoding: ${encoding}.`,
  });
}

function undecodable(file: SourceFile, byte: number, encoding: Encoding): PamojaError {
  const next =
    encoding === 'utf-8'
      ? 'If the file comes from Windows or Excel, declare it: encoding: windows-1252.'
      : 'Declare the encoding in which it was saved.';
  return new PamojaError('PAM-SRC-006', `byte ${byte} is not text in ${encoding}.`, {
    where: file.where,
    next,
  });
}
