import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PamojaError } from '../../kernel/errors.js';
import {
  canReach,
  chooseServerUser,
  giveFolder,
  letPass,
  makeOwnFolder,
  ownerOf,
  type ServerUser,
} from './server-user.js';

/** Where the data of one project rest, and who serves them. */
export interface DataPlace {
  /** The data folder of PostgreSQL; it may not be there yet. */
  data: string;
  user: ServerUser | undefined;
}

/** What `.pamoja` keeps where the server's user could not reach it. */
interface Pointer {
  place: string;
  /** The folder that this was written for, so that a copied project does not write into the original's data. */
  of: string;
}

const ELSEWHERE = ['/var/lib/pamoja', '/var/tmp/pamoja-0'];

/** Finds the data folder of a project, or decides where it will be. Errors: PAM-EMB-001 where there is no place. */
export function choosePlace(dir: string, elsewhere: readonly string[] = ELSEWHERE): DataPlace {
  makeFolder(dir);
  const known = knownPlace(dir);
  const user = known?.user ?? chooseServerUser();
  if (known !== undefined) {
    // Data that root copied here, as into the image of a container, have to be served by somebody else.
    if (known.user === undefined && isOurs(dir) && isOurs(known.data)) giveFolder(known.data, user);
    // The way to them belongs to the group of that user, which a copy loses.
    if (dirname(known.data) === dir && isOurs(dir)) letPass(dir, user);
    return { data: known.data, user };
  }
  letPass(dir, user);
  if (canReach(dir, user)) return { data: join(dir, 'postgres'), user };
  return { data: join(placeElsewhere(dir, user, elsewhere), 'postgres'), user };
}

/** The place of data that were made before, without making anything. */
export function knownPlace(dir: string): DataPlace | undefined {
  for (const data of [join(dir, 'postgres'), pointedAt(dir)]) {
    if (data !== undefined && existsSync(data)) return { data, user: ownerOf(data) };
  }
  return undefined;
}

/** A folder, not a link that somebody could have laid to files of the system. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === process.getuid?.();
}

function pointedAt(dir: string): string | undefined {
  const path = pointerOf(dir);
  if (!existsSync(path)) return undefined;
  const { place, of } = JSON.parse(readFileSync(path, 'utf8')) as Pointer;
  const here = realpathSync(dir);
  if (of !== here && existsSync(pointerOf(of))) return undefined;
  if (of !== here) writePointer(dir, place);
  return join(place, 'postgres');
}

function placeElsewhere(dir: string, user: ServerUser | undefined, elsewhere: readonly string[]): string {
  const folder = elsewhere.find((path) => makeOwnFolder(path, 0o755) && canReach(path, user));
  if (folder === undefined) {
    throw new PamojaError(
      'PAM-EMB-001',
      'PostgreSQL does not run as root, and its user cannot reach this folder.',
      {
        where: dir,
        next: 'Move the project out of a private folder, run as another user, or set DATABASE_URL.',
      },
    );
  }
  const project = resolve(dir, '..');
  const hash = createHash('sha256')
    .update(realpathSync(dir))
    .update(randomBytes(16))
    .digest('hex')
    .slice(0, 12);
  const place = join(folder, `${basename(project).replace(/[^\w-]+/g, '-') || 'project'}-${hash}`);
  mkdirSync(place, { mode: 0o700 });
  letPass(place, user);
  writePointer(dir, place);
  return place;
}

function writePointer(dir: string, place: string): void {
  const pointer: Pointer = { place, of: realpathSync(dir) };
  writeFileSync(pointerOf(dir), `${JSON.stringify(pointer)}\n`, { mode: 0o600 });
}

const pointerOf = (dir: string) => join(dir, 'postgres-place.json');

function makeFolder(dir: string): void {
  try {
    mkdirSync(dirname(dir), { recursive: true });
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw explainFolderError(dir, error);
  }
}

const FULL = ['ENOSPC', 'EDQUOT'];

/** Whether something could not be written for want of room. */
export function isFull(error: unknown): boolean {
  return FULL.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What the system says of the folder of the database, as an error for a person; any other error as it is. */
export function explainFolderError(dir: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (isFull(error)) {
    return new PamojaError('PAM-EMB-002', 'There is no room left for the embedded database.', {
      where: dir,
      next: 'Make room on its disk, then run again.',
      cause: error,
    });
  }
  if (!['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code)) return error;
  return new PamojaError('PAM-EMB-002', 'The folder of the embedded database cannot be written to.', {
    where: dir,
    next: 'Is its disk there to be read only, or whose is it? A run with sudo leaves it to root.',
    cause: error,
  });
}

/** The folder that data are made in before they get their name. */
export function holderOf(place: DataPlace): string {
  return dirname(place.data);
}
