import { literal, type Sql, sql } from '../../kernel/sql.js';
import { CURRENCY, ONLY_CURRENCIES } from './currency-words.js';
import type { Reader, Refusal } from './reader.js';

export interface NumberStyle {
  decimal: '.' | ',';
  /** JSON numbers went through a double, which carries 15 digits exactly. */
  doubles: boolean;
}

// Hyphens, the dash that word processors make of them, the minus sign, and their wide forms.
const MINUS = '[-\u2010-\u2013\u2212\uFE63\uFF0D]';
const SIGN = `(?:${MINUS}|\\+)`;
const SIGNED = literal(`^[^0-9]*${MINUS}`);
// What a text that has passed its test holds from its first digit to its last.
const NUMBER = literal("[0-9][0-9.,' \u2019]*");
const SCIENTIFIC = literal(String.raw`-?\d{1,15}(?:\.\d+)?[eE][+-]?\d{1,2}`);
const SIXTEEN_DIGITS = literal(String.raw`[1-9](?:[.,' ]?\d){15}`);

const WHOLE = { '.': literal("[0-9][0-9,' \u2019]*"), ',': literal("[0-9][0-9.' \u2019]*") };

/** Whole numbers in BIGINT: `1200`, `-7`, `1,200`, `2.00`; never a rounded one. */
export function integers({ decimal }: NumberStyle): Reader {
  const plain = String.raw`[+-]?\d{1,18}`;
  const written = literal(`${SIGN}?(?:${wholePart(decimal)})(?:${point(decimal)}0*)?`);
  return {
    plain,
    read: (text, isPlain = fullMatch(text, plain)) =>
      sql`CASE WHEN ${isPlain} THEN TRY_CAST(${text} AS BIGINT) WHEN regexp_full_match(${text}, ${written}) THEN TRY_CAST(${minusBefore(text)} || ${digits(text, WHOLE[decimal], decimal)} AS BIGINT) END`,
    refusals: () => [{ when: sql`true`, reason: 'is not a whole number' }],
  };
}

/** Numbers in DECIMAL(18,4), exactly as written or not at all: `1,200.50`, `(12.50)`, `12.50-`. */
export function decimals(style: NumberStyle): Reader {
  return exactNumbers(style, { before: '', after: '', behindMinus: '', words: undefined, what: 'a number' });
}

/** Amounts in DECIMAL(18,4), as people write them: `KSh 1,200/=`, `€1.234,56`, `12.50 USD`. */
export function money(style: NumberStyle): Reader {
  return exactNumbers(style, {
    before: `(?:${CURRENCY} ?)?`,
    after: `(?: ?(?:/=|/-|=))?(?: ?${CURRENCY})?`,
    behindMinus: `(?: ?${CURRENCY})?`,
    words: ONLY_CURRENCIES,
    what: 'an amount',
  });
}

/** What may stand around a number. */
interface Surroundings {
  before: string;
  after: string;
  behindMinus: string;
  /** A pattern for the whole text, which says what the words in it may be. */
  words: string | undefined;
  what: string;
}

function exactNumbers(style: NumberStyle, { before, after, behindMinus, words, what }: Surroundings): Reader {
  const { decimal, doubles } = style;
  const body = `(?:${wholePart(decimal)})(?:${point(decimal)}\\d{0,4}0*)?`;
  const start = `(?:${SIGN} ?${before}|${before}(?:${SIGN} ?)?)`;
  const plain = `-?\\d{1,${doubles ? 11 : 14}}(?:${point(decimal)}\\d{1,4})?`;
  const leading = literal(`${start}${body}${after}`);
  // "5.-" is five francs and not minus five, so the minus stands right behind a digit.
  const ending = `(?:${wholePart(decimal)})(?:${point(decimal)}\\d{1,4}0*)?`;
  const negative = literal(
    `${before}${ending}${MINUS}${behindMinus}|${before}\\( ?${before}${body}${after} ?\\)${behindMinus}`,
  );
  // ".5": told apart, for the full stop of "Kshs.5" is none of the number's.
  const pointed = literal(`${start}${point(decimal)}\\d{1,4}0*${after}`);
  const fraction = literal(`${point(decimal)}\\d+`);
  return {
    plain,
    read(text, isPlain = fullMatch(text, plain)) {
      const foreign = words === undefined ? sql`` : sql`WHEN NOT ${fullMatch(text, words)} THEN NULL`;
      const cast = (unsigned: Sql) => sql`TRY_CAST(${unsigned} AS DECIMAL(18,4))`;
      const asIs = decimal === '.' ? text : sql`replace(${text}, ',', '.')`;
      // Programs write 1E2 for a hundred; what has more than four decimals then is not read.
      const scientific = doubles
        ? sql`WHEN regexp_full_match(${text}, ${SCIENTIFIC}) THEN CASE WHEN TRY_CAST(${text} AS DECIMAL(38,18)) = ${cast(text)} THEN ${cast(text)} END`
        : sql``;
      const inexact = doubles ? sql`WHEN regexp_matches(${text}, ${SIXTEEN_DIGITS}) THEN NULL` : sql``;
      return sql`CASE WHEN ${isPlain} THEN ${cast(asIs)} ${inexact} ${scientific} ${foreign} WHEN regexp_full_match(${text}, ${leading}) THEN ${cast(sql`${minusBefore(text)} || ${digits(text, NUMBER, decimal)}`)} WHEN regexp_full_match(${text}, ${negative}) THEN ${cast(sql`'-' || ${digits(text, NUMBER, decimal)}`)} WHEN regexp_full_match(${text}, ${pointed}) THEN ${cast(sql`${minusBefore(text)} || ${digits(text, fraction, decimal)}`)} END`;
    },
    refusals: (text) => [
      ...(doubles ? [inexactDouble(text)] : []),
      {
        when: sql`(regexp_matches(${text}, ${literal(`\\d*${point(decimal)}\\d{4}\\d*[1-9]`)})${doubles ? sql` OR ${tinyExponent(text)}` : sql``})`,
        reason: `has more than four decimals, and rounding would change it; round it in the source or with \`sql\``,
      },
      {
        when: sql`true`,
        reason: `is not ${what} of at most 14 digits and 4 decimals, the decimals behind "${decimal}"`,
      },
    ],
  };
}

function fullMatch(text: Sql, pattern: string): Sql {
  return sql`regexp_full_match(${text}, ${literal(pattern)})`;
}

/** `1e-5`: its decimals do not show in how it is written. */
function tinyExponent(text: Sql): Sql {
  return sql`(regexp_full_match(${text}, ${SCIENTIFIC}) AND abs(TRY_CAST(${text} AS DOUBLE)) < 1e14)`;
}

function inexactDouble(text: Sql): Refusal {
  return {
    when: sql`regexp_matches(${text}, ${SIXTEEN_DIGITS})`,
    reason:
      'has more than 15 digits, which a JSON number does not carry exactly; write it as a JSON string of at most 15 digits, or as CSV',
  };
}

function point(decimal: '.' | ','): string {
  return decimal === '.' ? '\\.' : ',';
}

/** Digits without grouping, in groups of three that one and the same character separates, or as in India: `1,25,000`. */
function wholePart(decimal: '.' | ','): string {
  const separators = [decimal === '.' ? ',' : '\\.', ' ', "['\u2019]"];
  const grouped = separators.map((separator) => `[1-9]\\d{0,2}(?:${separator}\\d{3})+`);
  if (decimal === '.') grouped.push('[1-9]\\d?(?:,\\d{2})+,\\d{3}');
  return `${grouped.join('|')}|\\d+`;
}

/** The first piece of the text that fits the pattern, in SQL's notation of numbers. */
function digits(text: Sql, pattern: Sql, decimal: '.' | ','): Sql {
  // `translate` makes the first character the point, and drops the others, which have nothing to become.
  const from = decimal === '.' ? ".,' \u2019" : ",.' \u2019";
  return sql`translate(regexp_extract(${text}, ${pattern}), ${literal(from)}, '.')`;
}

function minusBefore(text: Sql): Sql {
  return sql`CASE WHEN regexp_matches(${text}, ${SIGNED}) THEN '-' ELSE '' END`;
}
