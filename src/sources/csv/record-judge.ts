import type { RecordScanner } from './record-scanner.js';

/** A record longer than this, in bytes, is torn: DuckDB would have to hold it whole, several times. */
export const LONGEST_RECORD = 64 * 1024 * 1024;

export interface Verdict {
  rule: 'structure' | 'nul';
  /** In plain words, without a value. */
  reason: string;
}

/**
 * Whether the records of a file can be read as they stand. The same judge sits in the survey and in the passage
 * of the good records, so that both agree on every one.
 */
export class RecordJudge {
  private afterBrokenQuotes = false;

  constructor(private readonly expected: number) {}

  /** Asked once for every record, in order. Gives undefined for a good one. */
  judge(scanner: RecordScanner, length: number): Verdict | undefined {
    const before = this.afterBrokenQuotes;
    const broken = scanner.fault === 'after-quote' || scanner.fault === 'escape';
    // A field of several lines with bare quotes in it breaks into pieces, each of which may pass for a record.
    this.afterBrokenQuotes = broken || (before && scanner.strayQuote);
    if (scanner.fault === 'nul') return { rule: 'nul', reason: 'a NUL character' };
    const structure = (reason: string): Verdict => ({ rule: 'structure', reason });
    if (length > LONGEST_RECORD) return structure('longer than 64 MB');
    if (scanner.fault === 'after-quote') return structure('text after a closing quote');
    if (scanner.fault === 'escape') return structure('an escape before a character that needs none');
    if (this.afterBrokenQuotes) return structure('a quote in a field, right after a line with broken quotes');
    if (scanner.fields === this.expected) return undefined;
    return structure(`${counted(scanner.fields)}, expected ${this.expected}`);
  }
}

function counted(columns: number): string {
  return columns === 1 ? '1 column' : `${columns} columns`;
}
