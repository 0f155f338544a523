import type { Doubt } from '../../config/start/doubts.js';
import { displayWidth, fitText } from './display-width.js';
import { printable } from './printable.js';
import { sayMany } from './say-number.js';
import type { View } from './view.js';
import { wrapText } from './wrap-text.js';

/** More are not read on a screen. */
const MOST = 15;
/** Longer guesses are for the file. */
const GUESS = 40;

/** What a guessed configuration is in doubt about, by source: the field, what was taken for it, and why to look. */
export function renderDoubts(doubts: readonly Doubt[], file: string, { width, paint }: View): string[] {
  if (doubts.length === 0) return [];
  const shown = doubts.slice(0, MOST);
  const widest = Math.max(...shown.map(({ of }) => displayWidth(of)));
  const beside = width - 4 - widest - 2 >= 36;
  const indent = ' '.repeat(beside ? 4 + widest + 2 : 6);
  const lines = shown.flatMap(({ source, of, guess, reason }, i) => {
    const nothing = source === null ? 'not set' : 'not mapped';
    const said = wrapText(
      `${guess === null ? nothing : fitText(printable(guess), GUESS, 'middle')} – ${printable(reason)}`,
      width - indent.length,
    );
    const [first = '', ...others] = beside ? said : ['', ...said];
    return [
      ...(i > 0 && shown[i - 1]?.source === source
        ? []
        : [`  ${paint.soft(printable(source ?? 'the project'))}`]),
      `    ${paint.warning(of)}${' '.repeat(widest - displayWidth(of) + 2)}${first}`.trimEnd(),
      ...others.map((line) => indent + line),
    ];
  });
  const more = doubts.length - shown.length;
  return [
    `Please look at ${sayMany(doubts.length, 'guess', 'guesses')}:`,
    '',
    ...lines,
    ...(more > 0 ? [`    … and ${more} more, in the comments of ${file}`] : []),
    '',
  ];
}
