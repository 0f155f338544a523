import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { holdSign, isHeld } from '../../engine/sign-of-life.js';

/** A process as files name it: its number alone could belong to another one by the time it is read. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own words; empty where the system does not tell. */
  started: string;
  /** The sign of life that it holds in the folder of `signOf`: seen from other containers too, where its number is not. */
  sign?: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) };
}

/** A process as the names of its folders begin. */
export function nameProcess({ pid, started }: ProcessIdentity): string {
  return `${pid}.${Buffer.from(started).toString('hex')}.`;
}

const signs = (dir: string) => join(dir, 'postgres-signs');
const signOf = (dir: string, sign: string) => join(signs(dir), sign);
/** The sign of this process in each folder. */
const given = new Map<string, string>();

/** This process, as all who share the folder see it. It gives its sign of life there until it ends. */
export function thisProcessIn(dir: string): ProcessIdentity {
  const known = given.get(dir);
  const sign = known !== undefined && isHeld(signOf(dir, known)) ? known : giveSign(dir);
  return sign === undefined ? thisProcess() : { ...thisProcess(), sign };
}

function giveSign(dir: string): string | undefined {
  const sign = `${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(signs(dir), { recursive: true, mode: 0o700 });
  } catch {
    // What is to be written next says why.
  }
  if (holdSign(signOf(dir, sign)) === undefined) return undefined;
  if (given.size === 0) process.once('exit', takeSignsBack);
  given.set(dir, sign);
  return sign;
}

function takeSignsBack(): void {
  for (const [dir, sign] of given) rmSync(signOf(dir, sign), { force: true });
}

/** Removes what processes left that were killed. One that is just being made is not held yet. */
export function removeDeadSigns(dir: string): void {
  try {
    for (const path of readdirSync(signs(dir)).map((sign) => signOf(dir, sign)))
      if (isHeld(path) === false && Date.now() - statSync(path).mtimeMs > 5000) rmSync(path, { force: true });
  } catch {
    // There are none, or another process removes them.
  }
}

/** Whether a process still runs that `thisProcessIn` told of. */
export function isAliveIn(dir: string, who: ProcessIdentity): boolean {
  if (who.sign === undefined) return isAlive(who);
  return isHeld(signOf(dir, who.sign)) === true;
}

/** Whether that very process still runs. One that ended and waits to be collected counts as gone. */
export function isAlive(who: ProcessIdentity): boolean {
  return pidExists(who.pid) && !isZombie(who.pid) && startOf(who.pid) === who.started;
}

/** Whether the number is taken, be it by a process of another user or one that already ended. */
export function pidExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Without a parent that collects it, as in many containers, an ended process keeps its number for ever. */
export function isZombie(pid: number): boolean {
  return statFields(pid)[0] === 'Z';
}

function startOf(pid: number): string {
  if (process.platform === 'linux') return statFields(pid)[19] ?? '';
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** The fields of /proc/<pid>/stat from the third on, the state: the second may hold spaces and brackets. */
function statFields(pid: number): string[] {
  if (process.platform !== 'linux') return [];
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
