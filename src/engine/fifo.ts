import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { demandFolder } from './workspace-errors.js';

/**
 * Named pipes join DuckDB and Node without a copy on disk. Windows has none. In a worker thread Node keeps account of
 * open files: when the worker ends it would close a pipe's number again, whose ever it is by then. Both go through files.
 */
export const hasFifos = process.platform !== 'win32' && isMainThread;

/** How many are made at once: more than most runs need. */
const BATCH = 64;

/**
 * The pipes of a folder, each used once. They are made early, many at a time: to start the program that makes them costs
 * a process of a gigabyte a copy of its page tables, and for a moment it seems to hold twice as much.
 */
export class FifoStore {
  private paths: string[] = [];

  constructor(private readonly dir: string) {}

  /** Makes pipes for later, where the system has them. */
  async prepare(): Promise<void> {
    if (!hasFifos) return;
    const paths = Array.from({ length: BATCH }, () =>
      join(this.dir, `pipe-${randomBytes(6).toString('hex')}`),
    );
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
    this.paths = paths;
  }

  /** A pipe that nobody else gets. Errors: PAM-WRK-005. */
  async take(): Promise<string> {
    demandFolder(this.dir);
    if (this.paths.length === 0) await this.prepare();
    return this.paths.pop() as string;
  }
}

/**
 * Reads what somebody else will write into the pipe; ends when `finish` is called, never by chance before. `drain`
 * takes and forgets what still comes: a writer whose reader failed would wait for ever for room in the pipe. After
 * `finish` nobody writes any more: who opened the pipe then would wait for ever himself, and keep the program from ending.
 */
export function readFifo(path: string): { bytes: Readable; finish(): void; drain(): void } {
  // Held open for writing too, so that neither side waits for the other to open, and no early end is seen.
  const holder = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const open = () => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  };
  const bytes = open();
  let finished = false;
  return {
    bytes,
    finish() {
      finished = true;
      closeSync(holder);
    },
    drain() {
      bytes.destroy();
      if (finished) return;
      open()
        .on('error', () => {})
        .resume();
    },
  };
}

/**
 * Writes chunks into the pipe for a reader that opens it on its own time.
 * `abandon` frees a writer whose reader failed before it opened the pipe.
 */
export function writeFifo(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): { done: Promise<void>; abandon(): void } {
  let abandoned = false;
  const write = async () => {
    const fd = await openForWriting(path, () => abandoned);
    if (fd === undefined) return;
    try {
      await pipeline(chunks, new Socket({ fd, readable: false, writable: true }));
    } catch (error) {
      // The reader left: what it thought of the data is for it to say.
      if (!['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
    }
  };
  return {
    done: write(),
    abandon() {
      abandoned = true;
    },
  };
}

/**
 * Opens the pipe as soon as somebody reads it. A blocking open would hold one of Node's few threads, and DuckDB,
 * who is to open the other end, works on them too: a handful of runs at once would wait for each other for ever.
 */
async function openForWriting(path: string, abandoned: () => boolean): Promise<number | undefined> {
  while (!abandoned()) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    await pause(1);
  }
  return undefined;
}

export function removeFifo(path: string): void {
  rmSync(path, { force: true });
}
