import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { escapePattern } from '../../kernel/escape-pattern.js';
import type { SourceType } from '../../model/config.js';
import { anyWord, MONTH_WORDS } from '../../model/date-words.js';

/** A file, or several that look alike, that may hold records. */
export interface DataFile {
  /** From the folder, with `/`; a pattern where it stands for several. */
  path: string;
  /** One of the files, to look into. */
  example: string;
  /** Another one, where there are several. */
  second?: string;
  /** The others, where there are more. */
  others?: string[];
  type: SourceType;
  files: number;
}

const KINDS: [ending: RegExp, type: SourceType][] = [
  [/\.(csv|tsv)(\.gz)?$/i, 'csv'],
  [/\.(ndjson|jsonl)(\.gz)?$/i, 'ndjson'],
  [/\.json(\.gz)?$/i, 'json'],
  [/\.parquet$/i, 'parquet'],
  [/\.xls[xm]$/i, 'excel'],
  [/\.txt$/i, 'csv'],
];
/** Files that look like data and are not. */
const OTHERS = /^(package(-lock)?|tsconfig.*|biome|truth|pamoja\.config|composer|deno|\..*)\.jsonc?$/i;
const SKIPPED = /^(\.|(node_modules|truth)$)/;
const MONTHS = new RegExp(`(?<!\\p{L})(${anyWord(MONTH_WORDS.flat())})(?!\\p{L})`, 'giu');
const DEPTH = 3;
const MOST = 40;

/** The data files of a folder and its subfolders, sorted; files whose names differ in digits or months only are one. */
export function dataFiles(dir: string): DataFile[] {
  const names = listFiles(dir, '', DEPTH).sort();
  const alike = new Map<string, string[]>();
  for (const name of names) {
    const pattern = patternOf(name);
    alike.set(pattern, [...(alike.get(pattern) ?? []), name]);
  }
  return [...alike]
    .flatMap(([pattern, files]): DataFile[] => {
      const [example = '', second, ...others] = files;
      const path = second === undefined ? undefined : onlyThese(pattern, files, names);
      if (second === undefined || path === undefined)
        return files.map((name) => ({ path: name, example: name, type: typeOf(name), files: 1 }));
      return [{ path, example, second, others, type: typeOf(example), files: files.length }];
    })
    .slice(0, MOST);
}

/** The pattern, or one of digits only, that means these files and no other: a file that two sources read counts twice. */
function onlyThese(pattern: string, files: readonly string[], all: readonly string[]): string | undefined {
  return [pattern, pattern.replaceAll('*', '[0-9]*')].find((path) => {
    const form = path
      .split(/(\[0-9\]\*|\*)/)
      .map((part) => (part === '*' ? '[^/]*' : part === '[0-9]*' ? '[0-9][^/]*' : escapePattern(part)));
    const meant = all.filter((name) => new RegExp(`^${form.join('')}$`).test(name));
    return meant.length === files.length && files.every((name) => meant.includes(name));
  });
}

function listFiles(dir: string, below: string, depth: number): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (SKIPPED.test(entry.name)) return [];
    if (isFolder(dir, name)) return depth > 1 ? listFiles(dir, name, depth - 1) : [];
    if (!KINDS.some(([ending]) => ending.test(entry.name)) || OTHERS.test(entry.name)) return [];
    return /\.txt$/i.test(entry.name) && !isTable(join(dir, name)) ? [] : [name];
  });
}

/** A text whose first two lines are cut into as many parts by tabs or semicolons, as exports of Amazon are. */
function isTable(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const [one = '', two = ''] = beginningOf(path).split(/\r?\n/);
  return ['\t', ';'].some((each) => one.includes(each) && one.split(each).length === two.split(each).length);
}

/** The first characters of a file, also of one in UTF-16; none where it cannot be read. */
function beginningOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(65_536);
    return bytes.toString('latin1', 0, readSync(file, bytes)).replaceAll('\0', '');
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A link to a folder counts as one; a link that leads nowhere does not. */
function isFolder(dir: string, name: string): boolean {
  return statSync(join(dir, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** `orders-2026-01.csv` and `orders-Jan-2026.csv` → `orders-*.csv`; a name with other signs of a pattern stays as it is. */
function patternOf(name: string): string {
  const slash = name.lastIndexOf('/') + 1;
  const base = name.slice(slash);
  return /[*?[\]{}()!]/.test(name)
    ? name
    : name.slice(0, slash) +
        base
          .replace(MONTHS, '*')
          .replace(/\d+([-_.]\d+)*/g, '*')
          .replace(/\*([-_. ]*\*)+/g, '*');
}

function typeOf(name: string): SourceType {
  return KINDS.find(([ending]) => ending.test(name))?.[1] ?? 'csv';
}
