const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const UNIT_SEPARATOR = 0x1f;

/**
 * Makes lines fit for a CSV reader whose one column is the line: a carriage return becomes a tab, which JSON allows
 * and forbids in the same places; a line of nothing gets a blank, as it would be skipped and the lines after it
 * misnumbered; NUL and the separator, which valid JSON never holds, become another control character.
 */
export async function* oneTextALine(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let previous = NEWLINE;
  for await (const chunk of chunks) {
    const safe = Buffer.allocUnsafe(chunk.length * 2);
    let length = 0;
    for (const byte of chunk) {
      if (byte === NEWLINE && previous === NEWLINE) safe[length++] = 0x20;
      safe[length++] = byte === RETURN ? TAB : byte === UNIT_SEPARATOR || byte === 0 ? 0x01 : byte;
      previous = byte;
    }
    yield safe.subarray(0, length);
  }
}
