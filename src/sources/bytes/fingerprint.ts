import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type SourceFile, unreadable } from './files.js';
import { blockFor } from './open-bytes.js';

/** SHA-256 of a file's bytes, in hex. Errors: PAM-SRC-002. */
export async function fingerprint(file: SourceFile, progress: (read: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const chunk of createReadStream(file.path, { highWaterMark: blockFor(file.bytes) })) {
      hash.update(chunk as Buffer);
      read += (chunk as Buffer).length;
      progress(read);
    }
  } catch (cause) {
    throw unreadable(file.where, cause);
  }
  return hash.digest('hex');
}
