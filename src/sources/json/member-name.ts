const LONGEST = 1 << 16;

/** Collects the name of one member, which the end of a chunk may cut. */
export class MemberName {
  collecting = false;
  private start = 0;
  private parts: Buffer[] = [];
  private bytes = 0;
  private escaped = false;

  begin(start: number): void {
    this.collecting = true;
    this.start = start;
    this.bytes = 0;
    this.escaped = false;
    if (this.parts.length > 0) this.parts = [];
  }

  /** The name holds an escape. */
  escape(): void {
    this.escaped = true;
  }

  /** A new chunk begins in the middle of the name. */
  resume(): void {
    this.start = 0;
  }

  keep(chunk: Buffer, end: number): void {
    this.bytes += end - this.start;
    // Nobody maps a name that long; it must not fill the memory either.
    if (this.bytes <= LONGEST) this.parts.push(Buffer.from(chunk.subarray(this.start, end)));
  }

  /**
   * The name, its escapes resolved; nothing where it is longer than any that is mapped, or `wanted` knows by its
   * length in bytes and its first byte that nobody asks for it.
   */
  finish(chunk: Buffer, end: number, wanted: (length: number, first: number) => boolean): string | undefined {
    this.collecting = false;
    const here = this.bytes === 0 && !this.escaped;
    if (here && !wanted(end - this.start, chunk[this.start]!)) return undefined;
    this.keep(chunk, end);
    if (this.bytes > LONGEST) return undefined;
    const [first] = this.parts;
    const text = (this.parts.length === 1 ? first! : Buffer.concat(this.parts)).toString('utf8');
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }
}
