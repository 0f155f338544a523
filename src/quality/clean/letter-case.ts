import { literal, type Sql, sql } from '../../kernel/sql.js';
import type { FieldMapping } from '../../model/config.js';

/** A text in the given case. `text` is repeated, so it is a column. */
export function letterCase(text: Sql, wanted: NonNullable<FieldMapping['case']>): Sql {
  if (wanted === 'upper') return sql`upper(${text})`;
  if (wanted === 'lower') return sql`lower(${text})`;
  return titleCase(text);
}

const ALREADY = literal('[A-Z][a-z]*(?: [A-Z][a-z]*)*');
const ONE_WORD = literal('[A-Za-z]+');
const TWO_WORDS = literal('[A-Za-z]+ [A-Za-z]+');
const WORDS = literal('[A-Za-z ]+');
// O'Brien and D'Souza, but Ng'ang'a, Thiong'o and the shop's "Wanjiku's": only a single letter stands before.
const AFTER_APOSTROPHE = literal(String.raw`(^|[^\pL\pN])(\pL['’])(\pL\pL)`);
// No text holds this character: cleaning takes control characters out.
const MARK = '\u001F';
const PIECE = literal(String.raw`[^ \x1F/.,&(-]*[ \x1F/.,&(-]?`);

function titleCase(text: Sql): Sql {
  const first = sql`split_part(${text}, ' ', 1)`;
  const second = sql`split_part(${text}, ' ', 2)`;
  return sql`CASE WHEN regexp_full_match(${text}, ${ALREADY}) THEN ${text} WHEN regexp_full_match(${text}, ${ONE_WORD}) THEN ${capitalised(text)} WHEN regexp_full_match(${text}, ${TWO_WORDS}) THEN ${capitalised(first)} || ' ' || ${capitalised(second)} WHEN regexp_full_match(${text}, ${WORDS}) THEN ${capitalisedAll(sql`string_split(${text}, ' ')`, ' ')} ELSE ${anyTitle(text)} END`;
}

/** Any number of words in any script: a new one begins after a space, hyphen, slash, full stop or bracket. */
function anyTitle(text: Sql): Sql {
  const replaced = sql`regexp_replace(${text}, ${AFTER_APOSTROPHE}, ${literal(`\\1\\2${MARK}\\3`)}, 'g')`;
  const marked = sql`CASE WHEN regexp_matches(${text}, '[''’]') THEN ${replaced} ELSE ${text} END`;
  return sql`replace(${capitalisedAll(sql`regexp_extract_all(${marked}, ${PIECE})`, '')}, ${literal(MARK)}, '')`;
}

function capitalisedAll(words: Sql, between: string): Sql {
  return sql`array_to_string(list_transform(${words}, lambda "word": ${capitalised(sql`"word"`)}), ${literal(between)})`;
}

function capitalised(word: Sql): Sql {
  return sql`upper(substr(${word}, 1, 1)) || lower(substr(${word}, 2))`;
}
