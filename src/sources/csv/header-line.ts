import { mostFrequent } from '../../kernel/most-frequent.js';
import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import { fieldsOf, readBeginning } from './header.js';
import { DELIMITERS } from './recognise-dialect.js';
import { RecordScanner } from './record-scanner.js';

/** How many records are looked at. */
const ENOUGH = 60;
/** Titles are few: further down no header is sought. */
const DEEPEST = 30;

interface Line {
  line: number;
  fields: string[];
}

/**
 * The line in which the names of a file's columns seem to stand: 1, unless above it there are lines of a title, with
 * fewer cells than the others. Errors: those of reading the beginning of a file.
 */
export async function headerLine(file: SourceFile, source: Source): Promise<number> {
  const sample = await readBeginning(file, { ...source, header: 1 });
  let best: { line: number; score: number } = { line: 1, score: 0 };
  for (const delimiter of source.delimiter === undefined ? DELIMITERS : [source.delimiter]) {
    const lines = linesOf(sample, delimiter);
    // As many fields as most records have.
    const width = mostFrequent(lines.map(({ fields }) => fields.length)) ?? 1;
    const alike = lines.filter(({ fields }) => fields.length === width).length;
    const score = alike / Math.max(1, lines.length) + width / 10_000;
    if (width > 1 && score > best.score) best = { line: underTitle(lines, width), score };
  }
  return best.line;
}

function linesOf(sample: Buffer, delimiter: string): Line[] {
  const dialect = { delimiter, quote: '"', escape: '"' };
  const lines: Line[] = [];
  const scanner = new RecordScanner(dialect, ({ startLine }, start, end) => {
    if (lines.length < ENOUGH)
      lines.push({ line: startLine, fields: fieldsOf(sample.toString('utf8', start, end), dialect) });
  });
  scanner.scan(sample);
  scanner.end();
  return lines;
}

/** The first line as wide as the others, if all above it are a title: that fills a cell or two. */
function underTitle(lines: readonly Line[], width: number): number {
  const at = lines.findIndex(({ fields }) => fields.length === width && named(fields) * 2 > width);
  const found = lines[at];
  if (at < 1 || found === undefined || found.line > DEEPEST || named(found.fields) < 2) return 1;
  const titles = lines.slice(0, at).every(({ fields }) => named(fields) * 2 <= named(found.fields));
  return titles && looksLikeData(found.fields) === undefined ? found.line : 1;
}

function named(fields: readonly string[]): number {
  return fields.filter((field) => field.trim() !== '').length;
}

const DATA = [
  /^\S+@\S+\.\w+$/,
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b/,
  /^\+?\d[\d ()-]{5,}$/,
  /^\D{0,4}\d[\d.,]*\D{0,4}$/,
];

/** How many of the names of columns are none, but numbers, dates or e-mail addresses. */
export function dataAmong(names: readonly string[]): number {
  return names.filter((name) => DATA.some((form) => form.test(name.trim()))).length;
}

/** `the first line looks like data`: said without a word of it, as it speaks of people. Nothing where it is a header. */
export function looksLikeData(names: readonly string[]): string | undefined {
  const found = dataAmong(names);
  const people = names.some((name) => DATA[0]?.test(name.trim()));
  if (found * 3 <= names.length && !people) return undefined;
  return `the first line looks like data: ${found} of ${names.length} names are numbers, dates or e-mail addresses`;
}
