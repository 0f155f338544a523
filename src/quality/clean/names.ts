import { literal, type Sql, sql } from '../../kernel/sql.js';
import { emptyToNull } from './text.js';

const PARTICLES =
  'van|von|der|den|de|del|di|da|dos|das|du|la|le|ter|ten|zu|bin|binti|bint|ibn|abu|al|el|ole|wa|arap';
const SUFFIX = String.raw`(?:jr|sr)\.?|ii|iii|iv`;

const ONE_WORD = literal('[^ ,]+');
const TWO_WORDS = literal('[^ ,]+ [^ ,]+');
// "Kamau, Peter", but not "Peter Kamau, Jr.".
const TURNED = literal('([^,]+), ?([^,]+)');
const ONLY_SUFFIX = literal(`(?i)[^,]+, ?(?:${SUFFIX})`);
// The given names are as short as they can be, so that particles and a suffix stay with the family name.
const STRAIGHT = literal(String.raw`(?i)^(\S+(?: \S+)*?) ((?:(?:${PARTICLES}) )*\S+(?:,? (?:${SUFFIX}))?)$`);

/** All names but the family's: "Peter" of "Peter wa Njoroge" and of "wa Njoroge, Peter". A single word is one. */
export function givenNames(name: Sql): Sql {
  return emptyToNull(
    sql`CASE WHEN regexp_full_match(${name}, ${ONE_WORD}) THEN ${name} WHEN regexp_full_match(${name}, ${TWO_WORDS}) THEN split_part(${name}, ' ', 1) ${turned(name, 2)} WHEN NOT contains(${name}, ' ') THEN ${name} ELSE regexp_extract(${name}, ${STRAIGHT}, 1) END`,
  );
}

/** The last name with the particles before it, "van der Berg"; NULL where there is a single word. */
export function familyName(name: Sql): Sql {
  return emptyToNull(
    sql`CASE WHEN regexp_full_match(${name}, ${ONE_WORD}) THEN NULL WHEN regexp_full_match(${name}, ${TWO_WORDS}) THEN split_part(${name}, ' ', 2) ${turned(name, 1)} ELSE regexp_extract(${name}, ${STRAIGHT}, 2) END`,
  );
}

function turned(name: Sql, group: number): Sql {
  return sql`WHEN regexp_full_match(${name}, ${TURNED}) AND NOT regexp_full_match(${name}, ${ONLY_SUFFIX}) THEN trim(regexp_extract(${name}, ${TURNED}, ${group}))`;
}

/** The nth part of a text, from 1; NULL where there is none. */
export function nthPart(text: Sql, by: string, n: number): Sql {
  return emptyToNull(sql`trim(split_part(${text}, ${literal(by)}, ${n}))`);
}
