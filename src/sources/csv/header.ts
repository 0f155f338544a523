import { PamojaError } from '../../kernel/errors.js';
import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import type { Dialect } from './dialect.js';
import { type Opening, openCsv } from './open-csv.js';
import { dialectOf } from './recognise-dialect.js';
import { RecordScanner } from './record-scanner.js';

/** What the beginning of a file tells. */
export interface Header {
  dialect: Dialect;
  /** Names of all columns in the order of the file, without surrounding blanks. */
  columns: string[];
  /** Whether the names stand in the file, as its first record. */
  inFile: boolean;
}

/** A header, and the lines by which the delimiter is recognised, must lie within this many bytes. */
const SAMPLE = 1 << 18;

/**
 * Reads the names of the columns of one file.
 * Errors: PAM-SRC-004 a quote in the header is never closed, PAM-SRC-005 the file is empty; and those of openBytes.
 */
export async function readHeader(file: SourceFile, source: Source): Promise<Header> {
  const sample = await readBeginning(file, source);
  const dialect = dialectOf(source, sample);
  if (source.columns !== undefined) return { dialect, columns: source.columns, inFile: false };
  let first: { start: number; end: number } | undefined;
  const scanner = new RecordScanner(dialect, (_, start, end) => {
    first ??= { start, end };
  });
  scanner.scan(sample);
  const unclosed = first === undefined ? scanner.end() : undefined;
  if (unclosed !== undefined) throw unclosedQuote(file, unclosed);
  if (first === undefined) {
    const { header: line = 1 } = source;
    throw new PamojaError(
      'PAM-SRC-005',
      line > 1 ? `nothing stands from line ${line} on.` : 'the file is empty.',
      {
        where: file.where,
        next: 'Export it again, with a header; a file that holds nothing yet still needs its header.',
      },
    );
  }
  const text = sample.toString('utf8', first.start, first.end);
  return { dialect, columns: fieldsOf(text, dialect).map((name) => name.trim()), inFile: true };
}

/** The first bytes of a file, as UTF-8 text. Errors: those of openBytes. */
export async function readBeginning(file: SourceFile, source: Opening): Promise<Buffer> {
  const { chunks } = openCsv(file, source);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= SAMPLE) break;
  }
  return Buffer.concat(parts);
}

/** The fields of one record that the scanner found. */
export function fieldsOf(record: string, { delimiter, quote, escape: escaper }: Dialect): string[] {
  const fields: string[] = [];
  let at = 0;
  do {
    const opening = quote !== '' && record.startsWith(` ${quote}`, at) && delimiter !== ' ' ? at + 1 : at;
    let field = '';
    if (quote !== '' && record[opening] === quote) {
      at = opening + 1;
      while (at < record.length) {
        const escaped = record[at] === escaper && [quote, escaper].includes(record[at + 1] ?? '\0');
        if (!escaped && record[at] === quote) break;
        if (escaped) at += 1;
        field += record[at];
        at += 1;
      }
      at += 1;
    }
    const end = record.indexOf(delimiter, at);
    // Blanks after a closing quote are not part of the field.
    const rest = record.slice(at, end < 0 ? record.length : end);
    fields.push(at > opening ? field + rest.trimEnd() : rest);
    at = end < 0 ? record.length + 1 : end + 1;
  } while (at <= record.length);
  return fields;
}

export function unclosedQuote(file: SourceFile, line: number): PamojaError {
  return new PamojaError('PAM-SRC-004', `the quote that is opened in line ${line} is never closed.`, {
    where: file.where,
    next: 'Close or remove it: all that follows would be one value. If quotes mean nothing in this file, set quote: "".',
  });
}
