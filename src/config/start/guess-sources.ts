import { COLUMN_WORDS, FULL_NAMES, isCalledAfter, isOther } from './column-words.js';
import type { DataFile } from './data-files.js';
import { guessCatalogue, guessExport } from './guess-export.js';
import { columnsOf, guessFeed, likeness } from './guess-feed.js';
import { giveBuyers, isLine, orderOf, spread } from './guess-flat.js';
import { nestedLines, takeOut, withoutEnvelope } from './guess-nested.js';
import { refer } from './guess-references.js';
import { guessRegister, leaveVoided } from './guess-register.js';
import type { GuessedSource } from './guessed-source.js';
import { isGrouped, isTakings } from './why-not.js';

/** A data file whose columns were read. */
export interface ReadableFile extends DataFile {
  columns: string[];
  /** One sheet of a workbook that has several. */
  sheet?: string;
  /** Where it is not UTF-8. */
  encoding?: 'windows-1252';
  /** The line of the names, where a title stands above it. */
  header?: number;
}

/** Guesses what each file holds and how the files refer to each other, by the names of files and columns. */
export function guessSources(files: readonly ReadableFile[]): GuessedSource[] {
  const names = new Set<string>();
  const sources = files.map((file) => guessSource(file, nameFor(aboutOf(file), names)));
  // What a file is of is asked before any is taken apart: two tills may each know their own customers.
  const main = new Map(sources.map((source) => [source, source.feeds[0]?.entity]));
  const given = (entity: string, but: GuessedSource) =>
    sources.some((source) => source !== but && main.get(source) === entity);
  for (const source of sources) {
    spread(source, (entity) => given(entity, source));
    takeOut(source, (entity) => given(entity, source));
    giveBuyers(source, (entity) => given(entity, source));
  }
  for (const source of sources) {
    for (const feed of source.feeds) refer(feed, source, sources);
    leaveVoided(source.feeds, source.columns);
  }
  return sources.sort((a, b) => rank(a) - rank(b));
}

/** Who is referred to comes first, which also makes the file read like a story. */
function rank({ feeds }: GuessedSource): number {
  const order = Object.keys(COLUMN_WORDS);
  const [first] = feeds;
  return first === undefined ? order.length : order.indexOf(first.entity);
}

function nameFor(path: string, taken: Set<string>): string {
  const parts = path
    .replace(/(\.\w+)(\.gz)?$/, '')
    .toLowerCase()
    .split('/')
    .map((part) => part.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, ''));
  const base = parts.at(-1) || parts.at(-2) || 'source';
  const folder = parts.at(-2);
  const wanted = taken.has(base) && folder ? `${folder}_${base}` : base;
  const safe = /^[a-z]/.test(wanted) ? wanted.slice(0, 40) : `source_${wanted}`.slice(0, 40);
  let name = safe;
  for (let i = 2; taken.has(name); i++) name = `${safe}_${i}`;
  taken.add(name);
  return name;
}

/** A sheet is to its workbook what a file is to its folder. */
function aboutOf({ path, sheet }: ReadableFile): string {
  return sheet === undefined ? path : `${path}/${sheet}`;
}

function guessSource(file: ReadableFile, name: string): GuessedSource {
  const { type, path, example, second, others, files, sheet } = file;
  const about = aboutOf(file);
  const { records, columns } = withoutEnvelope(file);
  const lists = [...new Set(columns.flatMap((column) => /^([^[\]]+)\[\]\./.exec(column)?.[1] ?? []))];
  const outer = columnsOf(columns.filter((column) => !column.includes('[]')));
  const sold = orderOf(outer, about) !== undefined;
  const candidates = Object.keys(COLUMN_WORDS)
    .filter((entity) => (entity === 'order_items' ? sold : !isLine(outer, about) || entity === 'orders'))
    .flatMap((entity) => guessFeed(entity, outer, isCalledAfter('customers', about) ? FULL_NAMES : []) ?? []);
  const best = candidates.sort((a, b) => likeness(b, about) - likeness(a, about))[0];
  const source: GuessedSource = { name, type, path, about, example, files, feeds: [], columns };
  if (second !== undefined) source.second = second;
  if (others !== undefined) source.others = others;
  if (sheet !== undefined) source.sheet = sheet;
  if (records !== undefined) source.records = records;
  if (file.encoding !== undefined) source.encoding = file.encoding;
  if (file.header !== undefined) source.header = file.header;
  const shop = guessExport(columns) ?? guessCatalogue(columns) ?? guessRegister(columns);
  if (shop !== undefined) return { ...source, feeds: shop };
  if (best === undefined || isOther(about) || isGrouped(columns) || isTakings(columns)) return source;
  source.feeds.push(best);
  if (best.entity === 'orders') source.feeds.push(...nestedLines(columns, lists, best));
  return source;
}
