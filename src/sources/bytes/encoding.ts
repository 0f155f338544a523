import { isUtf8 } from 'node:buffer';
import type { SourceConfig } from '../../model/config.js';

export type Encoding = NonNullable<SourceConfig['encoding']>;

/** Bytes that are no text in the encoding; `offset` counts from the start of the (unpacked) text. */
export class UndecodableBytes extends Error {
  constructor(readonly offset: number) {
    super(`undecodable bytes at ${offset}`);
  }
}

/** Turns chunks of bytes into chunks of UTF-8; a character may be cut by the end of a chunk. */
export interface Transcoder {
  write(chunk: Buffer): Buffer;
  end(): Buffer;
}

const NOTHING = Buffer.alloc(0);

export function transcoder(encoding: Encoding): Transcoder {
  switch (encoding) {
    case 'utf-8':
      return checkedUtf8();
    case 'utf-16le':
    case 'utf-16be':
      return fromUtf16(encoding);
    // As in the WHATWG standard: what calls itself latin-1 and has a byte of 0x80 to 0x9f comes from Windows.
    case 'latin-1':
    case 'windows-1252':
      return fromWindows1252();
  }
}

/** UTF-8 passes untouched, cut only between characters. */
function checkedUtf8(): Transcoder {
  let cut: Buffer = NOTHING;
  let offset = 0;
  return {
    write(chunk) {
      const bytes = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
      const whole = bytes.subarray(0, bytes.length - unfinished(bytes));
      if (!isUtf8(whole)) throw new UndecodableBytes(offset + firstInvalid(whole));
      cut = bytes.subarray(whole.length);
      offset += whole.length;
      return whole;
    },
    end() {
      if (cut.length > 0) throw new UndecodableBytes(offset);
      return NOTHING;
    },
  };
}

/** How many bytes at the end are the beginning of a character that is not complete. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

function firstInvalid(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  // Every prefix that ends between characters is valid up to the first bad byte, and none after it.
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - unfinished(prefix)))) good = middle;
    else bad = middle;
  }
  const prefix = bytes.subarray(0, good);
  return good - unfinished(prefix);
}

function fromUtf16(encoding: Encoding): Transcoder {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let offset = 0;
  const decode = (chunk: Buffer, stream: boolean) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream }));
    } catch {
      throw new UndecodableBytes(offset);
    }
  };
  return {
    write(chunk) {
      const text = decode(chunk, true);
      offset += chunk.length;
      return text;
    },
    end: () => decode(NOTHING, false),
  };
}

// What windows-1252 has in place of the control characters 0x80 to 0x9f; five places are unused.
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

// Done here because some versions of Node decode windows-1252 as latin-1.
function fromWindows1252(): Transcoder {
  let offset = 0;
  const decode = (control: string, place: number) => {
    const character = WINDOWS_1252[control.charCodeAt(0) - 0x80]!;
    if (character === control) throw new UndecodableBytes(offset + place);
    return character;
  };
  return {
    write(chunk) {
      const text = chunk.toString('latin1').replace(/[\x80-\x9f]/g, decode);
      offset += chunk.length;
      return Buffer.from(text);
    },
    end: () => NOTHING,
  };
}

/** The byte order mark at the start of a text, and the encoding that it tells. */
export function byteOrderMark(start: Buffer): { encoding: Encoding; length: number } | undefined {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (start[0] === 0xfe && start[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

/** UTF-16 without a mark is recognised by the zero beside the first ASCII letter. */
export function looksLikeUtf16(start: Buffer): Encoding | undefined {
  if (start.length < 4) return undefined;
  const zeros = [0, 1, 2, 3].map((i) => start[i] === 0);
  if (zeros[1] && zeros[3] && !zeros[0] && !zeros[2]) return 'utf-16le';
  if (zeros[0] && zeros[2] && !zeros[1] && !zeros[3]) return 'utf-16be';
  return undefined;
}
