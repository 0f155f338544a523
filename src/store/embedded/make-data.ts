import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, PamojaError } from '../../kernel/errors.js';
import { ident, literal, sql } from '../../kernel/sql.js';
import { type Binaries, program } from './binaries.js';
import { type DataPlace, holderOf } from './data-place.js';
import { runProgram } from './run-program.js';

export const EMBEDDED_USER = 'pamoja';
const MAKING = 'postgres.making-';

const passwordFile = (dir: string) => join(dir, 'postgres-password');

/** The password of the server's owner; undefined where it was lost or never made. */
export function readPassword(dir: string): string | undefined {
  try {
    return readFileSync(passwordFile(dir), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PamojaError('PAM-EMB-002', 'The embedded database belongs to another user of this machine.', {
      where: passwordFile(dir),
      next: 'Run as that user (root, if it was made with sudo).',
      cause: error,
    });
  }
}

function makePassword(dir: string): string {
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(dir), `${password}\n`, { mode: 0o600 });
  return password;
}

/**
 * Makes the data folder where there is none, under another name first: one that was cut off is never taken for whole.
 * Gives the password. Errors: PAM-EMB-001 for data of another version, PAM-EMB-002 where initdb fails.
 */
export async function makeData(dir: string, place: DataPlace, binaries: Binaries): Promise<string> {
  if (existsSync(place.data)) {
    checkVersion(place.data, binaries);
    const known = readPassword(dir);
    if (known !== undefined) return known;
    const made = makePassword(dir);
    await setPassword(place, binaries, made);
    return made;
  }
  const holder = holderOf(place);
  clearHalfMade(holder);
  const making = join(holder, `${MAKING}${randomBytes(4).toString('hex')}`);
  mkdirSync(making, { mode: 0o700 });
  give(making, place);
  const data = join(making, 'data');
  const password = makePassword(dir);
  const passwordCopy = join(making, 'password');
  writeFileSync(passwordCopy, password, { mode: 0o600 });
  give(passwordCopy, place);
  try {
    await runProgram(program(binaries, 'initdb'), initdbArguments(data, passwordCopy), {
      ...place.user,
      cwd: making,
    });
    renameSync(data, place.data);
  } catch (error) {
    throw new PamojaError('PAM-EMB-002', `The database could not be made: ${messageOf(error)}.`, {
      where: place.data,
      next: 'Check the free space (80 MB are needed) and the rights of the folder.',
      cause: error,
    });
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return password;
}

/** What a killed process left; its initdb may still write there, and is cleared away the next time then. */
function clearHalfMade(holder: string): void {
  for (const name of readdirSync(holder)) {
    if (!name.startsWith(MAKING)) continue;
    try {
      rmSync(join(holder, name), { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // It is in nobody's way.
    }
  }
}

/** The same order and text rules on every machine, whatever its language. */
function initdbArguments(data: string, passwordCopy: string): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${EMBEDDED_USER}`,
    `--pwfile=${passwordCopy}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // One request for the whole file system, where there is one, is three times faster than one a file.
    ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
  ];
}

function give(path: string, place: DataPlace): void {
  if (place.user !== undefined) chownSync(path, place.user.uid, place.user.gid);
}

function checkVersion(data: string, binaries: Binaries): void {
  const path = join(data, 'PG_VERSION');
  const version = existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
  if (version === binaries.major) return;
  if (version === undefined) {
    throw new PamojaError('PAM-EMB-002', 'The folder of the embedded database holds no database.', {
      where: data,
      next: 'Move it away and run again: the database is made anew.',
    });
  }
  throw new PamojaError(
    'PAM-EMB-001',
    `The embedded database was made by PostgreSQL ${version}, and this is PostgreSQL ${binaries.major}.`,
    {
      where: data,
      next: `Move the folder away and run again to make it anew, or serve it with a PostgreSQL ${version} and set DATABASE_URL.`,
    },
  );
}

/** Lets the server know a password through one of a single user, which asks for none: whoever owns the files may. */
export async function setPassword(place: DataPlace, binaries: Binaries, password: string): Promise<void> {
  await runProgram(
    program(binaries, 'postgres'),
    ['--single', '-D', place.data, 'postgres'],
    { ...place.user, cwd: place.data },
    `${sql`ALTER ROLE ${ident(EMBEDDED_USER)} PASSWORD ${literal(password)}`}\n`,
  );
}
