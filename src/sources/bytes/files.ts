import { type Dirent, lstat, readdir, realpath, type Stats, stat as statOf } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { type FileSystemAdapter, glob, isDynamicPattern } from 'tinyglobby';
import { PamojaError } from '../../kernel/errors.js';
import type { Source } from '../../model/config.js';

/** A file of a source as it was when the reading began. */
export interface SourceFile {
  /** Absolute path. */
  path: string;
  /** Path from the project's folder, with `/`. */
  name: string;
  /** Where, as messages say it: `crm: data/customers.csv`. */
  where: string;
  bytes: number;
  /** Size, time of change and identity in one text; another text means another content. */
  stamp: string;
}

/**
 * The files that a source names, each once: patterns in the order they are written, matches of one pattern sorted.
 * Errors: PAM-SRC-001 where a path or pattern matches nothing, PAM-SRC-002 where a file cannot be looked at, as one to
 * which a link leads into nothing, or a folder that a pattern leads through cannot be listed.
 */
export async function filesOf(root: string, source: Pick<Source, 'name' | 'path'>): Promise<SourceFile[]> {
  const paths = new Set<string>();
  for (const pattern of source.path) {
    const matches = await matching(root, source.name, pattern);
    if (matches.length === 0) {
      throw new PamojaError('PAM-SRC-001', `no file matches ${pattern}.`, {
        where: source.name,
        next: `Paths start at ${root}; correct sources.${source.name}.path.`,
      });
    }
    for (const path of matches) paths.add(path);
  }
  return Promise.all([...paths].map((path) => describe(root, source.name, path)));
}

async function matching(root: string, source: string, pattern: string): Promise<string[]> {
  // A plain name first: a file may well be called `orders (1).csv` or `[final].csv`.
  if (await isFile(resolve(root, pattern))) return [resolve(root, pattern)];
  if (!isDynamicPattern(pattern)) return [];
  let unlisted: PamojaError | undefined;
  const list = (path: string, options: { withFileTypes: true }, done: Listed) =>
    readdir(path, options, (error, entries) => {
      if (error !== null && !GONE.includes(error.code ?? ''))
        unlisted ??= closedFolder(root, source, path, error);
      done(error, entries);
    });
  // A backslash is a separator on Windows and an escape everywhere else.
  const found = await glob(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern, {
    cwd: root,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
    fs: { ...withDanglingLinks, readdir: list } as FileSystemAdapter,
  });
  if (unlisted !== undefined) throw unlisted;
  const paths = found.map((path) => resolve(path)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  // A link may lead to a pipe or a device, which would be read for ever.
  const real = await Promise.all(paths.map((path) => isFile(path, true)));
  return paths.filter((_, i) => real[i]);
}

type Listed = (error: Error | null, entries: Dirent[]) => void;

/** What went meanwhile is nobody's to read. */
const GONE = ['ENOENT', 'ENOTDIR'];

/** A folder that is passed over: its files would pass for vanished. */
function closedFolder(root: string, source: string, path: string, cause: NodeJS.ErrnoException): PamojaError {
  const name = relative(root, path).split(sep).join('/');
  const closed = cause.code === 'EACCES' || cause.code === 'EPERM';
  return new PamojaError(
    'PAM-SRC-002',
    `the folder ${closed ? 'may not be listed' : `cannot be listed (${cause.code})`}.`,
    {
      where: `${source}: ${name || '.'}`,
      next: 'Give the user that runs Pamoja the right to read it, or write a path that does not lead through it.',
      cause,
    },
  );
}

/** A link that leads into nothing counts as a file: what it led to yesterday would pass for vanished. */
const withDanglingLinks = {
  realpath: (path: string, done: (error: null, real: string) => void) =>
    realpath(path, (error, real) => done(null, error === null ? real : path)),
  stat: (path: string, done: (error: Error | null, found: Stats) => void) =>
    statOf(path, (error, found) => (error === null ? done(null, found) : lstat(path, done))),
};

/** Whether it is a file, neither folder nor pipe nor device; `absent` where nothing can be said of it. */
async function isFile(path: string, absent = false): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => absent,
  );
}

async function describe(root: string, source: string, path: string): Promise<SourceFile> {
  const name = relative(root, path).split(sep).join('/');
  const where = `${source}: ${name}`;
  const { bytes, stamp } = await look(path, where);
  return { path, name, where, bytes, stamp };
}

async function look(path: string, where: string): Promise<{ bytes: number; stamp: string }> {
  try {
    const { size, mtimeNs, ino } = await stat(path, { bigint: true });
    return { bytes: Number(size), stamp: `${size}-${mtimeNs}-${ino}` };
  } catch (cause) {
    throw unreadable(where, cause);
  }
}

/** The file is there but cannot be opened or read. */
export function unreadable(where: string, cause: unknown): PamojaError {
  const code = (cause as NodeJS.ErrnoException).code;
  const closed = code === 'EACCES' || code === 'EPERM';
  return new PamojaError(
    'PAM-SRC-002',
    `the file ${closed ? 'may not be read' : `cannot be read (${code ?? cause})`}.`,
    {
      where,
      next:
        code === 'ENOENT' || code === 'ELOOP'
          ? 'It is gone, or a link that leads into nothing.'
          : 'Give the user that runs Pamoja the right to read it, and run again.',
      cause,
    },
  );
}

/** Errors: PAM-SRC-010 where the file is not what it was when the reading began. */
export async function refuseChanged(file: SourceFile): Promise<void> {
  const now = await look(file.path, file.where);
  if (now.stamp === file.stamp) return;
  throw new PamojaError(
    'PAM-SRC-010',
    `the file changed while it was read: ${file.bytes} bytes before, ${now.bytes} after.`,
    { where: file.where, next: 'Run again when nobody writes to it.' },
  );
}
