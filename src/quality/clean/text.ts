import { any, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { bindOnce } from './bind-once.js';

// Letters of the usual scripts that Unicode normalisation leaves as they are, and punctuation; no combining marks,
// no control characters, no white space but the plain space.
const STEADY = String.raw`[!-~\x{A1}-\x{AC}\x{AE}-\x{2FF}\x{400}-\x{482}\x{48A}-\x{52F}\x{621}-\x{64A}\x{1200}-\x{135A}\x{2010}-\x{2027}\x{2030}-\x{205E}\x{20A0}-\x{20C0}\x{3041}-\x{3096}\x{30A1}-\x{30FA}\x{4E00}-\x{9FFF}]`;
const PLAIN = literal(`${STEADY}+(?: ${STEADY}+)*`);

// Control characters, soft hyphens, zero-width and direction marks. The joiners U+200C and U+200D stay inside a
// text, where Persian, Hindi and emoji need them.
const UNSEEN = literal(
  String.raw`[\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F\x{AD}\x{180E}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{206F}\x{FEFF}\x{FFF9}-\x{FFFB}]+`,
);
const SPACE = String.raw`\t-\r\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{2800}\x{3000}\x{3164}`;
// A single plain space is left alone, since every replacement costs.
const SPACES = literal(` *[${SPACE}][ ${SPACE}]*|  +`);
const EDGES = literal(' \u200C\u200D');

/**
 * A raw column as clean text: one line, single spaces, no unseen characters, Unicode NFC. NULL where it is empty
 * or one of the words that mean nothing was given, compared without case. Cleaning twice changes nothing.
 */
export function cleanText(column: Sql, nulls: readonly string[]): Sql {
  const withoutNulls = (text: Sql) => sql`CASE WHEN ${isNullWord(text, nulls)} THEN NULL ELSE ${text} END`;
  // Nearly every text is plain; one test settles it without building a new one.
  return sql`CASE WHEN ${column} IS NULL OR ${column} = '' THEN NULL WHEN regexp_full_match(${column}, ${PLAIN}) THEN ${withoutNulls(column)} ELSE ${bindOnce('cleaned', scrubbed(column), withoutNulls)} END`;
}

function scrubbed(column: Sql): Sql {
  const seen = sql`regexp_replace(${column}, ${UNSEEN}, '', 'g')`;
  return sql`nfc_normalize(trim(regexp_replace(${seen}, ${SPACES}, ' ', 'g'), ${EDGES}))`;
}

function isNullWord(text: Sql, nulls: readonly string[]): Sql {
  const words = [...new Set(nulls.map((word) => word.trim()))].filter((word) => word !== '');
  const empty = sql`${text} = ''`;
  if (words.length === 0) return empty;
  // Small letters are as many as capitals: nearly every text is settled by its length.
  const longest = Math.max(...words.map((word) => [...word].length));
  return any([
    empty,
    sql`length(${text}) <= ${longest} AND lower(${text}) IN (${joined(words.map((word) => sql`lower(${literal(word)})`))})`,
  ]);
}

/** Several texts with something between them, those that are NULL left out; NULL where all are. */
export function joinTexts(parts: readonly Sql[], between: string): Sql {
  return emptyToNull(sql`concat_ws(${literal(between)}, ${joined(parts)})`);
}

export function emptyToNull(text: Sql): Sql {
  return sql`nullif(${text}, '')`;
}
