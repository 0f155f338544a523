import { any, ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Source } from '../model/config.js';
import { CURRENCY_CODES } from './clean/currency-words.js';
import { exactVocabulary } from './clean/vocabulary.js';
import type { CompiledField, Rule } from './compiled-field.js';

/** Who says what currency the amounts of a record are in. */
export type ToldCurrency =
  /** Its row: in this column, and where there is none, or nothing in it, by its source. */
  | { by: 'row'; column: string | undefined }
  /** Its whole, which is known when the record is linked: an order in a file of its own, or by its total. */
  | { by: 'whole' }
  /** Nobody but its source. */
  | { by: 'source' };

/** Words that mean one currency only. `Sh` and `$` may be several: see `SHARED`. */
const MEANINGS: Record<string, string[]> = {
  KES: ['ksh', 'kshs'],
  UGX: ['ush', 'ushs'],
  TZS: ['tsh', 'tshs'],
  USD: ['us$'],
  EUR: ['€', 'euro', 'euros'],
  GBP: ['£'],
  NGN: ['₦', 'naira'],
  GHS: ['₵', 'gh₵', 'cedi', 'cedis'],
  INR: ['₹'],
  ZAR: ['rand'],
  ETB: ['birr'],
};

/** Words that mean one of several currencies. They name none, but no other either: `$5` is not five shillings. */
const SHARED: Record<string, string> = {
  $: 'USD AUD CAD NZD HKD SGD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD MOP CVE ARS CLP COP CUP DOP MXN UYU NIO BRL ZWL ZWG WST TOP',
  '¥': 'JPY CNY',
  sh: 'KES UGX TZS SOS',
  rs: 'INR PKR LKR NPR MUR SCR',
  kr: 'SEK NOK DKK ISK',
};

const ONE_OF = exactVocabulary(
  new Map(Object.entries(SHARED).map(([word, codes]) => [word, literal(codes)] as const)),
);

/** Every word that names a currency for certain, in small letters. */
const WORDS = exactVocabulary(
  new Map([
    ...CURRENCY_CODES.map((code) => [code.toLowerCase(), literal(code)] as const),
    ...Object.entries(MEANINGS).flatMap(([code, words]) =>
      words.map((word) => [word, literal(code)] as const),
    ),
  ]),
);

// What the words consist of. All letters there are would be looked for as fast, but compiled ten times as slowly.
const LETTERS = String.raw`A-Za-z\x{C0}-\x{24F}\p{Sc}`;
const FIRST_WORD = literal(`[${LETTERS}]+`);
const LAST_WORD = literal(`([${LETTERS}]+)[^${LETTERS}]*$`);

/** The currency that a written amount names, as its ISO code; NULL where it names none, or none for certain. */
export function currencyOf(text: Sql): Sql {
  return sql`CASE WHEN ${namesNone(text)} THEN NULL ELSE coalesce(${before(text)}, ${behind(text)}) END`;
}

/** A currency that stands in a field of its own, as its ISO code: Stripe writes `usd`. Any other text as it is. */
export function isoCodeOf(text: Sql): Sql {
  return sql`coalesce(${meaning(text)}, ${text})`;
}

/**
 * Whether a written amount names another currency than `own`. Where `own` is `certain`, a word that may mean several
 * speaks against it if it is none of them.
 */
function namesAnother(text: Sql, own: Sql, certain: boolean): Sql {
  return any([
    sql`${before(text)} <> ${own}`,
    sql`${behind(text)} <> ${own}`,
    ...(certain ? [sql`NOT contains(${oneOf(text)}, ${own})`] : []),
  ]);
}

/** Whether a written amount says anything of a currency. */
function namesAny(text: Sql): Sql {
  return any([before(text), behind(text), oneOf(text)].map((word) => sql`${word} IS NOT NULL`));
}

/** What the first word may mean. */
function oneOf(text: Sql): Sql {
  return ONE_OF.meaning(sql`lower(regexp_extract(${text}, ${FIRST_WORD}))`);
}

function namesNone(text: Sql): Sql {
  return sql`${text} IS NULL OR regexp_full_match(${text}, '[-0-9., ]*')`;
}

/** What the first word means. */
function before(text: Sql): Sql {
  return meaning(sql`regexp_extract(${text}, ${FIRST_WORD})`);
}

/** What the last word means, where there may be two of them: `$5 USD` neither begins nor ends in a digit, `KSh 5/=` is no word. */
function behind(text: Sql): Sql {
  return sql`CASE WHEN ord(${text}) BETWEEN 48 AND 57 OR right(${text}, 1) BETWEEN '-' AND '=' THEN NULL ELSE ${meaning(sql`regexp_extract(${text}, ${LAST_WORD}, 1)`)} END`;
}

function meaning(word: Sql): Sql {
  return WORDS.meaning(sql`lower(${word})`);
}

/** Where amounts name another currency than their record has: they would be summed with what they are not. */
export function currencyRules(
  source: Source,
  compiled: readonly CompiledField[],
  told: ToldCurrency,
): Rule[] {
  const known = source.currency === '' ? sql`NULL::VARCHAR` : literal(source.currency);
  const column = told.by === 'row' ? told.column : undefined;
  const own = column === undefined ? known : sql`coalesce(${ident(column)}, ${known})`;
  return compiled
    .filter(({ field }) => field.type === 'money')
    .map(({ field, textColumn, plainColumn }) => {
      const text = ident(textColumn);
      // Nearly all have nothing beside their digits.
      const bare = any([...(plainColumn === undefined ? [] : [ident(plainColumn)]), namesNone(text)]);
      const worded = (broken: Sql) => sql`CASE WHEN ${bare} THEN false ELSE ${broken} END`;
      const rule = {
        code: 'currency',
        field: field.name,
        severity: 'reject' as const,
        reason: 'names another currency than the record',
      };
      if (told.by !== 'whole') return { ...rule, broken: worded(namesAnother(text, own, told.by === 'row')) };
      return {
        ...rule,
        broken: worded(namesAny(text)),
        brokenBeside: (currency: Sql) => worded(namesAnother(text, currency, true)),
      };
    });
}
