import { existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { findConfig } from '../config/read-config.js';
import { type DataFile, dataFiles } from '../config/start/data-files.js';
import { type Doubt, doubtsOf } from '../config/start/doubts.js';
import { guessSources, type ReadableFile } from '../config/start/guess-sources.js';
import { exampleConfig, startConfig } from '../config/start/start-config.js';
import { whyNot } from '../config/start/why-not.js';
import { Workspace } from '../engine/workspace.js';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { type Log, silent } from '../kernel/log.js';
import { onceStopped, untilStopped } from '../kernel/stopping.js';
import type { Source } from '../model/config.js';
import { filesOf } from '../sources/bytes/files.js';
import { headerLine, looksLikeData } from '../sources/csv/header-line.js';
import { filledSheets } from '../sources/excel/choose-sheet.js';
import { withWorkbook } from '../sources/excel/open-workbook.js';
import { readerOf } from '../sources/reader-of.js';
import { lookInside } from './look-inside.js';
import { workFolder } from './open-workspace.js';

export interface StartOptions {
  dir: string;
  /** Replaces a configuration that is already there. */
  force?: boolean;
  log?: Log;
  /** Stops it: then it throws PAM-RUN-001, and nothing is written. */
  signal?: AbortSignal;
}

export interface StartResult {
  /** The file that was written, as an absolute path. */
  file: string;
  /** What each data file seems to hold; of a source without entities that could not be told, and why. */
  sources: { name: string; path: string; sheet?: string; files: number; entities: string[]; why?: string }[];
  /** What should be looked at, as the comments of the file say. */
  doubts: Doubt[];
}

const CONFIG = 'pamoja.config.yaml';

/**
 * Writes a configuration to start from: what the data files of a folder seem to hold, or an example where there are
 * none. Changes nothing else. Errors: PAM-CLI-002 where there is a configuration, PAM-CLI-003 where
 * there is no such folder or none can be written.
 */
export async function startProject(options: StartOptions): Promise<StartResult> {
  return untilStopped('look at the files', options, start);
}

async function start(options: StartOptions): Promise<StartResult> {
  const dir = resolve(options.dir);
  const log = options.log ?? silent;
  refuseMissing(dir);
  if (options.force !== true) refuseExisting(dir);
  const name = basename(dir).toLowerCase() || 'pamoja';
  const files: ReadableFile[] = [];
  for (const file of dataFiles(dir))
    for (const part of await partsOf(dir, file))
      files.push({ ...part, ...(await columnsIn(dir, part, log, options.signal)) });
  const sources = guessSources(files);
  const home = await lookInside(dir, name, sources, log, options.signal);
  options.signal?.throwIfAborted();
  const known = sources.some((source) => source.feeds.length > 0);
  const text = known ? startConfig(name, sources, home) : exampleConfig(name, sources);
  const file = join(dir, CONFIG);
  writing(dir, () => writeFileSync(file, text));
  return {
    file,
    sources: sources.map(({ name: source, path, sheet, about, columns, files: count, feeds }) => ({
      name: source,
      path,
      ...(sheet === undefined ? {} : { sheet }),
      files: count,
      entities: feeds.map((feed) => feed.entity),
      ...(feeds.length > 0 ? {} : { why: whyNot(about, columns) }),
    })),
    doubts: doubtsOf(sources, home),
  };
}

function writing(dir: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new PamojaError('PAM-CLI-003', 'The folder cannot be written.', {
      where: dir,
      next: 'Give yourself the right to write there, or name another folder.',
      cause,
    });
  }
}

/** A folder that is made here would be one whose name was mistyped. */
function refuseMissing(dir: string): void {
  if (existsSync(dir) && statSync(dir).isDirectory()) return;
  throw new PamojaError('PAM-CLI-003', existsSync(dir) ? 'This is no folder.' : 'There is no such folder.', {
    where: dir,
    next: 'Name the folder that holds your files, or make it first.',
  });
}

function refuseExisting(dir: string): void {
  let found: string;
  try {
    found = findConfig(dir);
  } catch {
    return;
  }
  throw new PamojaError('PAM-CLI-002', 'is already there.', {
    where: relative(process.cwd(), found) || found,
    next: 'Change it with an editor, or replace it with --force.',
  });
}

/** A workbook of several sheets is as many sources. */
async function partsOf(dir: string, file: DataFile): Promise<(DataFile & { sheet?: string })[]> {
  if (file.type !== 'excel') return [file];
  try {
    const [first] = await filesOf(dir, sourceOf(file));
    const sheets = first === undefined ? [] : await withWorkbook(first, filledSheets);
    return sheets.length < 2 ? [file] : sheets.map(({ name }) => ({ ...file, sheet: name }));
  } catch {
    // What is wrong with it is told where its columns are read.
    return [file];
  }
}

/** A file as a source of which nothing more is known. */
function sourceOf(
  { type, example, sheet }: DataFile & { sheet?: string },
  more: Partial<Source> = {},
): Source {
  const known = { name: 'file', type, path: [example], feeds: [], ...more };
  return { ...known, ...(sheet === undefined ? {} : { sheet }) } as unknown as Source;
}

/** The columns of a file, or none where it cannot be read: that is for a run to tell. */
async function columnsIn(
  dir: string,
  file: DataFile & { sheet?: string },
  log: Log,
  signal: AbortSignal | undefined,
): Promise<Pick<ReadableFile, 'columns' | 'encoding' | 'header'>> {
  signal?.throwIfAborted();
  log.step(`Looking at ${file.path}${file.sheet === undefined ? '' : `, sheet ${file.sheet}`}`);
  const workspace = await Workspace.open({
    dir: workFolder(dir),
    readable: [dir],
    memoryMb: 512,
  });
  const forget = onceStopped(signal, () => workspace.stop());
  const look = async (more: Pick<ReadableFile, 'encoding'>) => {
    const reader = await readerOf(file.type);
    const source = sourceOf(file, more);
    const where = file.type === 'csv' ? await titled(dir, source) : {};
    const columns = await reader.columns({ workspace, log, root: dir }, { ...source, ...where });
    const data = file.type === 'csv' ? looksLikeData(columns) : undefined;
    if (data === undefined) return { columns: once(columns), ...more, ...where };
    log.warn(`${file.example}: ${data}. Export it with a header, or name its columns by columns:.`);
    return { columns: [] };
  };
  try {
    return await look({});
  } catch (error) {
    signal?.throwIfAborted();
    const undecodable = error instanceof PamojaError && error.code === 'PAM-SRC-006';
    // The most usual of those that are not UTF-8: what Excel saves. What looks like UTF-16 is no such thing.
    const other = file.type === 'csv' && undecodable && !error.message.includes('looks like');
    if (other) return await look({ encoding: 'windows-1252' }).catch(() => unread(error));
    return unread(error);
  } finally {
    forget();
    await workspace.close();
  }

  /** What is called like another cannot be mapped. */
  function once(columns: readonly string[]): string[] {
    const same = (name: string) =>
      columns.filter((other) => other.toLowerCase() === name.toLowerCase()).length;
    const doubled = columns.filter((name, i) => name !== '' && same(name) > 1 && columns.indexOf(name) === i);
    for (const name of doubled)
      log.warn(`${file.example}: the header names "${name}" more than once, so it is left out.`);
    return columns.filter((name) => same(name) === 1);
  }

  function unread(error: unknown): { columns: string[] } {
    log.warn(`${file.example}: ${messageOf(error)}`);
    return { columns: [] };
  }
}

/** The line of the names, where a title stands above it. */
async function titled(dir: string, source: Source): Promise<{ header?: number }> {
  const [file] = await filesOf(dir, source);
  const line = file === undefined ? 1 : await headerLine(file, source);
  return line === 1 ? {} : { header: line };
}
