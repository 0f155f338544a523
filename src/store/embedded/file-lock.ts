import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { explainFolderError, isFull } from './data-place.js';
import { isAliveIn, type ProcessIdentity, thisProcessIn } from './process-identity.js';

/** A file that is not written fully after this long belongs to a process that died over it. */
const WRITTEN_WITHIN_MS = 5000;

/**
 * Does `work` while no other process works under the same lock. The lock of a dead process is broken.
 * Errors: PAM-EMB-002 where the folder of the lock is full or cannot be written.
 */
export async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    let release = tryLock(path);
    while (release === undefined) {
      await pause(25);
      release = tryLock(path);
    }
    try {
      return await work();
    } finally {
      release();
    }
  } catch (error) {
    throw explainFolderError(dirname(path), error);
  }
}

/** Takes the lock if it is free, and gives what frees it; undefined where somebody holds it. */
export function tryLock(path: string): (() => void) | undefined {
  if (take(path)) return () => rmSync(path, { force: true });
  if (!isAbandoned(path)) return undefined;
  breakLock(path);
  return take(path) ? () => rmSync(path, { force: true }) : undefined;
}

function take(path: string): boolean {
  const own = JSON.stringify(thisProcessIn(dirname(path)));
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, own);
  } catch (error) {
    // A full disk leaves it without a name. It holds all the same, so that a server can be left and stopped.
    if (!isFull(error)) throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

function isAbandoned(path: string): boolean {
  try {
    const holder = parseHolder(readFileSync(path, 'utf8'));
    if (holder !== undefined) return !isAliveIn(dirname(path), holder);
    return Date.now() - statSync(path).mtimeMs > WRITTEN_WITHIN_MS;
  } catch {
    return false;
  }
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const holder = JSON.parse(text) as ProcessIdentity;
    return typeof holder.pid === 'number' && typeof holder.started === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** One breaker at a time looks again and removes, or the second would remove the lock that the first then took. */
function breakLock(path: string): void {
  const breaking = `${path}.breaking`;
  try {
    mkdirSync(breaking);
  } catch {
    removeOldFolder(breaking);
    return;
  }
  try {
    if (isAbandoned(path)) rmSync(path, { force: true });
  } finally {
    rmdirSync(breaking);
  }
}

function removeOldFolder(path: string): void {
  try {
    if (Date.now() - statSync(path).mtimeMs > WRITTEN_WITHIN_MS) rmdirSync(path);
  } catch {
    // Its maker removed it meanwhile.
  }
}
