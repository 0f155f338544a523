import { joined, literal, type Sql, sql } from '../../kernel/sql.js';

/** A list of known texts and what each stands for. */
export interface Vocabulary {
  /** True where the text is on the list. */
  knows(text: Sql): Sql;
  /** What the text stands for, NULL where it is not on the list. */
  meaning(text: Sql): Sql;
}

/**
 * A vocabulary of texts that are compared exactly. `meanings` are constant expressions of one type.
 * A cast to an ENUM looks a text up by its hash, however long the list is.
 */
export function exactVocabulary(entries: ReadonlyMap<string, Sql>): Vocabulary {
  const keys = sql`ENUM (${joined([...entries.keys()].map(literal))})`;
  const meanings = sql`[${joined([...entries.values()])}]`;
  const code = (text: Sql) => sql`TRY_CAST(${text} AS ${keys})`;
  return {
    knows: (text) => sql`${code(text)} IS NOT NULL`,
    meaning: (text) => sql`(${meanings})[enum_code(${code(text)})::INTEGER + 1]`,
  };
}

/** A vocabulary whose texts are compared without case and accents. */
export function foldedVocabulary(entries: ReadonlyMap<string, Sql>): Vocabulary {
  const folded = exactVocabulary(new Map([...entries].map(([text, meaning]) => [fold(text), meaning])));
  const inSql = (text: Sql) => sql`lower(strip_accents(${text}))`;
  return { knows: (text) => folded.knows(inSql(text)), meaning: (text) => folded.meaning(inSql(text)) };
}

/** The same folding as DuckDB's `lower(strip_accents(text))`, since an ENUM takes no expression. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
}
