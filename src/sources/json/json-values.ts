import { joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { type JsonColumn, type JsonPath, pointer } from './json-path.js';

/** Stands before a number that is kept as a text; see `markNumbers`. */
const MARK = sql`chr(1) || chr(2)`;

/** The texts at several paths as one list, for which the JSON is parsed once. */
export function textsAt(json: Sql, paths: readonly JsonPath[]): Sql {
  if (paths.length === 0) return sql`NULL::VARCHAR[]`;
  return sql`json_extract_string(${json}, ${pointers(paths)})`;
}

/** The same of columns, in the notation of numbers that the mapping of each reads. */
export function valuesAt(json: Sql, columns: readonly JsonColumn[]): Sql {
  const paths = columns.map((column) => column.path);
  const texts = textsAt(json, paths);
  if (!columns.some(({ commas }) => commas)) return texts;
  const wanted = sql`[${joined(columns.map(({ commas }) => (commas ? sql`true` : sql`false`)))}]`;
  const number = sql`(each[2] = 'DOUBLE' OR starts_with(each[1], ${MARK}))`;
  // What has an exponent is read with its point, whatever the notation.
  return sql`list_transform(list_zip(${texts}, ${kindsAt(json, paths)}, ${wanted}), lambda each:
    CASE WHEN each[3] AND ${number} AND NOT contains(lower(each[1]), 'e') THEN replace(each[1], '.', ',') ELSE each[1] END)`;
}

/** The kinds of value at several paths, NULL where there is none. */
export function kindsAt(json: Sql, paths: readonly JsonPath[]): Sql {
  return sql`json_type(${json}, ${pointers(paths)})`;
}

function pointers(paths: readonly JsonPath[]): Sql {
  return sql`[${joined(paths.map((path) => literal(pointer(path))))}]`;
}

/** The elements of the array at a path, as a list of JSON. */
export function elementsAt(json: Sql, path: JsonPath): Sql {
  const plain = path.every((step) => /^[A-Za-z_]\w*$/.test(step));
  if (plain) return sql`json_extract(${json}, ${literal(`$.${path.join('.')}[*]`)})`;
  return sql`json_extract(json_extract(${json}, ${literal(pointer(path))}), '$[*]')`;
}

export function isObject(json: Sql): Sql {
  return sql`starts_with(ltrim(${json}, E' \\t\\r\\n'), '{')`;
}

/** Whether one of the texts holds NUL; asked only where the JSON has an escape of it. */
export function holdsNul(json: Sql, texts: Sql): Sql {
  return sql`(contains(${json}, '\\u0000') AND contains(array_to_string(${texts}, ''), chr(0)))`;
}

const TEXT = '"(?:[^"\\\\]|\\\\.)*"';

/**
 * Whether a text that DuckDB takes for JSON is none: it allows a comma behind the last member, NaN and Infinity.
 * NULL is not JSON either.
 */
export function isNoJson(text: Sql): Sql {
  const loose = literal('(?i),\\s*[}\\]]|nan|inf');
  const outside = sql`regexp_replace(${text}, ${literal(TEXT)}, '""', 'g')`;
  return sql`(NOT coalesce(json_valid(${text}), false)
    OR (regexp_matches(${text}, ${loose}) AND regexp_matches(${outside}, ${loose})))`;
}

// What DuckDB writes otherwise than it was written, or a double does not hold.
const UNUSUAL = '[0-9][0-9.]{15}|[0-9][eE]|\\.[0-9]+0([^0-9]|$)|0\\.00000|-0([^0-9.]|$)';
const NUMBER = '-?[0-9][0-9.eE+-]*';

/**
 * JSON whose numbers are texts behind a mark, so that they come out as they were written: DuckDB parses numbers
 * into doubles. `withoutMarks` takes the marks off the values again.
 */
export function markNumbers(json: Sql): Sql {
  const either = literal(`(${TEXT}\\s*[:,}\\]]?)|(${NUMBER})`);
  const bracketed = sql`regexp_replace(${json}, ${either}, '\\1' || chr(1) || '\\2' || chr(2), 'g')`;
  // A text matched: nothing stands between the brackets. Raw control characters are never part of JSON.
  const numbers = sql`replace(${bracketed}, chr(1) || chr(2), '')`;
  const marked = sql`replace(replace(${numbers}, chr(1), '"\\u0001\\u0002'), chr(2), '"')`;
  return sql`CASE WHEN regexp_matches(${json}, ${literal(UNUSUAL)}) THEN ${marked} ELSE ${json} END`;
}

/** A value as it was written: the number itself, and numbers within an object or array without their quotes. */
export function withoutMarks(value: Sql): Sql {
  const nested = literal('"\\\\u0001\\\\u0002([^"]*)"');
  return sql`CASE WHEN starts_with(${value}, ${MARK}) THEN substr(${value}, 3)
    WHEN contains(${value}, '"\\u0001\\u0002') THEN regexp_replace(${value}, ${nested}, '\\1', 'g')
    ELSE ${value} END`;
}
