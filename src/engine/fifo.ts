import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** Named pipes join DuckDB and Node without a copy on disk; Windows has none and goes through a file. */
export const hasFifos = process.platform !== 'win32';

export async function makeFifo(dir: string): Promise<string> {
  const path = join(dir, `pipe-${randomBytes(6).toString('hex')}`);
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
  return path;
}

/** Reads what somebody else will write into the pipe; ends when `finish` is called, never by chance before. */
export function readFifo(path: string): { bytes: Readable; finish(): void } {
  // Held open for writing too, so that neither side waits for the other to open, and no early end is seen.
  const holder = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const bytes = new Socket({ fd, readable: true, writable: false });
  return { bytes, finish: () => closeSync(holder) };
}

/**
 * Writes chunks into the pipe for a reader that opens it on its own time.
 * `abandon` frees a writer whose reader failed before it opened the pipe.
 */
export function writeFifo(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): { done: Promise<void>; abandon(): void } {
  const write = async () => {
    const file = await open(path, constants.O_WRONLY);
    try {
      for await (const chunk of chunks) await file.write(chunk);
    } catch (error) {
      // The reader left: what it thought of the data is for it to say.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    } finally {
      await file.close();
    }
  };
  return {
    done: write(),
    abandon() {
      try {
        closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
      } catch {
        // Already gone.
      }
    },
  };
}

export function removeFifo(path: string): void {
  rmSync(path, { force: true });
}
