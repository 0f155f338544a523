import type { Sql } from '../../kernel/sql.js';

/** One way in which a text is not what its field holds. */
export interface Refusal {
  /** DuckDB SQL over the text; asked only where the text was given and could not be read. */
  when: Sql;
  /** Why, as the end of a sentence that begins with the field, without the value. */
  reason: string;
  /** `type` unless told; a masked value is somebody's decision and no mistake, so it is never more than blanked. */
  code?: 'masked';
}

/**
 * How the text of one type of field is read. The text that is passed in is repeated in what comes out, so it is
 * a column, a variable or a literal, never a long expression. It has been through `cleanText`, so that its white
 * space is single plain spaces.
 */
export interface Reader {
  /**
   * The typed value; NULL where the text cannot be read. Never raises an error, whatever the text. `plain` is a column that
   * holds the answer to `plain` of the text.
   */
  read(text: Sql, plain?: Sql): Sql;
  /**
   * The form in which nearly all values are written, so plain that nothing is to be cleaned: a pattern, which the whole
   * of a raw text has or has not. Asked once, it spares a text what is for others.
   */
  plain?: string;
  /** From the most telling to the most general; the last holds for whatever is left. */
  refusals(text: Sql): Refusal[];
}
