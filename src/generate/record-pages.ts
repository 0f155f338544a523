import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Places of records that are remembered; between them is read what has to be passed over. */
const MOST_PLACES = 4096;
const CHUNK = 1 << 16;
const LINE_END = 0x0a;

/** The records of a file that has one a line, by number: without holding them, however many there are. */
export class RecordPages {
  /** Where every `step`-th record begins. */
  private places: number[] = [0];
  private step = 64;
  /** How many records there are. */
  total = 0;

  private constructor(private readonly path: string) {}

  /** Reads the file once, to count its records and remember where some begin. */
  static async open(path: string): Promise<RecordPages> {
    const pages = new RecordPages(path);
    let before = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK * 16 })) {
      const bytes = chunk as Buffer;
      for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) {
        pages.pass(before + at + 1);
      }
      before += bytes.length;
    }
    return pages;
  }

  private pass(nextBegins: number): void {
    this.total += 1;
    if (this.total % this.step !== 0) return;
    this.places.push(nextBegins);
    if (this.places.length < MOST_PLACES) return;
    this.places = this.places.filter((_, i) => i % 2 === 0);
    this.step *= 2;
  }

  /** The records from number `skip`, counted from 0, as the elements of a JSON array. */
  async read(skip: number, limit: number): Promise<Buffer> {
    const count = Math.min(limit, this.total - skip);
    if (count <= 0) return Buffer.alloc(0);
    const place = Math.floor(skip / this.step);
    const file = await open(this.path);
    try {
      const parts: Buffer[] = [];
      let [at, passed] = [this.places[place] ?? 0, place * this.step];
      for (let wanted = true; wanted; ) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, at);
        at += bytesRead;
        const taken = takeLines(buffer.subarray(0, bytesRead), passed, skip, skip + count);
        parts.push(taken.bytes);
        passed = taken.passed;
        wanted = bytesRead > 0 && passed < skip + count;
      }
      return asElements(Buffer.concat(parts));
    } finally {
      await file.close();
    }
  }
}

/** What of some bytes lies in the records from `first` up to, not including, `end`; `passed` records end before them. */
function takeLines(
  bytes: Buffer,
  passed: number,
  first: number,
  end: number,
): { bytes: Buffer; passed: number } {
  let number = passed;
  let from = number >= first ? 0 : bytes.length;
  let to = bytes.length;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) {
    number += 1;
    if (number === first) from = at + 1;
    if (number === end) {
      to = at;
      break;
    }
  }
  return { bytes: bytes.subarray(Math.min(from, to), to), passed: number };
}

/** Lines become elements: a comma where a line ended. */
function asElements(lines: Buffer): Buffer {
  for (let at = lines.indexOf(LINE_END); at >= 0; at = lines.indexOf(LINE_END, at + 1)) lines[at] = 0x2c;
  return lines;
}
