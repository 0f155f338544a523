enum Part {
  Minus,
  Zero,
  Whole,
  Point,
  Fraction,
  E,
  ExponentSign,
  Exponent,
}

const COMPLETE = new Set([Part.Zero, Part.Whole, Part.Fraction, Part.Exponent]);

/** Walks the digits of one number, which the end of a chunk may cut. */
export class JsonNumber {
  private part = Part.Minus;
  private length = 0;
  private fraction = 0;
  private negative = false;
  private small = false;
  private last = 0;

  begin(byte: number): void {
    this.part = byte === 0x2d ? Part.Minus : byte === 0x30 ? Part.Zero : Part.Whole;
    this.length = 1;
    this.fraction = 0;
    this.negative = byte === 0x2d;
    this.small = byte === 0x30;
    this.last = byte;
  }

  /** The index of the first byte that is no longer of the number, or of the end of the chunk. */
  walk(chunk: Buffer, from: number): number {
    let i = from;
    for (; i < chunk.length; i += 1) {
      const byte = chunk[i]!;
      const next = byte >= 0x30 && byte <= 0x39 ? this.afterDigit(byte) : this.afterSign(byte);
      if (next === undefined) break;
      if (next === Part.Fraction) this.fraction += 1;
      if (next === Part.Zero) this.small = true;
      this.part = next;
      this.length += 1;
      this.last = byte;
    }
    return i;
  }

  /** Whether a number may end here. */
  get complete(): boolean {
    return COMPLETE.has(this.part);
  }

  /**
   * Whether a double may not give the text back: 199.00, 1e5, 0.12345678901234567, 0.0000001, -0.
   * Whole numbers of any length are kept as they are.
   */
  get unusual(): boolean {
    if (this.part === Part.Exponent) return true;
    if (this.part === Part.Fraction) {
      const trailingZero = this.fraction > 1 && this.last === 0x30;
      return trailingZero || this.length > 16 || (this.small && this.fraction > 5);
    }
    return this.part === Part.Zero && this.negative;
  }

  private afterDigit(byte: number): Part | undefined {
    switch (this.part) {
      case Part.Minus:
        return byte === 0x30 ? Part.Zero : Part.Whole;
      case Part.Zero:
        return undefined;
      case Part.Whole:
        return Part.Whole;
      case Part.Point:
      case Part.Fraction:
        return Part.Fraction;
      default:
        return Part.Exponent;
    }
  }

  private afterSign(byte: number): Part | undefined {
    const whole = this.part === Part.Zero || this.part === Part.Whole;
    if (byte === 0x2e && whole) return Part.Point;
    if ((byte === 0x65 || byte === 0x45) && (whole || this.part === Part.Fraction)) return Part.E;
    if ((byte === 0x2b || byte === 0x2d) && this.part === Part.E) return Part.ExponentSign;
    return undefined;
  }
}
