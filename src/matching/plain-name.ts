import { literal, type Sql, sql } from '../kernel/sql.js';

/** How people are addressed is no part of their names. */
export const TITLES = ['mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'prof', 'eng', 'hon', 'rev'];

const TITLE = `(?:${TITLES.join('|')})`;
const AROUND = literal(`^(?:${TITLE} )+|(?: ${TITLE})+$`);

/** A name in small letters without accents, punctuation and titles; a blank between its words. */
export function plainName(text: Sql): Sql {
  const letters = sql`regexp_replace(lower(strip_accents(${text})), '[''’\`]', '', 'g')`;
  const words = sql`trim(regexp_replace(${letters}, '[^\\pL\\pN]+', ' ', 'g'))`;
  return sql`regexp_replace(${words}, ${AROUND}, '', 'g')`;
}

/** The words of a name, each once, in the order of the alphabet: who writes the family first is the same person. */
export function sortedWords(plain: Sql): Sql {
  return sql`array_to_string(list_sort(list_distinct(string_split(${plain}, ' '))), ' ')`;
}
