import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import { type Header, readHeader } from './header.js';
import { dataAmong, headerLine, looksLikeData } from './header-line.js';
import type { Survey } from './survey.js';

/** One file, and what is known of it before DuckDB reads it. */
export interface FilePlan {
  /** Index into the files of the source. */
  index: number;
  file: SourceFile;
  header: Header;
  survey: Survey;
}

/**
 * Reads the names of a file's columns, among which are those wanted.
 * Errors: PAM-SRC-003 where a wanted column is missing or there twice, and those of readHeader.
 */
export async function wantedHeader(
  source: Source,
  file: SourceFile,
  wanted: readonly string[],
): Promise<Header> {
  const header = await readHeader(file, source);
  for (const column of wanted) await requireColumn(source, file, header, column);
  return header;
}

async function requireColumn(
  source: Source,
  file: SourceFile,
  header: Header,
  column: string,
): Promise<void> {
  const same = header.columns.filter((name) => name.toLowerCase() === column.toLowerCase());
  if (same.length > 1) {
    throw new PamojaError('PAM-SRC-003', `the header names "${column}" ${same.length} times.`, {
      where: file.where,
      next: 'Rename all but one of them in the file, or name the columns yourself by columns:.',
    });
  }
  if (header.columns.includes(column)) return;
  const line = source.header === undefined ? await headerLine(file, source) : 1;
  if (line > 1) {
    throw new PamojaError('PAM-SRC-003', `line 1 has no column "${column}".`, {
      where: file.where,
      next: `The names seem to stand in line ${line}: say header: ${line} in sources.${source.name}.`,
    });
  }
  const data = header.inFile ? looksLikeData(header.columns) : undefined;
  if (data !== undefined) {
    throw new PamojaError('PAM-SRC-003', `${data}.`, {
      where: file.where,
      next: `Export it with a header, or name its columns by columns: in sources.${source.name}.`,
    });
  }
  // What may be data is not repeated.
  const known = dataAmong(header.columns) === 0 ? suggestion(column, header.columns) : '';
  throw new PamojaError('PAM-SRC-003', `the header has no column "${column}".`, {
    where: file.where,
    next: `${known} Correct the mapping of sources.${source.name}, or its delimiter.`.trim(),
  });
}
