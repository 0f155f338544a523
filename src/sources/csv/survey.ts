import type { SourceFile } from '../bytes/files.js';
import { type Header, unclosedQuote } from './header.js';
import { type Opening, openCsv } from './open-csv.js';
import type { LineEnd } from './raw-rows.js';
import { RecordJudge } from './record-judge.js';
import { RecordScanner } from './record-scanner.js';

/** What the bytes of a file say, counted without DuckDB. */
export interface Survey {
  /** Records without the header and blank lines, torn ones counted. */
  records: number;
  torn: number;
  /** Bytes of the longest record that is not torn. */
  longest: number;
  /** How the file ends its lines, where DuckDB can read it by its path as it is. */
  clean: LineEnd | undefined;
  /** Physical line of a record minus its number, where that is the same for all. */
  lineShift: number | undefined;
  sha256: string;
}

/**
 * Reads a file once from end to end and counts what is in it.
 * Errors: PAM-SRC-004 a quote is never closed; and those of openBytes.
 */
export async function surveyFile(
  file: SourceFile,
  header: Header,
  source: Opening,
  progress?: (read: number) => void,
): Promise<Survey> {
  const judge = new RecordJudge(header.columns.length);
  let headers = header.inFile ? 1 : 0;
  let [records, torn, longest, innerLines] = [0, 0, 0, 0];
  const scanner = new RecordScanner(header.dialect, (record, start, end) => {
    innerLines += record.innerLines;
    if (headers > 0) {
      headers -= 1;
      return;
    }
    records += 1;
    if (judge.judge(record, end - start) !== undefined) torn += 1;
    else if (end - start > longest) longest = end - start;
  });
  const bytes = openCsv(file, source, progress);
  for await (const chunk of bytes.chunks) scanner.scan(chunk);
  const unclosed = scanner.end();
  if (unclosed !== undefined) throw unclosedQuote(file, unclosed);
  const { sha256, verbatim } = bytes.read();
  const whole = verbatim && torn === 0 && scanner.blankLines === 0 && scanner.cr === 0;
  const even = scanner.lf === 0 || scanner.crlf === 0;
  return {
    records,
    torn,
    longest,
    clean: whole && even ? (scanner.crlf > 0 ? '\r\n' : '\n') : undefined,
    lineShift: scanner.blankLines === 0 && innerLines === 0 ? Number(header.inFile) : undefined,
    sha256,
  };
}
