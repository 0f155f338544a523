import { PamojaError } from '../../kernel/errors.js';

const MISSING: [pattern: RegExp, what: string][] = [
  [/^\(\?<?[=!]/, 'looking ahead or behind, (?= (?! (?<= (?<!'],
  [/^\(\?>/, 'atomic groups, (?>'],
  [/^\\[1-9]/, 'back references, \\1'],
  [/^\\k</, 'back references, \\k<name>'],
  [/^(?:\*|\+|\?|\{\d+(?:,\d*)?\})[*+]/, 'two repetitions in a row, such as ** or ++'],
];

// `(?:`, `(?i)`, `(?i:`, `(?P<name>`
const OPENING = /^\(\?(?:[a-zA-Z-]*[:)]|P?<\w+>)/;

/**
 * Refuses a pattern that DuckDB's regular expressions (RE2) cannot take, before a row is read.
 * Errors: PAM-CFG-005.
 */
export function checkPattern(pattern: string, path: string): void {
  const complaint = complaintAbout(pattern);
  if (complaint === undefined) return;
  throw new PamojaError('PAM-CFG-005', `The pattern does not work: ${complaint}.`, {
    where: path,
    next: 'Patterns are RE2 regular expressions; they may match anywhere, unless ^ and $ hold them.',
  });
}

function complaintAbout(pattern: string): string | undefined {
  let open = 0;
  let repeatable = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const missing = MISSING.find(([form]) => form.test(rest));
    if (missing !== undefined) return `it uses ${missing[1]}, which RE2 does not have`;
    const char = pattern[at] as string;
    if (char === '(') {
      open += 1;
      repeatable = false;
      at += (OPENING.exec(rest)?.[0].length ?? 1) - 1;
      if (pattern[at] === ')') open -= 1;
      continue;
    }
    if ('*+?'.includes(char) && !repeatable) return `there is nothing before ${char} that it could repeat`;
    if (char === ')' && --open < 0) return 'a ) has no (';
    if (char === '\\') {
      if (rest.length === 1) return 'it ends in a lone backslash';
      if (!rest.startsWith('\\Q')) at += 1;
      else if (!rest.includes('\\E')) return undefined;
      else at += rest.indexOf('\\E') + 1;
    }
    if (char === '[') {
      const end = endOfClass(pattern, at);
      if (end === undefined) return 'a [ is not closed';
      at = end;
    }
    repeatable = char !== '|';
  }
  return open > 0 ? 'a ( is not closed' : undefined;
}

/** The position of the ] that closes the class; a ] at its beginning is one of its characters. */
function endOfClass(pattern: string, from: number): number | undefined {
  let at = from + 1;
  if (pattern[at] === '^') at += 1;
  if (pattern[at] === ']') at += 1;
  for (; at < pattern.length; at++) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern.startsWith('[:', at) && pattern.includes(':]', at)) at = pattern.indexOf(':]', at) + 1;
    else if (pattern[at] === ']') return at;
  }
  return undefined;
}
