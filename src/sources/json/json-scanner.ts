import { ARRAY, ESCAPES, MAX_DEPTH, OBJECT, PLAIN, State, WATCHED, WORDS } from './json-grammar.js';
import { JsonNumber } from './json-number.js';
import { MemberName } from './member-name.js';

/** What hears of the values that a scanner passes. */
export interface JsonListener {
  /** A value begins with this byte, as the document, or in a container of which more was wanted. True: hear more of it. */
  value(byte: number, offset: number, key: string): boolean;
  /** Whether the name of a member, known by its length in bytes and its first byte, may be one to hear of. */
  wants(length: number, first: number): boolean;
  /** A container of which more was wanted ends; `offset` is behind its bracket. */
  close(offset: number): void;
  /** One JSON a line: a line that is not blank ends. `problem` tells why it is not JSON. */
  line?(problem: string | undefined): void;
}

export interface Problem {
  what: string;
  /** From 1, both; the column counts bytes. */
  line: number;
  column: number;
}

/**
 * Walks JSON as it streams by, chunk after chunk, strictly by RFC 8259, and keeps nothing but the stack of open
 * brackets. DuckDB also takes trailing commas, NaN and Infinity, and never says how many records it should have
 * found: this is the second opinion.
 */
export class JsonScanner {
  /** Bytes seen, and lines begun. */
  offset = 0;
  lineNumber = 1;
  /** One JSON a line: lines that hold nothing, and the bytes of the longest. */
  blankLines = 0;
  longestLine = 0;
  problem: Problem | undefined;
  /** Whether a text holds the escape of NUL, which PostgreSQL cannot store. */
  nul = false;
  /** Whether a number is written so that a double would not give its text back: 199.00, 1e5, 0.12345678901234567. */
  unusualNumber = false;

  private state = State.Value;
  private depth = 0;
  private stack = new Uint8Array(64);
  private blank = true;
  private lineStart = 0;
  private isKey = false;
  private readonly name = new MemberName();
  private key: string | undefined;
  private word = '';
  private wordAt = 0;
  private readonly number = new JsonNumber();
  private hex = 0;
  private hexLeft = 0;
  private highHalf = false;
  private readonly wants = (length: number, first: number) => this.listener.wants(length, first);

  constructor(
    private readonly listener: JsonListener,
    private readonly oneALine: boolean,
  ) {}

  write(chunk: Buffer): void {
    if (this.problem !== undefined) return;
    const end = chunk.length;
    if (this.name.collecting) this.name.resume();
    let i = 0;
    while (i < end) {
      if (this.state === State.Text) {
        while (i < end && PLAIN[chunk[i]!] === 1) i += 1;
        if (i === end) break;
        i = this.inText(chunk, i);
      } else if (this.state === State.Skip) {
        const next = chunk.indexOf(0x0a, i);
        if (next < 0) break;
        i = this.newline(next);
      } else {
        i = this.step(chunk, i, chunk[i]!);
      }
      if (this.problem !== undefined) return;
    }
    if (this.name.collecting) this.name.keep(chunk, end);
    this.offset += end;
  }

  /** The text ends here. */
  end(): void {
    if (this.problem !== undefined) return;
    if (this.oneALine) {
      if (this.offset > this.lineStart) this.endLine(this.offset);
      return;
    }
    if (this.state === State.Number) this.endNumber(0);
    if (this.complete || this.blank) return;
    const open = this.depth === 1 ? 'one bracket is' : `${this.depth} brackets are`;
    const within = this.depth === 0 ? 'in the middle of a value' : `while ${open} open`;
    this.fail(`the document ends ${within}`, 0);
  }

  /** Whether nothing but white space was seen. */
  get empty(): boolean {
    return this.blank;
  }

  private get complete(): boolean {
    return this.state === State.After && this.depth === 0;
  }

  private step(chunk: Buffer, i: number, byte: number): number {
    if (byte === 0x0a && (this.oneALine || this.state <= State.After)) return this.newline(i);
    switch (this.state) {
      case State.Value:
      case State.FirstElement:
      case State.FirstKey:
      case State.Key:
      case State.Colon:
      case State.After:
        if (byte === 0x20 || byte === 0x09 || byte === 0x0d) return i + 1;
        return this.structure(i, byte);
      case State.Escape:
        return this.escape(i, byte);
      case State.LowHalf:
        if (byte !== 0x5c) return this.fail('half of a surrogate pair', i);
        this.state = State.Escape;
        return i + 1;
      case State.Unicode:
        return this.unicode(i, byte);
      case State.Word:
        if (byte !== this.word.charCodeAt(this.wordAt)) return this.fail('an unknown word', i);
        this.wordAt += 1;
        if (this.wordAt === this.word.length) this.state = State.After;
        return i + 1;
      default:
        return this.inNumber(chunk, i);
    }
  }

  private structure(i: number, byte: number): number {
    this.blank = false;
    const open = this.depth === 0 ? 0 : this.stack[this.depth - 1]!;
    switch (this.state) {
      case State.After:
        if (open === 0) return this.fail('more text after the end of the value', i);
        if (byte === 0x2c) {
          this.state = open & OBJECT ? State.Key : State.Value;
          return i + 1;
        }
        if (byte === (open & OBJECT ? 0x7d : 0x5d)) return this.close(i, open);
        return this.fail(`expected a comma or ${open & OBJECT ? '}' : ']'}`, i);
      case State.Colon:
        if (byte !== 0x3a) return this.fail('expected a colon', i);
        this.state = State.Value;
        return i + 1;
      case State.FirstKey:
      case State.Key:
        if (byte === 0x7d && this.state === State.FirstKey) return this.close(i, open);
        if (byte !== 0x22) return this.fail('expected the name of a member', i);
        this.state = State.Text;
        this.isKey = true;
        this.key = undefined;
        if (open & WATCHED) this.name.begin(i + 1);
        return i + 1;
      default:
        if (byte === 0x5d && this.state === State.FirstElement) return this.close(i, open);
        return this.value(i, byte, open);
    }
  }

  private value(i: number, byte: number, open: number): number {
    const starts = byte === 0x7b || byte === 0x5b || byte === 0x22 || byte === 0x2d;
    if (!starts && !(byte in WORDS) && !(byte >= 0x30 && byte <= 0x39)) {
      return this.fail('expected a value', i);
    }
    let wanted = false;
    const named = open & ARRAY || this.depth === 0 ? '' : this.key;
    if ((this.depth === 0 || open & WATCHED) && named !== undefined) {
      wanted = this.listener.value(byte, this.offset + i, named);
    }
    if (byte === 0x22) {
      this.state = State.Text;
      this.isKey = false;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (this.depth === MAX_DEPTH) return this.fail('brackets nested too deep', i);
      if (this.depth === this.stack.length) {
        const deeper = new Uint8Array(this.stack.length * 2);
        deeper.set(this.stack);
        this.stack = deeper;
      }
      this.stack[this.depth] = (byte === 0x7b ? OBJECT : ARRAY) | (wanted ? WATCHED : 0);
      this.depth += 1;
      this.state = byte === 0x7b ? State.FirstKey : State.FirstElement;
    } else if (byte in WORDS) {
      this.word = WORDS[byte]!;
      this.wordAt = 1;
      this.state = State.Word;
    } else {
      this.number.begin(byte);
      this.state = State.Number;
    }
    return i + 1;
  }

  private close(i: number, open: number): number {
    this.depth -= 1;
    this.state = State.After;
    if (open & WATCHED) this.listener.close(this.offset + i + 1);
    return i + 1;
  }

  private inText(chunk: Buffer, i: number): number {
    const byte = chunk[i]!;
    if (byte === 0x5c) {
      this.state = State.Escape;
      if (this.name.collecting) this.name.escape();
      return i + 1;
    }
    if (byte !== 0x22) {
      if (byte === 0x0a && this.oneALine) return this.newline(i);
      return this.fail('a control character within a text', i);
    }
    if (this.name.collecting) this.key = this.name.finish(chunk, i, this.wants);
    this.state = this.isKey ? State.Colon : State.After;
    return i + 1;
  }

  private escape(i: number, byte: number): number {
    if (byte === 0x75) {
      this.state = State.Unicode;
      this.hex = 0;
      this.hexLeft = 4;
      return i + 1;
    }
    if (this.highHalf) return this.fail('half of a surrogate pair', i);
    if (!ESCAPES.has(byte)) return this.fail('an unknown escape', i);
    this.state = State.Text;
    return i + 1;
  }

  private unicode(i: number, byte: number): number {
    const digit = Number.parseInt(String.fromCharCode(byte), 16);
    if (Number.isNaN(digit)) return this.fail('an escape that lacks a digit', i);
    this.hex = this.hex * 16 + digit;
    this.hexLeft -= 1;
    if (this.hexLeft > 0) return i + 1;
    const low = this.hex >= 0xdc00 && this.hex <= 0xdfff;
    if (low !== this.highHalf) return this.fail('half of a surrogate pair', i);
    this.highHalf = this.hex >= 0xd800 && this.hex < 0xdc00;
    if (this.hex === 0) this.nul = true;
    this.state = this.highHalf ? State.LowHalf : State.Text;
    return i + 1;
  }

  private inNumber(chunk: Buffer, from: number): number {
    const i = this.number.walk(chunk, from);
    if (i < chunk.length) this.endNumber(i);
    return i;
  }

  private endNumber(i: number): void {
    if (!this.number.complete) {
      this.fail('a number that lacks a digit', i);
      return;
    }
    if (this.number.unusual) this.unusualNumber = true;
    this.state = State.After;
  }

  private newline(i: number): number {
    if (this.oneALine) this.endLine(this.offset + i);
    this.lineNumber += 1;
    this.lineStart = this.offset + i + 1;
    return i + 1;
  }

  /** One JSON a line: what was begun ends here, whole or not. */
  private endLine(offset: number): void {
    if (this.blank) this.blankLines += 1;
    this.longestLine = Math.max(this.longestLine, offset - this.lineStart);
    if (this.state === State.Number) this.endNumber(0);
    if (!this.blank && this.state !== State.Skip) {
      this.listener.line?.(this.complete ? undefined : 'the line ends in the middle of a value');
    }
    this.state = State.Value;
    this.depth = 0;
    this.blank = true;
    this.highHalf = false;
    this.name.collecting = false;
  }

  private fail(what: string, i: number): number {
    if (this.oneALine) {
      this.listener.line?.(what);
      this.state = State.Skip;
      return i;
    }
    this.problem = { what, line: this.lineNumber, column: this.offset + i - this.lineStart + 1 };
    return i;
  }
}
