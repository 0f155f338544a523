import { PamojaError } from '../../kernel/errors.js';
import { escapePattern } from '../../kernel/escape-pattern.js';
import { anyWord, MONTH_WORDS, ORDINALS, WEEKDAY_WORDS } from '../../model/date-words.js';

/** A declared strptime format, and the regular expression that a text has to match before DuckDB reads it. */
export interface DateFormat {
  format: string;
  pattern: string;
  /** The text carries its own zone or offset. */
  zoned: boolean;
  /** Where words may be of other languages than English. */
  words?: DateWords;
}

/** How a text is read whose month is a word: its number goes before all the rest, of which words are left out. */
export interface DateWords {
  /** Matches the whole text; one of its groups is the month. */
  pattern: string;
  month: number;
  /** What is kept of the text, in the words of a replacement. */
  rest: string;
  /** How the number of the month and the rest are read; where no month is a word, the rest alone. */
  format: string;
}

const MONTH_NAME = `(?i:${anyWord(MONTH_WORDS.flat())})`;
const MONTH = `${MONTH_NAME}\\.?`;
const WEEKDAY = `(?i:${anyWord(WEEKDAY_WORDS)})\\.?`;
/** Beside the name of a month. */
const ORDINAL = `(?i:${ORDINALS})?`;

// DuckDB takes `24` for the year 24 where %Y is declared, so each part says how it has to look.
const PARTS: Record<string, string> = {
  Y: '[1-9]\\d{3}',
  y: '\\d{2}',
  m: '\\d{1,2}',
  d: '\\d{1,2}',
  j: '(?:[0-2]?\\d{1,2}|3[0-5]\\d|36[0-5])',
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
  f: '\\d{1,6}',
  g: '\\d{1,3}',
  p: '[AaPp][Mm]',
  b: MONTH,
  B: MONTH,
  a: WEEKDAY,
  A: WEEKDAY,
  z: '[+-]\\d{2}(?::?\\d{2})?',
  Z: '[A-Za-z][A-Za-z0-9_/+-]*',
  '%': '%',
};

const NUMBERS = [...'YymdjHIMSfg'];

/** Where nothing stands between two numbers, each has all its digits: else `1112026` might be several days. */
const WHOLE: Record<string, string> = {
  ...Object.fromEntries(['m', 'd', 'H', 'I', 'M', 'S'].map((part) => [part, '\\d{2}'])),
  j: '(?:[0-2]\\d{2}|3[0-5]\\d|36[0-5])',
};

/** The 366th day, which DuckDB takes for the first of the next year where there is none. */
const LAST_OF_LEAP_YEAR: Record<string, string> = {
  j: '366',
  Y: '(?:[1-9]\\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)',
  y: '(?:0[048]|[2468][048]|[13579][26])',
};

/**
 * Understands `%d/%m/%Y`. Errors: PAM-CFG-003 for a part that is not known, and for a format without a year or with
 * hours of which nobody knows whether they are of the morning.
 */
export function dateFormat(written: string, path: string): DateFormat {
  // Cleaning leaves single spaces in a text, so the format has no others either.
  const format = written.trim().replace(/\s+/g, ' ').replaceAll('%-', '%');
  const pieces = [...format.matchAll(/%(.?)|[^%]+/gs)].map(([text, kind]) => ({ text, kind }));
  const kinds = pieces.flatMap(({ kind }) => kind ?? []);
  const mistake = (what: string, next: string) =>
    new PamojaError('PAM-CFG-003', `The format "${written}" ${what}.`, { where: path, next });
  const unknown = kinds.find((kind) => PARTS[kind] === undefined);
  if (unknown !== undefined) {
    const known = Object.keys(PARTS).map((each) => `%${each}`);
    throw mistake(`has the part "%${unknown}", which is not known`, `Known are: ${known.join(' ')}.`);
  }
  if (!kinds.includes('Y') && !kinds.includes('y'))
    throw mistake('names no year', 'Put %Y (four digits) or %y (two digits) into it.');
  if (kinds.includes('I') && !kinds.includes('p'))
    throw mistake('does not say which half of the day is meant', 'Put %p (AM or PM) behind %I, or write %H.');
  const named = kinds.some((kind) => kind === 'b' || kind === 'B');
  const isNumber = (at: number) => NUMBERS.includes(pieces[at]?.kind ?? '');
  const patternsOf = (special: Record<string, string>) =>
    pieces.map(({ text, kind }, i): string => {
      if (kind === undefined) return escapePattern(text);
      const whole = isNumber(i - 1) || isNumber(i + 1) ? WHOLE[kind] : undefined;
      return special[kind] ?? whole ?? (PARTS[kind] as string);
    });
  const patterns = patternsOf({});
  const zoned = kinds.includes('z') || kinds.includes('Z');
  if (kinds.includes('j'))
    return { format, pattern: `${patterns.join('')}|${patternsOf(LAST_OF_LEAP_YEAR).join('')}`, zoned };
  const parts = pieces.map((piece, i): Part => ({ ...piece, pattern: patterns[i] as string }));
  if (named) for (const part of parts) if (part.kind === 'd') part.behind = ORDINAL;
  const pattern = parts.map((part) => part.pattern + (part.behind ?? '')).join('');
  const words = dateWords(parts);
  return { format, pattern, zoned, ...(words === undefined ? {} : { words }) };
}

interface Part {
  text: string;
  kind: string | undefined;
  pattern: string;
  /** What may stand behind it and says nothing. */
  behind?: string;
}

/** How a text is read whose words DuckDB may not know; nothing where it has none. */
function dateWords(parts: readonly Part[]): DateWords | undefined {
  if (!parts.some(({ kind }) => isWord(kind))) return undefined;
  const kept: string[] = [];
  const rest: string[] = [];
  let [pattern, groups, month, run] = ['', 0, 0, { pattern: '', format: '' }];
  const endRun = () => {
    if (run.pattern === '') return;
    pattern += `(${run.pattern})`;
    rest.push(`\\${++groups}`);
    kept.push(run.format);
    run = { pattern: '', format: '' };
  };
  for (const part of parts) {
    if (isWord(part.kind)) {
      endRun();
      const isMonth = part.kind === 'b' || part.kind === 'B';
      pattern += isMonth ? `(${MONTH_NAME})\\.?` : part.pattern;
      if (isMonth) month = ++groups;
      continue;
    }
    run = { pattern: run.pattern + part.pattern, format: run.format + part.text };
    if (part.behind === undefined) continue;
    endRun();
    pattern += part.behind;
  }
  endRun();
  // A replacement knows nine groups.
  if (groups > 9) return undefined;
  // DuckDB passes over white space at the beginning, and then misses what a format begins with.
  const format = `${month === 0 ? '' : '%m'}|${kept.join('|')}`;
  return { pattern: `^${pattern}$`, month, rest: `|${rest.join('|')}`, format };
}

function isWord(kind: string | undefined): boolean {
  return kind !== undefined && 'aAbB'.includes(kind);
}
