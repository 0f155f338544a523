import { spawnSync } from 'node:child_process';
import { closeSync, constants, lstatSync, openSync } from 'node:fs';

/**
 * Makes a pipe where there is none, and holds it open: whoever asks `isHeld` knows that somebody still lives, be it in
 * another container that shares the folder, where no number of a process means anything. The system lets go of it when
 * the process ends, however that comes. Gives the open file; undefined where there are no such pipes.
 */
export function holdSign(path: string): number | undefined {
  if (process.platform === 'win32') return undefined;
  if (isHeld(path) === undefined) spawnSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' });
  try {
    return lstatSync(path).isFIFO() ? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process holds the pipe open; undefined where there is none, or none that we may ask. */
export function isHeld(path: string): boolean | undefined {
  try {
    if (!lstatSync(path).isFIFO()) return undefined;
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENXIO' ? false : undefined;
  }
}
