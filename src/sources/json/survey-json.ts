import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import { sayMany } from '../../kernel/say-number.js';
import type { BytesRead } from '../bytes/open-bytes.js';
import { type Found, RecordCounter } from './count-records.js';
import { type JsonPath, pathText } from './json-path.js';
import { JsonScanner } from './json-scanner.js';
import type { JsonText } from './json-text.js';

/** What one pass over a file tells, before DuckDB looks at it. */
export interface Survey extends BytesRead {
  records: number;
  /** Lines of each grain with an array, in the order of the paths that were asked for. */
  lines: number[];
  /** Documents: where the records stand. */
  found: Found | undefined;
  /** No record or line of the file is longer. */
  longest: number;
  /** One JSON a line: lines that are not JSON, and lines that hold nothing. */
  invalid: number;
  blank: number;
  nul: boolean;
  unusualNumber: boolean;
}

export type Progress = (read: number) => void;

/**
 * Counts the records and lines of a JSON document.
 * Errors: PAM-SRC-005 empty, PAM-SRC-008 malformed or cut short, PAM-SRC-011 without records at the declared path.
 */
export async function surveyDocument(
  text: JsonText,
  way: JsonPath,
  eaches: readonly JsonPath[],
  progress?: Progress,
): Promise<Survey> {
  const opened = text.open(progress);
  const counter = new RecordCounter(way, eaches);
  const scanner = new JsonScanner(counter, false);
  for await (const chunk of opened.chunks) {
    scanner.write(chunk);
    if (scanner.problem !== undefined) break;
  }
  scanner.end();
  refuseMalformed(text, scanner, counter);
  const { found } = counter;
  if (found === undefined || found.kind === 'other') throw withoutRecords(text, way, counter);
  return {
    ...opened.read(),
    records: counter.records,
    lines: counter.lines,
    found,
    longest: found.kind === 'object' ? found.end - found.start : counter.longest,
    invalid: 0,
    blank: 0,
    nul: scanner.nul,
    unusualNumber: scanner.unusualNumber,
  };
}

function refuseMalformed(text: JsonText, scanner: JsonScanner, counter: RecordCounter): void {
  if (scanner.problem !== undefined) {
    const { what, line, column } = scanner.problem;
    const aLine = what.startsWith('more text') && line > 1;
    throw new PamojaError('PAM-SRC-008', `${what}, line ${line}, column ${column}.`, {
      where: text.where,
      next: aLine
        ? 'If the file holds one record a line, declare type: ndjson.'
        : `${sayMany(counter.records, 'record was', 'records were')} begun before it; fetch or export the file again.`,
    });
  }
  if (!scanner.empty) return;
  throw new PamojaError('PAM-SRC-005', 'the file is empty.', {
    where: text.where,
    next: 'An export without records is written [].',
  });
}

function withoutRecords(text: JsonText, way: JsonPath, counter: RecordCounter): PamojaError {
  if (way.length === 0) {
    return new PamojaError('PAM-SRC-011', 'the document is a single value, neither a list nor an object.', {
      where: text.where,
      next: 'Export the records as a list of objects.',
    });
  }
  const there = counter.found === undefined ? 'there is nothing' : 'there is neither a list nor an object';
  const path = pathText(way);
  const known = counter.members.map((name) => name.replace(/\[\]$/, ''));
  return new PamojaError('PAM-SRC-011', `${there} at the declared path ${path}.`, {
    where: text.where,
    next: `Correct records: ${path}. ${suggestion(way[0]!, known)}`.trim(),
  });
}

/** Counts the lines of a file with one JSON a line, and what is nested in them. Errors: PAM-SRC-011 where none is a record. */
export async function surveyLines(
  text: JsonText,
  eaches: readonly JsonPath[],
  progress?: Progress,
): Promise<Survey> {
  const opened = text.open(progress);
  const counter = new RecordCounter(undefined, eaches);
  const scanner = new JsonScanner(counter, true);
  let first = 0;
  for await (const chunk of opened.chunks) {
    first ||= chunk[0] ?? 0;
    scanner.write(chunk);
  }
  scanner.end();
  const several = counter.records > 1 || first === 0x5b;
  if (counter.objects === 0 && counter.records > 0 && several) {
    throw new PamojaError('PAM-SRC-011', `none of ${counter.records} lines is a JSON object.`, {
      where: text.where,
      next: 'A document that is one list, or is spread over lines, is type: json.',
    });
  }
  return {
    ...opened.read(),
    records: counter.records,
    lines: counter.lines,
    found: undefined,
    longest: scanner.longestLine,
    invalid: counter.invalid,
    blank: scanner.blankLines,
    nul: scanner.nul,
    unusualNumber: scanner.unusualNumber,
  };
}
