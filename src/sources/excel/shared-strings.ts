import { PamojaError } from '../../kernel/errors.js';
import type { SourceFile } from '../bytes/files.js';
import { readPart } from './xml-part.js';
import { withoutEscapes } from './xml-scanner.js';
import type { ZipArchive } from './zip-archive.js';

/** A million rows of ten texts each, no two the same, take less. */
const LARGEST = 256 << 20;

/** The texts that cells share, as bytes in one block outside JavaScript's heap: an eighth of what strings take. */
export class SharedStrings {
  private bytes = Buffer.allocUnsafe(1 << 16);
  private used = 0;
  /** Where each text ends. */
  private ends = new Uint32Array(1 << 12);
  private count = 0;

  /** Errors: PAM-SRC-007 damaged, PAM-SRC-011 where the texts take more than 256 MB. */
  static async read(archive: ZipArchive, file: SourceFile, part: string | undefined): Promise<SharedStrings> {
    const strings = new SharedStrings();
    if (part === undefined) return strings;
    let text = '';
    let inText = false;
    let reading = 0;
    await readPart(
      archive,
      file,
      part,
      {
        open(name) {
          if (name === 'si') text = '';
          // How to pronounce a text is no part of it.
          else if (name === 'rPh') reading += 1;
          else if (name === 't') inText = reading === 0;
        },
        text(piece) {
          if (!inText) return;
          text += piece;
          if (text.length > LARGEST) throw tooMuch(file);
        },
        close(name) {
          if (name === 't') inText = false;
          else if (name === 'rPh') reading -= 1;
          else if (name === 'si' && !strings.add(withoutEscapes(text))) throw tooMuch(file);
        },
      },
      16 * LARGEST,
    );
    return strings;
  }

  private add(text: string): boolean {
    // Never more than three bytes a unit of UTF-16.
    const room = this.used + text.length * 3;
    if (room > LARGEST) return false;
    if (room > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(room, Math.min(2 * this.bytes.length, LARGEST)));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    if (this.count === this.ends.length) {
      const longer = new Uint32Array(2 * this.count);
      longer.set(this.ends);
      this.ends = longer;
    }
    this.used += this.bytes.write(text, this.used);
    this.ends[this.count] = this.used;
    this.count += 1;
    return true;
  }

  /** The text with a number; undefined where there is none. */
  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    return this.bytes.toString('utf8', index === 0 ? 0 : this.ends[index - 1], this.ends[index]);
  }

  isEmpty(index: number): boolean {
    if (!(index >= 0 && index < this.count)) return false;
    return (index === 0 ? 0 : this.ends[index - 1]) === this.ends[index];
  }
}

function tooMuch(file: SourceFile): PamojaError {
  return new PamojaError('PAM-SRC-011', 'the texts of the workbook take more than 256 MB.', {
    where: file.where,
    next: 'Split the workbook, or save the sheet as CSV.',
  });
}
