import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isHeld } from '../../engine/sign-of-life.js';
import { PamojaError } from '../../kernel/errors.js';
import { findBinaryPackage, program } from './binaries.js';
import { isZombie, pidExists } from './process-identity.js';

/** What a running server writes about itself. */
export interface Postmaster {
  pid: number;
  port: number;
  state: 'starting' | 'ready' | 'stopping';
  /** Whether it runs among other processes than ours, as in another container: no signal of ours gets there. */
  elsewhere?: boolean;
}

/** The sign of life of a server and its children. */
export const signOfServer = (data: string) => `${data}.alive`;

const fileOf = (data: string) => join(data, 'postmaster.pid');

/** The server of a data folder as its own file tells it, whether or not it still runs. */
export function readPostmaster(data: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(fileOf(data), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  // Line 1 the process, line 4 the port, line 8 how far it is; the later lines come when it has got there.
  const pid = Math.abs(Number(lines[0]));
  const word = (lines[7] ?? '').trim();
  const state = word === 'ready' || word === 'stopping' ? word : 'starting';
  return pid > 0 ? { pid, port: Number(lines[3] ?? 0), state } : undefined;
}

/** The server of a data folder if it is alive. One that was killed a moment ago may seem to be elsewhere. */
export function findServer(data: string): Postmaster | undefined {
  const postmaster = readPostmaster(data);
  if (postmaster === undefined || isServerOf(postmaster.pid, data)) return postmaster;
  return isHeld(signOfServer(data)) ? { ...postmaster, elsewhere: true } : undefined;
}

/** Whether the process is alive and serves this very folder. */
export function isServerOf(pid: number, data: string): boolean {
  if (!pidExists(pid) || isZombie(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    return false;
  }
}

/**
 * Removes the note of a server that is gone while its process number is taken: PostgreSQL, which looks at the
 * number only, would refuse to start. Called under the lock.
 */
export function clearStaleNote(data: string): void {
  const postmaster = readPostmaster(data);
  if (postmaster !== undefined && pidExists(postmaster.pid) && !isServerOf(postmaster.pid, data)) {
    rmSync(fileOf(data), { force: true });
  }
}

/**
 * Asks the server to close all connections and end, and waits for it. Where it has not begun its last checkpoint after
 * `patience` seconds it never does, as PostgreSQL 18 while it comes back from the crash of one of its processes: then it
 * ends as in a crash, which costs nothing but the start of the next one. Errors: PAM-EMB-002 where it stays.
 */
export async function stopServer(data: string, pid: number, patience = 10): Promise<void> {
  signalServer(pid, 'SIGINT');
  let ended = await endsWithin(data, pid, patience);
  if (!ended && isClosing(data)) ended = await endsWithin(data, pid, 60);
  if (!ended) {
    signalServer(pid, 'SIGQUIT');
    ended = await endsWithin(data, pid, 10);
  }
  if (ended) return rmSync(signOfServer(data), { force: true });
  throw new PamojaError('PAM-EMB-002', `The embedded PostgreSQL (process ${pid}) does not stop.`, {
    where: data,
    next: 'End that process, then run again.',
  });
}

/** Whether the server writes its last checkpoint, or has: the state in its control file, behind 16 bytes of other numbers. */
function isClosing(data: string): boolean {
  const SHUT_DOWN = 1;
  const SHUTTING_DOWN = 3;
  try {
    const state = readFileSync(join(data, 'global', 'pg_control')).readUInt32LE(16);
    return state === SHUT_DOWN || state === SHUTTING_DOWN;
  } catch {
    return true;
  }
}

/** SIGINT is PostgreSQL's fast shutdown: connections are cut, nothing is lost. Nothing is awaited. */
export function signalServer(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  if (process.platform === 'win32') {
    // A signal of Node would be a kill there; PostgreSQL has signals of its own.
    const control = program({ bin: join(findBinaryPackage().native, 'bin') }, 'pg_ctl');
    spawnSync(control, ['kill', signal.slice(3), String(pid)], { windowsHide: true });
    return;
  }
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

export async function endsWithin(data: string, pid: number, seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  while (isServerOf(pid, data)) {
    if (Date.now() > until) return false;
    await pause(15);
  }
  return true;
}
