import { literals, type Sql, sql } from '../kernel/sql.js';

/** How people are addressed is no part of their names. */
export const TITLES = ['mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'prof', 'eng', 'hon', 'rev'];

/** A name in small letters without accents, punctuation and titles; a blank between its words. */
export function plainName(text: Sql): Sql {
  const letters = sql`regexp_replace(lower(strip_accents(${text})), '[''’‘ʼʻ´\`]', '', 'g')`;
  const words = sql`string_split(trim(regexp_replace(${letters}, '[^\\pL\\pN]+', ' ', 'g')), ' ')`;
  return sql`array_to_string(list_filter(${words}, lambda word: word NOT IN ${literals(TITLES)}), ' ')`;
}

/** The words of a name, each once, in the order of the alphabet: who writes the family first is the same person. */
export function sortedWords(plain: Sql): Sql {
  return sql`array_to_string(list_sort(list_distinct(string_split(${plain}, ' '))), ' ')`;
}

/** A name of which a word is a single letter, or that is a single word or none, is compared with care. */
export function isShort(words: Sql): Sql {
  return sql`(regexp_matches(${words}, '(^| )\\pL( |$)') OR NOT contains(${words}, ' '))`;
}
