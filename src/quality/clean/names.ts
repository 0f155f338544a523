import { literal, type Sql, sql } from '../../kernel/sql.js';
import { emptyToNull } from './text.js';

const PARTICLES =
  'van|von|der|den|de|del|di|da|dos|das|du|la|le|ter|ten|zu|bin|binti|bint|ibn|abu|al|el|ole|wa|arap';
const SUFFIX = String.raw`(?:jr|sr)\.?|ii|iii|iv`;
const FAMILY = String.raw`(?:(?:${PARTICLES}) )*\S+`;

const TWO_WORDS = literal('[^ ,]+ [^ ,]+');
// The given names are as short as they can be, so that particles and a suffix stay with the family name.
const FORMS = [
  `([^ ,]+(?: [^ ,]+)*?) (${FAMILY},? (?:${SUFFIX}))`, // Peter Kamau, Jr.
  '([^,]+), ?([^,]+)', // Kamau, Peter
  String.raw`(\S+(?: \S+)*?) (${FAMILY})`, // Peter wa Kamau
  '(.*)', // Peter
];
const NAME = literal(`(?i)^(?:${FORMS.join('|')})$`);
// The groups of the forms in the order above; those of the other forms are empty.
const GIVEN = literal(String.raw`\1\4\5\7`);
const FAMILIES = literal(String.raw`\2\3\6`);

/** All names but the family's: "Peter" of "Peter wa Njoroge" and of "wa Njoroge, Peter". A single word is one. */
export function givenNames(name: Sql): Sql {
  return partOfName(name, 1, GIVEN);
}

/** The last name with the particles before it, "van der Berg"; NULL where there is a single word. */
export function familyName(name: Sql): Sql {
  return partOfName(name, 2, FAMILIES);
}

function partOfName(name: Sql, word: number, groups: Sql): Sql {
  // DuckDB computes `name` once for all its places here, since the first condition always needs it.
  const part = sql`CASE WHEN regexp_full_match(${name}, ${TWO_WORDS}) THEN split_part(${name}, ' ', ${word}) ELSE trim(regexp_replace(${name}, ${NAME}, ${groups})) END`;
  return emptyToNull(part);
}

/** The nth part of a text, from 1; NULL where there is none. */
export function nthPart(text: Sql, by: string, n: number): Sql {
  return emptyToNull(sql`trim(split_part(${text}, ${literal(by)}, ${n}))`);
}
