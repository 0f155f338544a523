import { literal, type Sql, sql } from '../../kernel/sql.js';
import { bindOnce } from './bind-once.js';
import { NUMBERING_PLANS, type NumberingPlan } from './numbering-plans.js';
import type { Reader } from './reader.js';

const PUNCTUATION = literal(' ().-/\u2010\u2011\u2012\u2013\u2212');
// A label before the number, an extension behind it, and the ".0" of a number that was once kept as a float.
const AROUND = literal(
  String.raw`(?i)^(?:tel|phone|mobile|mob|cell|simu|whatsapp|wa)\b[.: ]*|[ ,;]*(?:x|ext\.?|extension|#|;ext=) ?\d{1,6}$`,
);
const FLOATED = literal(String.raw`\d{9,15}\.0`);
const BETWEEN = String.raw` ?(?:[/,;|&]|\bor\b|\bna\b|\bau\b) ?`;
const SEVERAL = literal(BETWEEN);
const FIRST = literal(`^(.*?)${BETWEEN}`);
const SECOND = literal(`^.*?${BETWEEN}(.*?)(?:${BETWEEN}.*)?$`);
const SIDE_BY_SIDE = literal(String.raw`^(\+?\d{9,13}) \+?\d{9,13}$`);
const FOREIGN = literal(String.raw`^(?:\+|00)([1-9]\d{7,14})$`);
const HIDDEN = literal(String.raw`(?i)\*\*|\d[ -]*[x*#•…?]{2,}|[x*#•]{2,}[ -]*\d|[•…]`);
const DAMAGED = literal(String.raw`[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+`);

/** Phone numbers in E.164, such as +254712345678; numbers without a prefix are those of the home country. */
export function phones(country: string): Reader {
  const plan = NUMBERING_PLANS[country.toUpperCase()];
  return {
    read: (text) => (plan === undefined ? abroad(text) : atHome(text, plan)),
    refusals: (text) => [
      {
        when: sql`regexp_matches(${text}, ${HIDDEN})`,
        reason: 'is masked, and identifies nobody',
        code: 'masked',
      },
      {
        when: sql`regexp_full_match(${text}, ${DAMAGED})`,
        reason:
          'lost its digits in a spreadsheet, which kept it as a rounded number; export the column as text',
      },
      {
        when: sql`true`,
        reason:
          plan === undefined
            ? `is not a phone number with + and country code, which ${country} needs here`
            : `is not a phone number of ${country.toUpperCase()}, nor one with + and country code`,
      },
    ],
  };
}

function atHome(text: Sql, plan: NumberingPlan): Sql {
  const { code, trunk } = plan;
  const mobile = literal(`(?:${plan.mobile})`);
  const nationalMobile = literal(`${trunk}(?:${plan.mobile})`);
  const full = literal(`\\+${code}(?:${plan.mobile})`);
  const cut = trunk.length + 1;
  // The ways in which nearly all numbers are written; what is left goes the long way.
  return sql`CASE WHEN regexp_full_match(${text}, ${nationalMobile}) THEN ${literal(`+${code}`)} || substr(${text}, ${cut}) WHEN regexp_full_match(${text}, ${full}) THEN ${text} WHEN regexp_full_match(${text}, ${mobile}) THEN ${literal(`+${code}`)} || ${text} ELSE ${longWay(text, (one) => homeOrForeign(one, plan))} END`;
}

function abroad(text: Sql): Sql {
  return longWay(text, foreign);
}

/** Takes off what stands around, and the first number that can be read where there are several. */
function longWay(text: Sql, readOne: (one: Sql) => Sql): Sql {
  const bare = sql`trim(regexp_replace(CASE WHEN regexp_full_match(${text}, ${FLOATED}) THEN left(${text}, -2) ELSE ${text} END, ${AROUND}, '', 'g'))`;
  return bindOnce('bare', bare, (all) => {
    const part = (pattern: Sql) => bindOnce('part', sql`regexp_extract(${all}, ${pattern}, 1)`, readOne);
    return sql`CASE WHEN regexp_matches(${all}, ${SEVERAL}) THEN coalesce(${readOne(all)}, ${part(FIRST)}, ${part(SECOND)}) WHEN regexp_matches(${all}, ${SIDE_BY_SIDE}) THEN ${part(SIDE_BY_SIDE)} ELSE ${readOne(all)} END`;
  });
}

function homeOrForeign(text: Sql, plan: NumberingPlan): Sql {
  const { code, trunk, areaDigits } = plan;
  const national = `(?:${plan.mobile}|${plan.fixed})`;
  const home = literal(`(?:(?:\\+|00)?${code}${trunk}?|${trunk})${national}|(?:${plan.mobile})`);
  const itself = literal(`^(?:(?:\\+|00)?${code}${trunk}?|${trunk})?(${national})$`);
  const isMobile = literal(`(?:(?:\\+|00)?${code}${trunk}?|${trunk})?(?:${plan.mobile})`);
  // "0621-08460" is a number of Mannheim, though its digits might be one of Kenya.
  const strange = (digits: Sql) =>
    areaDigits === undefined
      ? sql`false`
      : sql`regexp_matches(${text}, ${literal(`^\\(?${trunk}(?:\\d{0,${areaDigits - 2}}|\\d{${areaDigits},})[^0-9]`)}) AND NOT starts_with(${text}, '(0)') AND NOT regexp_full_match(${digits}, ${isMobile})`;
  return bindOnce(
    'digits',
    sql`translate(${text}, ${PUNCTUATION}, '')`,
    (digits) =>
      sql`CASE WHEN regexp_full_match(${digits}, ${home}) THEN CASE WHEN ${strange(digits)} THEN NULL ELSE ${literal(`+${code}`)} || regexp_extract(${digits}, ${itself}, 1) END WHEN starts_with(${digits}, ${literal(`+${code}`)}) OR starts_with(${digits}, ${literal(`00${code}`)}) THEN NULL ELSE ${foreign(text)} END`,
  );
}

/** A number of any country, with + or 00 before it; "+44 (0)20" is dialled without its bracket. */
function foreign(text: Sql): Sql {
  const digits = sql`translate(replace(${text}, '(0)', ''), ${PUNCTUATION}, '')`;
  const number = sql`regexp_extract(${digits}, ${FOREIGN}, 1)`;
  return sql`CASE WHEN regexp_matches(${text}, '^\\(?(?:\\+|00)') THEN nullif('+' || ${number}, '+') END`;
}
