import { createHash } from 'node:crypto';
import type { SourceFile } from './files.js';
import { onDisk } from './open-bytes.js';

/** SHA-256 of a file's bytes, in hex. Errors: PAM-SRC-002. */
export async function fingerprint(file: SourceFile, progress: (read: number) => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of onDisk(file, progress)) hash.update(block);
  return hash.digest('hex');
}
