import { displayWidth, fitText } from './display-width.js';

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const ERASE_REST = '\u001b[0K';
const ERASE_BELOW = '\u001b[0J';

/** Lines at the bottom of a terminal that are drawn again and again in the same place. */
export class LiveLines {
  private drawn = 0;

  constructor(
    private readonly stream: { write(text: string): void; readonly width: number; readonly rows: number },
  ) {}

  /** Draws lines over those of before; what does not fit the terminal is cut, the first lines go first. */
  draw(lines: readonly string[]): void {
    const { width, rows } = this.stream;
    const shown = lines.slice(-Math.max(1, rows - 2)).map((line) => cutPainted(line, width - 1));
    const rest = shown.length < this.drawn ? ERASE_BELOW : '';
    this.stream.write(`${HIDE}${this.up()}${shown.map((line) => `${line}${ERASE_REST}\n`).join('')}${rest}`);
    this.drawn = shown.length;
  }

  /** Takes the lines away and leaves the cursor where they began. */
  clear(): void {
    if (this.drawn === 0) return;
    // Line by line: erasing the whole screen at once pushes it into the history of some terminals.
    const blank = `${ERASE_REST}\n`.repeat(this.drawn);
    this.stream.write(`${this.up()}${blank}${this.up()}${SHOW}`);
    this.drawn = 0;
  }

  private up(): string {
    return this.drawn === 0 ? '' : `\u001b[${this.drawn}A`;
  }
}

/** A line that wraps would break the count of lines, so one that is too long loses its colours and its end. */
function cutPainted(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  return fitText(line.replace(/\u001b\[[\d;]*m/g, ''), width);
}
