// Colour codes take no place.
const CODES = /\u001b\[[\d;?]*[A-Za-z]/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ONLY_ASCII = /^[\x20-\x7e]*$/;
const PIECE = 256;
// Made by the first text that is not ASCII: it takes longer than most commands need for all they write.
let graphemes: Intl.Segmenter | undefined;

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  const bare = text.replace(CODES, '');
  if (ONLY_ASCII.test(bare)) return bare.length;
  let width = 0;
  for (const part of partsOf(bare)) width += WIDE.test(part) ? 2 : 1;
  return width;
}

/** Cuts a text without colour codes to a width, in the end or in the middle, and says so with an ellipsis. */
export function fitText(text: string, width: number, cut: 'end' | 'middle' = 'end'): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  if (cut === 'end') return `${take(partsOf(text), width - 1)}…`;
  const parts = [...partsOf(text)];
  const tail = Math.ceil((width - 1) / 2);
  const end = take([...parts].reverse(), tail, true);
  return `${take(parts, width - 1 - displayWidth(end))}…${end}`;
}

/** The characters as they are seen, a piece of the text at a time: each segment of Intl carries the whole of its input. */
function* partsOf(text: string): Generator<string, void, undefined> {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (let start = 0; start < text.length; ) {
    const piece = text.slice(start, start + PIECE);
    const parts = [...graphemes.segment(piece)].map(({ segment }) => segment);
    // The end of the piece may have cut the last one.
    if (parts.length > 1 && start + PIECE < text.length) parts.pop();
    for (const part of parts) {
      yield part;
      start += part.length;
    }
  }
}

function take(parts: Iterable<string>, width: number, backwards = false): string {
  let taken = '';
  let used = 0;
  for (const part of parts) {
    used += displayWidth(part);
    if (used > width) break;
    taken = backwards ? part + taken : taken + part;
  }
  return taken;
}
