import type { Writable } from 'node:stream';
import { makePaint, type Paint, wantsColour } from './terminal/paint.js';
import { printableJson } from './terminal/printable.js';

/** Where a command writes; after the reader has left, or where there is no room, what is written goes nowhere. */
export interface Output {
  write(text: string | Uint8Array): void;
  line(text?: string): void;
  /** Waits until the reader has taken what was written; false where it has left. */
  drained(): Promise<boolean>;
  /** Why what was written is lost, other than that the reader left: a full disk. */
  readonly lost?: NodeJS.ErrnoException | undefined;
  readonly isTty: boolean;
  /** Columns of the terminal; 100 where there is none. */
  readonly width: number;
  readonly rows: number;
  /** For what is written here. */
  readonly paint: Paint;
}

type Stream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** What writing to a closed pipe or a closed terminal gives, system by system. */
const GONE = ['EPIPE', 'EOF', 'EIO', 'ECONNRESET'];

/** An output on a stream. A reader that left, as `head` does, is no error. A full disk ends no work that is under way. */
export function makeOutput(
  stream: Stream,
  env: Record<string, string | undefined>,
  noColour: boolean,
): Output {
  let left = false;
  let lost: NodeJS.ErrnoException | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE.includes(error.code ?? '')) lost ??= error;
    left = true;
  });
  const write = (text: string | Uint8Array) => {
    if (!left) stream.write(text);
  };
  return {
    write,
    line: (text = '') => write(`${text}\n`),
    drained: () =>
      new Promise((resolve) => {
        if (left) resolve(false);
        else stream.write('', (error) => resolve(!error && !left));
      }),
    get lost() {
      return lost;
    },
    isTty: stream.isTTY === true && env.TERM !== 'dumb',
    get width() {
      return Math.max(40, stream.columns ?? 100);
    },
    get rows() {
      return stream.rows ?? 24;
    },
    paint: makePaint(wantsColour(stream, env, noColour)),
  };
}

/** The same output for JSON, of which no character is one that a terminal would obey. Bytes go as they are. */
export function jsonOutput(out: Output): Output {
  const write: Output['write'] = (text) => out.write(typeof text === 'string' ? printableJson(text) : text);
  return {
    write,
    line: (text = '') => write(`${text}\n`),
    drained: () => out.drained(),
    isTty: out.isTty,
    width: out.width,
    rows: out.rows,
    paint: out.paint,
  };
}
