import type { Sql } from '../kernel/sql.js';
import type { Field, Severity } from '../model/entity.js';

/** A rule of one field, asked of every record. */
export interface Rule {
  /** Stable code, such as `type`, `required`, `range`, `length`, `pattern`, `allowed`. */
  code: string;
  field: string;
  severity: Severity;
  /** DuckDB SQL: true where the rule is broken. NULL counts as kept. */
  broken: Sql;
  /** Whether it is kept wherever the field has a value: then nearly no record is asked. */
  keptByValue?: boolean;
  /**
   * Where it depends on the whole of a part, `broken` only says who is to be asked when that is known. This is what is
   * asked then, by the currency of the whole: true where the rule is broken.
   */
  brokenBeside?: (currency: Sql) => Sql;
  /** What an empty field becomes where this is broken. */
  filling?: Sql;
  /** Why, in plain words, without the value: `is not a date in the format %d/%m/%Y`. */
  reason: string;
}

/** A mapping of one field as DuckDB SQL in two stages, so that no text is cleaned twice. */
export interface CompiledField {
  field: Field;
  /** Over the raw VARCHAR columns: the text that was given, cleaned; NULL where nothing was given. */
  text: Sql;
  /** Over a column that holds `text`, named by `textColumn`: the typed value, NULL where it cannot be read. */
  value: Sql;
  textColumn: string;
  /** Whether the raw text has the plain form of its reader, as a column of the first stage, where that is asked. */
  plainColumn?: string;
  /** What the first stage makes, as a list to select: `text`, and the plain column. */
  texts: Sql;
  /** Over the text column and a column of the field's name that holds `value`. */
  rules: Rule[];
}

/** What a mapping needs to know of its source. */
export interface CleanContext {
  /** Names of the raw columns; a mapping that names another is a PAM-CFG-004. */
  columns: readonly string[];
  /** Where the mapping stands, for messages: `sources.crm.entities.customers.fields.email`. */
  path: string;
  nulls: readonly string[];
  decimal: '.' | ',';
  timezone: string;
  projectTimezone: string;
  country: string;
  /** JSON numbers went through a double: more than 15 digits are not what was written. */
  doubles: boolean;
}
