import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import { type OpenedBytes, type OpenOptions, openBytes } from '../bytes/open-bytes.js';

/** How a CSV file is to be opened: its encoding, and the line in which its names stand. */
export type Opening = Pick<Source, 'encoding' | 'header'>;

/**
 * Opens a CSV file as UTF-8 text. What stands above its header, such as the title of a report, becomes blank lines: no
 * records, and all others keep their numbers. Errors: those of openBytes.
 */
export function openCsv(
  file: SourceFile,
  { encoding, header = 1 }: Opening,
  progress?: OpenOptions['progress'],
): OpenedBytes {
  const opened = openBytes(file, { encoding, progress });
  return header === 1 ? opened : { ...opened, chunks: blankAbove(opened.chunks, header) };
}

const LF = 10;
const CR = 13;

/** Of the lines above a line, nothing but their ends. */
async function* blankAbove(
  chunks: AsyncGenerator<Buffer, void, undefined>,
  line: number,
): AsyncGenerator<Buffer, void, undefined> {
  let [at, afterCr] = [1, false];
  for await (const chunk of chunks) {
    if (at >= line) {
      yield chunk;
      continue;
    }
    const ends: number[] = [];
    let from = 0;
    for (; from < chunk.length && at < line; from++) {
      const byte = chunk[from];
      if (byte === CR || byte === LF) ends.push(byte);
      if (byte === CR || (byte === LF && !afterCr)) at += 1;
      afterCr = byte === CR;
    }
    yield Buffer.concat([Buffer.from(ends), chunk.subarray(from)]);
  }
}
