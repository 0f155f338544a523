import type { Finding } from '../../store/doctor/finding.js';
import { printable } from './printable.js';
import { sayCount } from './say-number.js';
import type { View } from './view.js';
import { wrapText } from './wrap-text.js';

const WORDS = { ok: 'fine', warn: 'look', fail: 'wrong' } as const;

/** What the doctor found, a line each; under what is wrong, what to do about it. */
export function renderFindings(findings: readonly Finding[], { width, paint }: View): string[] {
  const paints = { ok: paint.good, warn: paint.warning, fail: paint.bad };
  const widest = Math.max(0, ...findings.map(({ name }) => name.length));
  const indent = ' '.repeat(2 + 5 + 2 + widest + 2);
  const room = Math.max(30, width - indent.length);
  const lines = findings.flatMap(({ name, state, detail, next }) => {
    const said = wrapText(printable(detail), room);
    const advised = next === undefined ? [] : wrapText(printable(next), room);
    const word = paints[state](WORDS[state]) + ' '.repeat(5 - WORDS[state].length);
    return [
      ...said.map((line, i) => (i === 0 ? `  ${word}  ${name.padEnd(widest)}  ${line}` : indent + line)),
      ...advised.map((line) => indent + paint.command(line)),
    ];
  });
  return ['', paint.finding(sentence(findings)), '', ...lines, ''];
}

function sentence(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ state }) => state === 'fail').length;
  const doubtful = findings.filter(({ state }) => state === 'warn').length;
  if (wrong > 0) return wrong === 1 ? 'One thing is wrong.' : `${sayCount(wrong)} things are wrong.`;
  if (doubtful === 0) return 'All is well.';
  return `Nothing is wrong; ${doubtful === 1 ? 'one thing needs' : `${sayCount(doubtful)} things need`} a look.`;
}
