import { ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import type { JsonColumn } from './json-path.js';
import { holdsNul, isNoJson, isObject, markNumbers, textsAt, valuesAt, withoutMarks } from './json-values.js';
import type { Stage } from './stage-records.js';

/** What the SQL of one file needs to know. */
export interface FilePart {
  /** Index into the files. */
  file: number;
  stage: Stage;
  /** rowid in the record table that its first record gets. */
  base: number;
  /** One JSON a line: a record's line is known. */
  oneALine: boolean;
  /** Whether a text of the file holds the escape of NUL. */
  nul: boolean;
  /** Whether a number of the file must be kept from becoming a double. */
  unusualNumber: boolean;
}

export const REASONS = {
  json: 'is not valid JSON',
  structure: 'is not an object',
  nul: 'holds the character NUL, which a database cannot store',
} as const;

/**
 * The candidates of a file as a query: `ordinal`, `line`, `text`, `rule` (NULL where nothing is wrong; `text` is NULL
 * where it cannot be looked into) and `parent`, the rowid that the record gets in its table.
 */
export function soundCandidates(part: FilePart): Sql {
  const line = part.oneALine ? sql`rowid + 1` : sql`NULL::BIGINT`;
  return sql`SELECT rowid + 1 AS ordinal, ${line} AS line, text, NULL::VARCHAR AS rule, ${part.base} + rowid AS parent
    FROM ${ident(part.stage.table)}`;
}

/** The same where blank lines, torn records, NUL or unusual numbers may be met: fills a table with what was judged. */
export function judgeCandidates(part: FilePart, columns: readonly JsonColumn[], judged: string): Sql {
  const text = sql`text`;
  const rules = [
    part.stage.physical ? sql`WHEN ${isNoJson(text)} THEN 'json'` : sql``,
    sql`WHEN NOT ${isObject(text)} THEN 'structure'`,
    part.nul && columns.length > 0
      ? sql`WHEN ${holdsNul(text, textsAt(text, pathsOf(columns)))} THEN 'nul'`
      : sql``,
  ];
  const kept = part.unusualNumber ? markNumbers(text) : text;
  return sql`CREATE OR REPLACE TABLE ${ident(judged)} AS
    SELECT line, rule, CASE WHEN rule IS NULL OR rule = 'nul' THEN ${kept} END AS text FROM (
      SELECT rowid + 1 AS line, text, CASE ${joined(rules, ' ')} END AS rule
      FROM ${ident(part.stage.table)} WHERE NOT coalesce(${isBlank(text)}, false))`;
}

/** One row a judged candidate: its number, and the place in the record table if it gets one. */
export function placeCandidates(part: FilePart, judged: string, output: string): Sql {
  // Not count(*) FILTER: over a window that takes a time that grows with the square of the rows.
  const sound = sql`sum(CASE WHEN rule IS NULL THEN 1 ELSE 0 END)`;
  return sql`CREATE OR REPLACE TABLE ${ident(output)} AS
    SELECT rowid + 1 AS ordinal,
      ${part.base} - 1 + (${sound} OVER (ORDER BY rowid ROWS UNBOUNDED PRECEDING))::BIGINT AS parent
    FROM ${ident(judged)} ORDER BY rowid`;
}

export function judgedCandidates(part: FilePart, judged: string, places: string): Sql {
  const line = part.oneALine ? sql`j.line` : sql`NULL::BIGINT`;
  return sql`SELECT p.ordinal, ${line} AS line, j.text, j.rule, p.parent
    FROM ${ident(judged)} j POSITIONAL JOIN ${ident(places)} p`;
}

export function isBlank(text: Sql): Sql {
  return sql`trim(${text}, E' \\t\\r\\n') = ''`;
}

export function insertRecords(
  part: FilePart,
  candidates: Sql,
  columns: readonly JsonColumn[],
  table: string,
): Sql {
  const values = valuesAt(sql`text`, columns);
  return sql`INSERT INTO ${ident(table)} SELECT ${part.file}, ordinal${listed(columns, sql`texts`, part.unusualNumber)}
    FROM (SELECT ordinal, ${values} AS texts FROM (${candidates}) WHERE rule IS NULL)`;
}

export function insertTornRecords(part: FilePart, candidates: Sql, grain: number, torn: string): Sql {
  const reason = joined(
    Object.entries(REASONS).map(
      ([rule, why]) => sql`WHEN ${literal(rule)} THEN ${literal(`the record ${why}`)}`,
    ),
    ' ',
  );
  return sql`INSERT INTO ${ident(torn)}
    SELECT ${part.file}, ${grain}, ordinal, line, rule, CASE rule ${reason} END, NULL
    FROM (${candidates}) WHERE rule IS NOT NULL`;
}

export function pathsOf(columns: readonly JsonColumn[]): JsonColumn['path'][] {
  return columns.map((column) => column.path);
}

/** The elements of a list as columns, behind a comma. */
export function listed(columns: readonly JsonColumn[], list: Sql, marked: boolean): Sql {
  if (columns.length === 0) return sql``;
  const values = columns.map((column, i) => {
    const value = sql`${list}[${i + 1}]`;
    return sql`${marked ? withoutMarks(value) : value} AS ${ident(column.name)}`;
  });
  return sql`, ${joined(values)}`;
}
