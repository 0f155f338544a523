import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { PamojaError } from '../../kernel/errors.js';
import { type SourceFile, unreadable } from '../bytes/files.js';

/** One packed file of an archive, as its directory describes it. */
interface Entry {
  method: number;
  encrypted: boolean;
  crc: number;
  packed: number;
  size: number;
  at: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const MEMBER = 0x02014b50;
const LOCAL = 0x04034b50;
const OVERFLOW = 0xffffffff;

/** The directory of an honest workbook takes some kilobytes. */
const LARGEST_DIRECTORY = 16 << 20;
/** No part of an honest workbook is larger; Excel's own limit of rows and columns ends far below for real sheets. */
const LARGEST_PART = 16 * 2 ** 30;
/** Sheets shrink to a tenth, very even ones to a hundredth; what shrinks more than this is made to harm. */
const HIGHEST_RATIO = 500;
const HARMLESS = 64 << 20;
const BLOCK = 1 << 18;

/** A ZIP file, whose parts are unpacked as streams. Nothing that it says of itself is believed unchecked. */
export class ZipArchive {
  private constructor(
    private readonly file: SourceFile,
    private readonly handle: FileHandle,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** Errors: PAM-SRC-002 where the file cannot be opened, PAM-SRC-007 where its directory is missing or damaged. */
  static async open(file: SourceFile): Promise<ZipArchive> {
    const handle = await open(file.path).catch((cause: unknown) => {
      throw unreadable(file.where, cause);
    });
    try {
      return new ZipArchive(file, handle, await readDirectory(file, handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /**
   * The unpacked bytes of a part; `most` is how many it may have.
   * Errors: PAM-SRC-007 where they are cut short or damaged, PAM-SRC-011 where there are more than a workbook has.
   */
  async *part(name: string, most = LARGEST_PART): AsyncGenerator<Buffer, void, undefined> {
    const entry = this.entries.get(name.toLowerCase());
    if (entry === undefined) throw damaged(this.file, `it lacks ${name}`);
    if (entry.encrypted) throw locked(this.file);
    if (entry.method !== 0 && entry.method !== 8)
      throw damaged(this.file, `${name} is packed in a way that Excel does not use`);
    const ceiling = Math.min(most, Math.max(HARMLESS, entry.packed * HIGHEST_RATIO));
    let [size, crc] = [0, 0];
    for await (const chunk of this.unpacked(name, entry)) {
      size += chunk.length;
      if (size > ceiling) throw bomb(this.file, name);
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (size !== entry.size || crc !== entry.crc) throw damaged(this.file, `${name} is not what was packed`);
  }

  private async *unpacked(name: string, entry: Entry): AsyncGenerator<Buffer, void, undefined> {
    const packed = this.packedBytes(entry);
    if (entry.method === 0) {
      yield* packed;
      return;
    }
    const inflate = createInflateRaw({ chunkSize: BLOCK });
    const source = Readable.from(packed, { objectMode: false, highWaterMark: BLOCK });
    source.on('error', (error) => inflate.destroy(error));
    source.pipe(inflate);
    try {
      for await (const chunk of inflate) yield chunk as Buffer;
    } catch (cause) {
      if (cause instanceof PamojaError) throw cause;
      throw damaged(this.file, `${name} cannot be unpacked`, cause);
    } finally {
      source.destroy();
      inflate.destroy();
    }
  }

  private async *packedBytes(entry: Entry): AsyncGenerator<Buffer, void, undefined> {
    const head = await bytesAt(this.file, this.handle, entry.at, 30);
    if (head.readUInt32LE(0) !== LOCAL) throw damaged(this.file, 'its directory points to nothing');
    let at = entry.at + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    for (let left = entry.packed; left > 0; ) {
      const chunk = await bytesAt(this.file, this.handle, at, Math.min(left, BLOCK));
      yield chunk;
      at += chunk.length;
      left -= chunk.length;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

async function readDirectory(file: SourceFile, handle: FileHandle): Promise<Map<string, Entry>> {
  const length = Math.min(file.bytes, 65_557);
  const tail = await bytesAt(file, handle, file.bytes - length, length);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw damaged(file, 'its end is missing');
  let bounds = {
    count: tail.readUInt16LE(end + 10),
    size: tail.readUInt32LE(end + 12),
    at: tail.readUInt32LE(end + 16),
  };
  const overflows = bounds.count === 0xffff || bounds.size === OVERFLOW || bounds.at === OVERFLOW;
  if (overflows && end >= 20 && tail.readUInt32LE(end - 20) === LOCATOR_64) {
    const record = await bytesAt(file, handle, Number(tail.readBigUInt64LE(end - 12)), 56);
    if (record.readUInt32LE(0) !== END_64) throw damaged(file, 'its end is damaged');
    bounds = {
      count: Number(record.readBigUInt64LE(32)),
      size: Number(record.readBigUInt64LE(40)),
      at: Number(record.readBigUInt64LE(48)),
    };
  }
  if (bounds.size > LARGEST_DIRECTORY) throw bomb(file, 'its directory');
  return entriesOf(file, await bytesAt(file, handle, bounds.at, bounds.size), bounds.count);
}

function entriesOf(file: SourceFile, directory: Buffer, count: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== MEMBER) {
      throw damaged(file, 'its directory is damaged');
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      directory.readUInt16LE(at + offset),
    );
    const nameEnd = at + 46 + nameLength!;
    const name = directory
      .toString('utf8', at + 46, nameEnd)
      .replaceAll('\\', '/')
      .replace(/^\//, '');
    const entry: Entry = {
      method: directory.readUInt16LE(at + 10),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
    };
    widen(entry, directory.subarray(nameEnd, nameEnd + extraLength!));
    if (entry.at + entry.packed > file.bytes) throw damaged(file, `${name} is cut short`);
    // Two parts of one name: which of them another program would read, nobody knows.
    if (entries.has(name.toLowerCase())) throw damaged(file, `it holds ${name} twice`);
    entries.set(name.toLowerCase(), entry);
    at = nameEnd + extraLength! + commentLength!;
  }
  return entries;
}

/** Sizes that do not fit into 32 bits stand in an extra field, in this order. */
function widen(entry: Entry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let value = at + 4;
    for (const key of ['size', 'packed', 'at'] as const) {
      if (entry[key] !== OVERFLOW || value + 8 > extra.length) continue;
      entry[key] = Number(extra.readBigUInt64LE(value));
      value += 8;
    }
    return;
  }
}

async function bytesAt(file: SourceFile, handle: FileHandle, at: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(at + length) || at < 0) throw damaged(file, 'its directory is damaged');
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle
      .read(buffer, filled, length - filled, at + filled)
      .catch((cause: unknown) => {
        throw unreadable(file.where, cause);
      });
    if (bytesRead === 0) throw damaged(file, 'it is cut short');
    filled += bytesRead;
  }
  return buffer;
}

/** The workbook did not arrive whole. */
export function damaged(file: SourceFile, how: string, cause?: unknown): PamojaError {
  return new PamojaError('PAM-SRC-007', `the workbook is damaged: ${how}.`, {
    where: file.where,
    next: 'Fetch or export it again, or open it in Excel and save it.',
    cause,
  });
}

/** The workbook wants a password. */
export function locked(file: SourceFile): PamojaError {
  return new PamojaError('PAM-SRC-011', 'the workbook is protected by a password.', {
    where: file.where,
    next: 'Open it in Excel and save it without one: File > Info > Protect Workbook > Encrypt with Password.',
  });
}

function bomb(file: SourceFile, what: string): PamojaError {
  return new PamojaError('PAM-SRC-011', `${what} unpacks to more than any workbook holds.`, {
    where: file.where,
    next: 'It may have been made to do harm. If it is yours, open it in Excel and save it again, or save it as CSV.',
  });
}
