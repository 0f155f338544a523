import type { Dialect } from './dialect.js';

/** What is wrong with a record, apart from its number of columns. */
export type Fault = 'none' | 'after-quote' | 'escape' | 'nul';

/** Told of every record, in order. Offsets count from the start of the text; the line end is not in the record. */
export type RecordSink = (scanner: RecordScanner, start: number, end: number) => void;

const LF = 10;
const CR = 13;
const SPACE = 32;

// What has to be looked at within a field; all else is passed over.
const STOP_DELIMITER = 1;
const STOP_LINE = 2;
const STOP_NUL = 3;
const STOP_QUOTE = 4;
const STOP_ESCAPE = 5;

// Where the scanner stands. Plain numbers, because this is looked at for every field.
const RECORD_START = 0;
const FIELD_START = 1;
const SPACE_BEFORE = 2;
const PLAIN = 3;
const QUOTED = 4;
const ESCAPED = 5;
const QUOTE_SEEN = 6;
const CLOSED = 7;
const BROKEN = 8;

/**
 * Finds the records in a CSV text, chunk by chunk, without making a value: an account beside DuckDB's reader.
 * A quote opens a quoted field only at its start (or after one space, as DuckDB has it); in an unquoted field it is
 * a plain character. LF, CRLF and CR end a record. Blank lines are no records.
 */
export class RecordScanner {
  // Of the record that the sink is told of.
  fields = 1;
  fault: Fault = 'none';
  /** Physical line, from 1, on which the record begins. */
  startLine = 1;
  /** Whether an unquoted field holds a quote. */
  strayQuote = false;
  /** Line ends within the record's quoted fields. */
  innerLines = 0;
  /** Physical line on which the last quoted field was opened. */
  quoteLine = 0;

  // Of the text so far.
  blankLines = 0;
  lf = 0;
  crlf = 0;
  cr = 0;

  private state = RECORD_START;
  private start = 0;
  private base = 0;
  private line = 1;
  private afterCr = false;
  private innerCr = -1;
  private readonly plainStops = new Uint8Array(256);
  private readonly quotedStops = new Uint8Array(256);
  private readonly delimiter: number;
  private readonly quote: number;
  private readonly escaper: number;

  constructor(
    dialect: Dialect,
    private readonly sink: RecordSink,
  ) {
    this.delimiter = dialect.delimiter.charCodeAt(0);
    this.quote = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0);
    this.escaper = dialect.quote === '' ? -1 : dialect.escape.charCodeAt(0);
    for (const stops of [this.plainStops, this.quotedStops]) {
      stops[LF] = STOP_LINE;
      stops[CR] = STOP_LINE;
      stops[0] = STOP_NUL;
    }
    this.plainStops[this.delimiter] = STOP_DELIMITER;
    if (this.quote < 0) return;
    this.plainStops[this.quote] = STOP_QUOTE;
    this.quotedStops[this.escaper] = STOP_ESCAPE;
    this.quotedStops[this.quote] = STOP_QUOTE;
  }

  /** Bytes so far. */
  get length(): number {
    return this.base;
  }

  /** Offset at which the record that is not complete began, or where the next one will. */
  get open(): number {
    return this.state === RECORD_START ? this.base : this.start;
  }

  scan(chunk: Uint8Array): void {
    const { plainStops, quotedStops, quote, escaper, delimiter, base } = this;
    const length = chunk.length;
    let state = this.state;
    let i = 0;
    while (i < length) {
      let byte = chunk[i]!;
      switch (state) {
        case RECORD_START:
          if (byte === LF || byte === CR) {
            this.emptyLine(byte);
            i += 1;
          } else {
            this.begin(base + i);
            state = FIELD_START;
          }
          break;
        case FIELD_START:
        case SPACE_BEFORE:
          if (byte === quote) {
            this.quoteLine = this.line;
            state = QUOTED;
            i += 1;
          } else if (byte === SPACE && state === FIELD_START && delimiter !== SPACE) {
            state = SPACE_BEFORE;
            i += 1;
          } else state = PLAIN;
          break;
        case PLAIN: {
          let stop = plainStops[byte]!;
          while (stop === 0) {
            i += 1;
            if (i === length) break;
            byte = chunk[i]!;
            stop = plainStops[byte]!;
          }
          if (stop === 0) break;
          if (stop === STOP_DELIMITER) {
            this.fields += 1;
            state = FIELD_START;
          } else if (stop === STOP_LINE) {
            this.finish(base + i, byte);
            state = RECORD_START;
          } else if (stop === STOP_NUL) this.blame('nul');
          else this.strayQuote = true;
          i += 1;
          break;
        }
        case QUOTED: {
          let stop = quotedStops[byte]!;
          while (stop === 0) {
            i += 1;
            if (i === length) break;
            byte = chunk[i]!;
            stop = quotedStops[byte]!;
          }
          if (stop === 0) break;
          if (stop === STOP_QUOTE) state = QUOTE_SEEN;
          else if (stop === STOP_ESCAPE) state = ESCAPED;
          else if (stop === STOP_NUL) this.blame('nul');
          else this.innerLine(base + i, byte);
          i += 1;
          break;
        }
        case ESCAPED:
          // Before a line end it stands for that line end; before any other character DuckDB would drop it.
          if (byte === quote || byte === escaper) i += 1;
          else if (byte !== LF && byte !== CR) this.blame('escape');
          state = QUOTED;
          break;
        case BROKEN:
          // What the quotes in the rest of the line mean is anybody's guess; the next line is a new record.
          while (byte !== LF && byte !== CR) {
            i += 1;
            if (i === length) break;
            byte = chunk[i]!;
          }
          if (i === length) break;
          this.finish(base + i, byte);
          state = RECORD_START;
          i += 1;
          break;
        default:
          if (byte === quote && state === QUOTE_SEEN && escaper === quote) {
            state = QUOTED;
            i += 1;
          } else if (byte === delimiter) {
            this.fields += 1;
            state = FIELD_START;
            i += 1;
          } else if (byte === LF || byte === CR) {
            this.finish(base + i, byte);
            state = RECORD_START;
            i += 1;
          } else if (byte === SPACE) {
            state = CLOSED;
            i += 1;
          } else {
            this.blame('after-quote');
            state = BROKEN;
          }
      }
    }
    this.state = state;
    this.base = base + length;
  }

  /** Ends the text. Gives the line of a quote that was opened and never closed. */
  end(): number | undefined {
    if (this.state === QUOTED || this.state === ESCAPED) return this.quoteLine;
    if (this.state !== RECORD_START) this.finish(this.base, undefined);
    this.state = RECORD_START;
    return undefined;
  }

  private begin(offset: number): void {
    this.afterCr = false;
    this.start = offset;
    this.startLine = this.line;
    this.fields = 1;
    this.fault = 'none';
    this.strayQuote = false;
    this.innerLines = 0;
  }

  private blame(fault: Fault): void {
    // Broken quotes also say something of the record that follows, so they outweigh a NUL.
    if (this.fault === 'none' || this.fault === 'nul') this.fault = fault;
  }

  private finish(end: number, lineEnd: number | undefined): void {
    this.sink(this, this.start, end);
    if (lineEnd !== undefined) this.endLine(lineEnd);
  }

  private emptyLine(byte: number): void {
    if (byte === LF && this.afterCr) {
      this.afterCr = false;
      this.cr -= 1;
      this.crlf += 1;
      return;
    }
    this.blankLines += 1;
    this.endLine(byte);
  }

  private endLine(byte: number): void {
    this.line += 1;
    this.afterCr = byte === CR;
    if (byte === LF) this.lf += 1;
    else this.cr += 1;
  }

  private innerLine(offset: number, byte: number): void {
    if (byte === LF && this.innerCr === offset - 1) return;
    if (byte === CR) this.innerCr = offset;
    this.line += 1;
    this.innerLines += 1;
  }
}
