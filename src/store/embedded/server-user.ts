import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PamojaError } from '../../kernel/errors.js';

/** The user under whom PostgreSQL runs where we are root; it refuses to run as root. */
export interface ServerUser {
  uid: number;
  gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * An unprivileged user that the system knows: `postgres`, else `nobody`, else the last one listed.
 * Undefined where we are not root, and the server simply runs as we do.
 * Errors: PAM-EMB-001 where the system knows root only.
 */
export function chooseServerUser(passwd = readPasswd()): ServerUser | undefined {
  if (!isRoot()) return undefined;
  const users = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid >= 0);
  const chosen =
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody') ??
    users.at(-1);
  if (chosen === undefined) {
    throw new PamojaError('PAM-EMB-001', 'PostgreSQL does not run as root, and there is no other user.', {
      next: 'Run as another user, or set DATABASE_URL to a PostgreSQL of your own.',
    });
  }
  return { uid: chosen.uid, gid: chosen.gid };
}

/** The owner of existing data: whoever made them, only that user can serve them. */
export function ownerOf(path: string): ServerUser | undefined {
  if (!isRoot()) return undefined;
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { uid, gid };
}

/** Whether the user may pass through every folder down to this one. Access lists beyond the mode are not seen. */
export function canReach(folder: string, user: ServerUser | undefined): boolean {
  if (user === undefined) return true;
  let path = realpathSync(folder);
  for (;;) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(path) === path) return true;
    path = dirname(path);
  }
}

/** Lets the server's group, and nobody else, pass through a folder of ours. */
export function letPass(folder: string, user: ServerUser | undefined): void {
  if (user === undefined) return;
  const { mode, uid } = statSync(folder);
  if (uid !== 0 || canPass(folder, user)) return;
  chownSync(folder, uid, user.gid);
  chmodSync(folder, (mode & 0o7777) | 0o010);
}

function canPass(folder: string, user: ServerUser): boolean {
  const { mode, gid } = statSync(folder);
  return (mode & (gid === user.gid ? 0o010 : 0o001)) !== 0;
}

/** Makes the user the owner of a folder of ours and of all that is in it. */
export function giveFolder(folder: string, user: ServerUser | undefined): void {
  if (user === undefined) return;
  lchownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

/** Makes a folder that nobody but us can write to; false where somebody else made it first, or it cannot be made. */
export function makeOwnFolder(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { recursive: true, mode });
    if (process.getuid === undefined) return true;
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== process.getuid() || (found.mode & 0o022) !== 0) return false;
    if ((found.mode & 0o777) !== mode) chmodSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
