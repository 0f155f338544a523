import { PamojaError } from '../../kernel/errors.js';
import { escapePattern } from '../../kernel/escape-pattern.js';

/** A declared strptime format, and the regular expression that a text has to match before DuckDB reads it. */
export interface DateFormat {
  format: string;
  pattern: string;
  /** The text carries its own zone or offset. */
  zoned: boolean;
}

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
  b: '\\pL+',
  B: '\\pL+',
  a: '\\pL+',
  A: '\\pL+',
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
  const isNumber = (at: number) => NUMBERS.includes(pieces[at]?.kind ?? '');
  const patternOf = (special: Record<string, string>) =>
    pieces
      .map(({ text, kind }, i) => {
        if (kind === undefined) return escapePattern(text);
        const whole = isNumber(i - 1) || isNumber(i + 1) ? WHOLE[kind] : undefined;
        return special[kind] ?? whole ?? (PARTS[kind] as string);
      })
      .join('');
  const pattern = kinds.includes('j') ? `${patternOf({})}|${patternOf(LAST_OF_LEAP_YEAR)}` : patternOf({});
  return { format, pattern, zoned: kinds.includes('z') || kinds.includes('Z') };
}
