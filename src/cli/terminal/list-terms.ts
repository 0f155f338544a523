import { displayWidth } from './display-width.js';
import { wrapText } from './wrap-text.js';

/** With less room beside the terms what they mean stands below them. */
const LEAST = 32;

/** Lines that say what terms mean: beside them, all at one column, or where that is too narrow below each. */
export function listTerms(
  terms: readonly (readonly [term: string, means: string])[],
  width: number,
  paint: (term: string) => string = (term) => term,
): string[] {
  const widest = Math.max(...terms.map(([term]) => displayWidth(term)));
  const beside = width - widest - 4 >= LEAST;
  const indent = ' '.repeat(beside ? widest + 4 : 6);
  return terms.flatMap(([term, means]) => {
    const said = wrapText(means, width - indent.length);
    const [first = '', ...others] = beside ? said : ['', ...said];
    const line = `  ${paint(term)}${' '.repeat(widest - displayWidth(term) + 2)}${first}`;
    return [line.trimEnd(), ...others.map((other) => indent + other)];
  });
}
