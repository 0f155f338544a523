import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAliveIn, type ProcessIdentity, removeDeadSigns, thisProcessIn } from './process-identity.js';

const folderOf = (dir: string) => join(dir, 'postgres-clients');
const keptFile = (dir: string) => join(dir, 'postgres-kept');

/** Counts the caller among those who use the server; gives the file that stands for it. Called under the lock. */
export function addClient(dir: string): string {
  mkdirSync(folderOf(dir), { recursive: true, mode: 0o700 });
  const path = join(folderOf(dir), `${process.pid}-${randomBytes(4).toString('hex')}`);
  writeFileSync(path, JSON.stringify(thisProcessIn(dir)), { mode: 0o600 });
  return path;
}

export function removeClient(path: string): void {
  rmSync(path, { force: true });
}

/** How many living users the server has. Called under the lock: it clears away the dead ones. */
export function countClients(dir: string): number {
  let living = 0;
  removeDeadSigns(dir);
  for (const path of clientFiles(dir)) {
    if (lives(dir, path)) living += 1;
    else rmSync(path, { force: true });
  }
  return living;
}

/** The same without touching a file, for those who only look. */
export function seeClients(dir: string): number {
  return clientFiles(dir).filter((path) => lives(dir, path)).length;
}

function clientFiles(dir: string): string[] {
  try {
    return readdirSync(folderOf(dir)).map((name) => join(folderOf(dir), name));
  } catch {
    return [];
  }
}

function lives(dir: string, path: string): boolean {
  try {
    return isAliveIn(dir, JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity);
  } catch {
    return false;
  }
}

/** Says that the server with this process number stays on when its last user leaves. */
export function keepServer(dir: string, pid: number): void {
  writeFileSync(keptFile(dir), String(pid), { mode: 0o600 });
}

export function unkeepServer(dir: string): void {
  rmSync(keptFile(dir), { force: true });
}

/** The note holds for one server only: after a restart of the machine nobody asked for the next one to stay. */
export function isKept(dir: string, pid: number): boolean {
  try {
    return readFileSync(keptFile(dir), 'utf8') === String(pid);
  } catch {
    return false;
  }
}
