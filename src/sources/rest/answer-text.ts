import { createHash } from 'node:crypto';
import { PamojaError } from '../../kernel/errors.js';
import { byteOrderMark, type Encoding, transcoder, UndecodableBytes } from '../bytes/encoding.js';
import type { JsonText } from '../json/json-text.js';
import type { Answer } from './api-client.js';

/** An answer as UTF-8, in memory. */
export interface AnswerText extends JsonText {
  bytes: Buffer;
  /** SHA-256 of the bytes as they came, unpacked, in hex. */
  sha256: string;
  /** A text of the answer as it may be shown: without the secrets that were sent. */
  hide(text: string): string;
}

const BLOCK = 1 << 20;

const CHARSETS: Record<string, Encoding> = {
  'utf-16': 'utf-16be',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'iso-8859-1': 'windows-1252',
  'windows-1252': 'windows-1252',
};

/**
 * The text of an answer, to be taken as often as needed. It is nowhere but in memory: what nobody mapped must not
 * come to rest. Errors: PAM-SRC-006 not text, PAM-SRC-017 empty or a page for people.
 */
export function textOfAnswer(answer: Answer, where: string): AnswerText {
  const type = answer.headers['content-type'] ?? '';
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1]?.toLowerCase() ?? '';
  const mark = byteOrderMark(answer.bytes);
  const encoding = mark?.encoding ?? CHARSETS[charset] ?? 'utf-8';
  const bytes = decode(answer.bytes.subarray(mark?.length ?? 0), encoding, where);
  const sha256 = createHash('sha256').update(answer.bytes).digest('hex');
  const [first] = bytes.subarray(0, 1000).toString('latin1').trimStart();
  if (first === undefined) {
    throw new PamojaError('PAM-SRC-017', 'the answer is empty.', {
      where,
      next: 'Check url; an empty list is written [].',
    });
  }
  if (first === '<' || /\b(html|xml)\b/i.test(type)) {
    throw new PamojaError('PAM-SRC-017', 'the answer is HTML or XML, not JSON.', {
      where,
      next: 'Check url: it may be a page for people, or one to log in.',
    });
  }
  return {
    where,
    path: undefined,
    hide: answer.hide,
    bytes,
    sha256,
    open: () => ({
      chunks: blocks(bytes),
      verbatim: () => false,
      read: () => ({ sha256, verbatim: false, encoding }),
    }),
  };
}

function decode(bytes: Buffer, encoding: Encoding, where: string): Buffer {
  const { write, end } = transcoder(encoding);
  try {
    const text = write(bytes);
    const rest = end();
    return rest.length === 0 ? text : Buffer.concat([text, rest]);
  } catch (error) {
    if (!(error instanceof UndecodableBytes)) throw error;
    throw new PamojaError(
      'PAM-SRC-006',
      `byte ${error.offset + 1} of the answer is not text in ${encoding}.`,
      {
        where,
        next: 'The API does not say truly in what encoding it writes; tell those who run it.',
      },
    );
  }
}

async function* blocks(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + BLOCK, bytes.length);
    // No block ends within a character.
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
    yield bytes.subarray(start, end);
    start = end;
  }
}
