import { ident, joined, literal, literals, type Sql, sql } from '../kernel/sql.js';

/** How people are addressed is no part of their names. */
const TITLES = ['mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'prof', 'eng', 'hon', 'rev'];

/** A name in small letters without accents, punctuation and titles; a blank between its words. */
function plainName(text: Sql): Sql {
  const letters = sql`regexp_replace(lower(strip_accents(${text})), '[''’‘ʼʻ´\`]', '', 'g')`;
  const words = sql`string_split(trim(regexp_replace(${letters}, '[^\\pL\\pN]+', ' ', 'g')), ' ')`;
  return sql`array_to_string(list_filter(${words}, lambda word: word NOT IN ${literals(TITLES)}), ' ')`;
}

/** The words of a name, each once, in the order of the alphabet: who writes the family first is the same person. */
function sortedWords(plain: Sql): Sql {
  return sql`array_to_string(list_sort(list_distinct(string_split(${plain}, ' '))), ' ')`;
}

/** Two words of plain letters: the form of nearly all names, which spares them the long way. */
const TWO_WORDS = literal('[A-Za-z]+ [A-Za-z]+');

/** Names without case, accents, punctuation and titles, their words in order: "Otieno, Mary" is "Mary Otieno". */
export function wordsOf(fields: readonly Sql[]): Sql {
  const whole = inOne(fields);
  const word = (at: number) => sql`lower(split_part(${whole}, ' ', ${at}))`;
  const [one, two] = [word(1), word(2)];
  return sql`CASE WHEN regexp_full_match(${whole}, ${TWO_WORDS}) AND ${one} NOT IN ${literals(TITLES)} AND ${two} NOT IN ${literals(TITLES)}
    THEN CASE WHEN ${one} = ${two} THEN ${one} ELSE least(${one}, ${two}) || ' ' || greatest(${one}, ${two}) END
    ELSE ${sortedWords(plainName(whole))} END`;
}

function inOne(fields: readonly Sql[]): Sql {
  return sql`concat_ws(' ', ${joined(fields)})`;
}

/** A word of more than one letter, or a number: an initial is a single letter. Words hold nothing but letters and digits. */
const WHOLE = '([^ ]{2,}|\\pN)';
const TWO_WHOLE = literal(`(^| )${WHOLE}( .*)? ${WHOLE}( |$)`);

/** A name of fewer than two whole words is compared with care. */
export function isShort(words: Sql): Sql {
  return sql`(NOT regexp_matches(${words}, ${TWO_WHOLE}))`;
}

/** Whether each word of a name is one of another name, or the first letter of one that it does not spell out. */
export function mayMean(name: Sql, longer: Sql): Sql {
  const [words, others] = [sql`string_split(${name}, ' ')`, sql`string_split(${longer}, ' ')`];
  return sql`len(list_filter(${words}, lambda part: len(list_filter(${others}, lambda word:
    word = part OR (${isInitialOf('part', 'word')} AND NOT list_contains(${words}, word)))) = 0)) = 0`;
}

/** Whether a word, which holds nothing but letters and digits, is a single letter. */
export function isInitial(word: Sql): Sql {
  // Asked for what it is not: the pattern of all digits is compiled four times as fast as that of all letters.
  return sql`(length(${word}) = 1 AND NOT regexp_full_match(${word}, '\\pN'))`;
}

function isInitialOf(letter: string, word: string): Sql {
  return sql`(${isInitial(ident(letter))} AND starts_with(${ident(word)}, ${ident(letter)}))`;
}

/** The word with which a name begins, as it is written. */
export function firstWord(fields: readonly Sql[]): Sql {
  return sql`split_part(${plainName(inOne(fields))}, ' ', 1)`;
}

/**
 * Whether the full name of a table, its `words` in order, is that of another one of which words are left out or only
 * begun: Peter Kamau is Peter Mwangi Kamau. Both must have begun with the same word, among `firsts`: Hassan Ali may well
 * be the father of Amina Hassan Ali.
 */
export function isPartOf(table: string, longer: string): Sql {
  const [one, other] = [ident(table), ident(longer)];
  const beginAlike = sql`len(list_filter(${one}.firsts, lambda part: len(list_filter(${other}.firsts, lambda word:
    word = part OR ${isInitialOf('part', 'word')})) > 0)) > 0`;
  return sql`(${beginAlike} AND ${mayMean(sql`${one}.words`, sql`${other}.words`)})`;
}
