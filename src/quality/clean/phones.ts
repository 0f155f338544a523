import { joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { NUMBERING_PLANS, type NumberingPlan } from './numbering-plans.js';
import type { Reader } from './reader.js';

const PUNCTUATION = literal(' ().-/\u2010\u2011\u2012\u2013\u2212');
// The apostrophe with which a spreadsheet keeps a text, a label before the number, an extension behind it, and the ".0" of a number that was once kept as a float.
const AROUND = literal(
  String.raw`(?i)^'|^(?:tel|phone|mobile|mob|cell|simu|whatsapp|wa)\b[.: ]*|[ ,;]*(?:x|ext\.?|extension|#|;ext=) ?\d{1,6}$`,
);
const FLOATED = literal(String.raw`\d{9,15}\.0`);
const BETWEEN = String.raw` ?(?:[/,;|&]|\bor\b|\bna\b|\bau\b) ?`;
const SEVERAL = literal(BETWEEN);
const FIRST = literal(`^(.*?)${BETWEEN}`);
const SECOND = literal(`^.*?${BETWEEN}(.*?)(?:${BETWEEN}.*)?$`);
const SIDE_BY_SIDE = literal(String.raw`^(\+?\d{9,13}) \+?\d{9,13}$`);
const SEVEN_DIGITS = literal('(?:[0-9][^0-9]*){7}');
const ALONE = literal('[0-9+(). \u2010-\u2013\u2212-]+');
const PREFIXED = literal(String.raw`^\(?(?:\+|00)`);
// The countries behind +1 and +7 have eleven digits, so +712345678 is no number, but one of Kenya that lost its code.
const FOREIGN = literal(String.raw`^(?:\+|00)([17]\d{10}|[2-689]\d{7,14})$`);
const HIDDEN = literal(String.raw`(?i)\*\*|\d[ -]*[x*#•…?]{2,}|[x*#•]{2,}[ -]*\d|[•…]`);
const DAMAGED = literal(String.raw`[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+`);

/** Why a number that a spreadsheet wrote as 2.54713E+11 is none. */
export const LOST_DIGITS =
  'lost its digits in a spreadsheet, which kept it as a rounded number; export the column as text';

/** Phone numbers in E.164, such as +254712345678; numbers without a prefix are those of the home country. */
export function phones(country: string): Reader {
  const plan = NUMBERING_PLANS[country.toUpperCase()];
  return {
    read: (text) => (plan === undefined ? longWay(text, foreign) : atHome(text, plan)),
    refusals: (text) => [
      {
        when: sql`regexp_matches(${text}, ${HIDDEN})`,
        reason: 'is masked, and identifies nobody',
        code: 'masked',
      },
      {
        when: sql`regexp_full_match(${text}, ${DAMAGED})`,
        reason: LOST_DIGITS,
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
  const national = literal(`${trunk}(?:${plan.mobile})`);
  const international = literal(`\\+${code}(?:${plan.mobile})`);
  const joinedUp = sql`replace(${text}, ' ', '')`;
  // The ways in which nearly all numbers are kept, the last of them with blanks; what is left goes the long way.
  return sql`CASE WHEN regexp_full_match(${text}, ${national}) THEN ${literal(`+${code}`)} || substr(${text}, ${trunk.length + 1}) WHEN regexp_full_match(${text}, ${international}) THEN ${text} WHEN starts_with(${text}, ${literal(`+${code} `)}) AND regexp_full_match(${joinedUp}, ${international}) THEN ${joinedUp} ELSE ${longWay(text, (one) => homeOrForeign(one, plan))} END`;
}

/** The first number that can be read where there are several, without what stands around it. */
function longWay(text: Sql, readOne: (one: Sql) => Sql): Sql {
  const bare = sql`trim(regexp_replace(${text}, ${AROUND}, '', 'g'))`;
  const parts = [FIRST, SECOND].map((part) => {
    const found = sql`regexp_extract(${text}, ${part}, 1)`;
    return readOne(sql`trim(regexp_replace(${found}, ${AROUND}, '', 'g'))`);
  });
  const beside = readOne(sql`regexp_extract(${text}, ${SIDE_BY_SIDE}, 1)`);
  const one = sql`coalesce(${readOne(text)}, CASE WHEN regexp_full_match(${text}, ${SIDE_BY_SIDE}) THEN ${beside} END)`;
  return sql`CASE WHEN regexp_full_match(${text}, ${ALONE}) AND NOT ends_with(${text}, '.0') THEN ${one} WHEN NOT regexp_matches(${text}, ${SEVEN_DIGITS}) THEN NULL WHEN regexp_matches(${text}, ${SEVERAL}) THEN coalesce(${readOne(text)}, ${joined(parts)}) WHEN regexp_full_match(${text}, ${FLOATED}) THEN ${readOne(sql`left(${text}, -2)`)} ELSE ${readOne(bare)} END`;
}

function homeOrForeign(text: Sql, plan: NumberingPlan): Sql {
  const { code, trunk, mobile, fixed } = plan;
  const prefix = `(?:(?:\\+|00)?${code}${trunk}?|${trunk})`;
  const digits = sql`translate(${text}, ${PUNCTUATION}, '')`;
  const isHome = sql`regexp_full_match(${digits}, ${literal(`${prefix}(?:${mobile}|${fixed})|(?:${mobile})`)})`;
  const national = sql`regexp_extract(${digits}, ${literal(`^${prefix}?((?:${mobile}|${fixed}))$`)}, 1)`;
  const claimsHome = sql`regexp_matches(${text}, ${literal(`^\\(?(?:\\+|00) ?${code}`)})`;
  return sql`CASE WHEN ${isHome} THEN CASE WHEN ${isStrange(text, digits, claimsHome, plan)} THEN NULL ELSE ${literal(`+${code}`)} || ${national} END WHEN ${claimsHome} THEN NULL ELSE ${foreign(text)} END`;
}

/** "0621-08460" is a number of Mannheim, though its digits might be one of Kenya, where area codes are shorter. */
function isStrange(text: Sql, digits: Sql, claimsHome: Sql, { trunk, strange, mobile }: NumberingPlan): Sql {
  if (strange === undefined) return sql`false`;
  const ofMobile = sql`regexp_full_match(${digits}, ${literal(`${trunk}(?:${mobile})`)})`;
  return sql`regexp_matches(${text}, ${literal(strange.any)}) OR (regexp_matches(${text}, ${literal(strange.fixed)}) AND NOT starts_with(${text}, '(0)') AND NOT ${claimsHome} AND NOT ${ofMobile})`;
}

/** A number of any country, with + or 00 before it; "+44 (0)20" is dialled without its bracket. */
function foreign(text: Sql): Sql {
  const digits = sql`translate(replace(${text}, '(0)', ''), ${PUNCTUATION}, '')`;
  return sql`CASE WHEN regexp_matches(${text}, ${PREFIXED}) THEN nullif('+' || regexp_extract(${digits}, ${FOREIGN}, 1), '+') END`;
}
