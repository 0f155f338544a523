import { PamojaError } from '../../kernel/errors.js';
import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import { type Header, readHeader } from './header.js';
import { type Survey, surveyFile } from './survey.js';

/** One file, and what is known of it before DuckDB reads it. */
export interface FilePlan {
  /** Index into the files of the source. */
  index: number;
  file: SourceFile;
  header: Header;
  survey: Survey;
}

/**
 * Looks at one file from end to end.
 * Errors: PAM-SRC-003 where a wanted column is missing or there twice, and those of readHeader and surveyFile.
 */
export async function planFile(
  source: Source,
  index: number,
  file: SourceFile,
  wanted: readonly string[],
  progress?: (read: number) => void,
): Promise<FilePlan> {
  const header = await readHeader(file, source);
  for (const column of wanted) requireColumn(source, file, header, column);
  const survey = await surveyFile(file, header, { encoding: source.encoding, progress });
  return { index, file, header, survey };
}

function requireColumn(source: Source, file: SourceFile, header: Header, column: string): void {
  const same = header.columns.filter((name) => name.toLowerCase() === column.toLowerCase());
  if (same.length > 1) {
    throw new PamojaError('PAM-SRC-003', `the header names "${column}" ${same.length} times.`, {
      where: file.where,
      next: 'Rename all but one of them in the file, or name the columns yourself by columns:.',
    });
  }
  if (header.columns.includes(column)) return;
  const nearest = nearestName(column, header.columns);
  const there = `The file has: ${header.columns.map((name) => `"${name}"`).join(', ')}.`;
  throw new PamojaError('PAM-SRC-003', `the header has no column "${column}". ${there}`, {
    where: file.where,
    next:
      nearest === undefined
        ? `Correct the mapping of sources.${source.name}, or the delimiter.`
        : `Did you mean "${nearest}"? Correct the mapping of sources.${source.name}.`,
  });
}

/** The name that differs least, where it differs little. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const target = plain(wanted);
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(target, plain(name));
    if (distance < (best?.distance ?? Math.max(2, target.length / 2))) best = { name, distance };
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
