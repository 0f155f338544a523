import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as files name it: its number alone could belong to another one by the time it is read. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own words; empty where the system does not tell. */
  started: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) };
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
