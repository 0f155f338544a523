import { PamojaError } from '../../kernel/errors.js';
import type { SourceFile } from '../bytes/files.js';
import { type Header, unclosedQuote } from './header.js';
import { LONGEST_RECORD, RecordJudge, type Verdict } from './record-judge.js';
import { type RecordScanner, RecordScanner as Scanner } from './record-scanner.js';

/** A record that does not pass. `ordinal` counts all records of the file from 1. */
export interface TornRecord extends Verdict {
  ordinal: number;
  /** Physical line on which it begins. */
  line: number;
  text: string;
}

/** Of a torn record no more is kept as text than this many bytes. */
const KEPT = 1 << 20;

const NOTHING = Buffer.alloc(0);

/**
 * Passes the good records of a file on, byte for byte, each ended by a line feed; without header and blank lines.
 * Torn ones are handed to `tear` instead.
 * Errors: PAM-SRC-004 where a torn record has swallowed lines that look like records; those of `chunks`.
 */
export async function* goodRecords(
  file: SourceFile,
  header: Header,
  chunks: AsyncIterable<Buffer>,
  tear: (record: TornRecord) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const passage = new Passage(file, header, tear);
  for await (const chunk of chunks) yield* passage.take(chunk);
  yield* passage.end();
}

class Passage {
  private readonly judge: RecordJudge;
  private readonly scanner: Scanner;
  private headers: number;
  private ordinal = 0;
  /** Pieces of the record that began in an earlier chunk, as long as it is not too long to be good. */
  private held: Buffer[] = [];
  private heldFrom = 0;
  private chunk: Buffer = NOTHING;
  private chunkAt = 0;
  private ready: Buffer[] = [];
  private out: Buffer = NOTHING;
  private used = 0;

  constructor(
    private readonly file: SourceFile,
    private readonly header: Header,
    private readonly tear: (record: TornRecord) => void,
  ) {
    this.judge = new RecordJudge(header.columns.length);
    this.headers = header.inFile ? 1 : 0;
    this.scanner = new Scanner(header.dialect, (record, start, end) => this.pass(record, start, end));
  }

  take(chunk: Buffer): Buffer[] {
    this.chunk = chunk;
    this.chunkAt = this.scanner.length;
    // A record grows by one byte at most: its line end, where the text has none.
    this.out = Buffer.allocUnsafe(chunk.length + 1);
    this.used = 0;
    this.ready = [];
    this.scanner.scan(chunk);
    this.hold();
    return this.passed();
  }

  end(): Buffer[] {
    this.chunk = NOTHING;
    this.chunkAt = this.scanner.length;
    this.out = Buffer.allocUnsafe(1);
    this.used = 0;
    this.ready = [];
    const unclosed = this.scanner.end();
    if (unclosed !== undefined) throw unclosedQuote(this.file, unclosed);
    return this.passed();
  }

  private passed(): Buffer[] {
    return this.used > 0 ? [...this.ready, this.out.subarray(0, this.used)] : this.ready;
  }

  /** Keeps what has come of the record that is not complete. */
  private hold(): void {
    const open = this.scanner.open;
    const from = Math.max(open, this.chunkAt) - this.chunkAt;
    if (open >= this.chunkAt) {
      this.held = [];
      this.heldFrom = open;
    }
    const enough = this.chunkAt + from - this.heldFrom > LONGEST_RECORD;
    if (!enough && from < this.chunk.length) this.held.push(this.chunk.subarray(from));
  }

  private pass(record: RecordScanner, start: number, end: number): void {
    if (this.headers > 0) {
      this.headers -= 1;
      return;
    }
    this.ordinal += 1;
    const verdict = this.judge.judge(record, end - start);
    if (verdict !== undefined) {
      this.refuse(record, verdict, start, end);
      return;
    }
    // Only the first record that ends in a chunk can have begun before it, so what was held comes first.
    if (start < this.chunkAt) this.ready = this.held;
    const from = Math.max(start - this.chunkAt, 0);
    this.used += this.chunk.copy(this.out, this.used, from, end - this.chunkAt);
    this.out[this.used++] = 10;
  }

  private refuse(record: RecordScanner, verdict: Verdict, start: number, end: number): void {
    const line = record.startLine;
    const here = this.chunk.subarray(Math.max(start - this.chunkAt, 0), end - this.chunkAt);
    const pieces = start < this.chunkAt ? [...this.held, here] : [here];
    const bytes = pieces.length === 1 ? here : Buffer.concat(pieces);
    if (record.innerLines > 0 && this.hasSwallowed(bytes)) {
      throw new PamojaError(
        'PAM-SRC-004',
        `a quote that is opened between lines ${line} and ${line + record.innerLines} swallows whole records.`,
        {
          where: this.file.where,
          next: 'Close or remove it, or double the quotes within the value.',
        },
      );
    }
    const spans = record.innerLines > 0 ? `, over ${record.innerLines + 1} lines` : '';
    const cut = bytes.length > KEPT ? '…' : '';
    const text = bytes.toString('utf8', 0, KEPT) + cut;
    this.tear({ ...verdict, reason: verdict.reason + spans, ordinal: this.ordinal, line, text });
  }

  /** Whether a line after the first has as many delimiters as a record: then it may well be one. */
  private hasSwallowed(record: Buffer): boolean {
    const delimiter = this.header.dialect.delimiter.charCodeAt(0);
    let delimiters = -1;
    for (const byte of record) {
      if (byte === 10 || byte === 13) {
        if (delimiters >= this.header.columns.length - 1) return true;
        delimiters = 0;
      } else if (byte === delimiter && delimiters >= 0) delimiters += 1;
    }
    return delimiters >= this.header.columns.length - 1;
  }
}
