import { ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { type FilePart, listed, pathsOf, REASONS } from './extract-records.js';
import { type JsonColumn, type JsonPath, pathText } from './json-path.js';
import { elementsAt, holdsNul, kindsAt, textsAt, valuesAt } from './json-values.js';

/** A grain whose candidates are the elements of an array in the record. */
export interface LineGrain {
  /** Index into the grains. */
  index: number;
  each: JsonPath;
  columns: readonly JsonColumn[];
  table: string;
}

/**
 * Every element of the array in the records of a file, as a table: `parent`, `line`, `element`, `climbed` (texts of
 * the record) and `rule`. A record without such an array gives none; one that has something else in its place, or
 * could not be read, gives one that is refused.
 */
export function unfoldLines(part: FilePart, candidates: Sql, grain: LineGrain, output: string): Sql {
  const ways = grain.each.map((_, i) => grain.each.slice(0, i + 1));
  const last = sql`kinds[${ways.length}]`;
  const astray = ways
    .slice(0, -1)
    .map((_, i) => sql`WHEN kinds[${i + 1}] NOT IN ('OBJECT', 'NULL') THEN [NULL]::JSON[]`);
  const { climbing, within } = sides(grain);
  const elements = sql`CASE WHEN text IS NULL THEN [NULL]::JSON[] ${joined(astray, ' ')}
    WHEN ${last} = 'ARRAY' THEN ${elementsAt(sql`text`, grain.each)}
    WHEN ${last} IS NULL OR ${last} = 'NULL' THEN []::JSON[] ELSE [NULL]::JSON[] END`;
  const unfolded = sql`SELECT parent, line, rule AS record_rule, ${valuesAt(sql`text`, climbing)} AS climbed,
      ${part.nul ? sql`contains(text, '\\u0000')` : sql`false`} AS nul, unnest(${elements}) AS element
    FROM (SELECT parent, line, rule, text, ${kindsAt(sql`text`, ways)} AS kinds FROM (${candidates}))`;
  const rules = [
    sql`WHEN record_rule IS NOT NULL THEN record_rule`,
    sql`WHEN element IS NULL THEN 'array'`,
    needsObject(within) ? sql`WHEN NOT starts_with(element, '{') THEN 'structure'` : sql``,
    part.nul && within.length > 0
      ? sql`WHEN ${holdsNul(sql`element`, textsAt(sql`element`, pathsOf(within)))} THEN 'nul'`
      : sql``,
    part.nul && climbing.length > 0
      ? sql`WHEN nul AND contains(array_to_string(climbed, ''), chr(0)) THEN 'nul'`
      : sql``,
  ];
  return sql`CREATE OR REPLACE TABLE ${ident(output)} AS
    SELECT parent, line, element, climbed, record_rule, CASE ${joined(rules, ' ')} END AS rule FROM (${unfolded})`;
}

/** A list of plain values has one column, the value itself; members need objects. */
function needsObject(within: readonly JsonColumn[]): boolean {
  return within.length > 0 && within.every((column) => column.path.length > 0);
}

export function insertLines(part: FilePart, grain: LineGrain, unfolded: string): Sql {
  const { climbing, within } = sides(grain);
  const marked = part.unusualNumber;
  const names = joined(
    ['_file', '_ordinal', '_parent', ...[...within, ...climbing].map((column) => column.name)].map((name) =>
      ident(name),
    ),
  );
  return sql`INSERT INTO ${ident(grain.table)} (${names})
    SELECT ${part.file}, ordinal, parent${listed(within, sql`texts`, marked)}${listed(climbing, sql`climbed`, marked)}
    FROM (SELECT rowid + 1 AS ordinal, parent, climbed, ${valuesAt(sql`element`, within)} AS texts
      FROM ${ident(unfolded)} WHERE rule IS NULL)`;
}

export function insertTornLines(part: FilePart, grain: LineGrain, unfolded: string, torn: string): Sql {
  const cases = Object.entries(REASONS).flatMap(([rule, why]) => [
    sql`WHEN record_rule = ${literal(rule)} THEN ${literal(`its record ${why}`)}`,
    sql`WHEN rule = ${literal(rule)} THEN ${literal(`the line ${why}`)}`,
  ]);
  const noList = literal(`"${pathText(grain.each)}" is not a list`);
  return sql`INSERT INTO ${ident(torn)}
    SELECT ${part.file}, ${grain.index}, rowid + 1, line, CASE rule WHEN 'array' THEN 'structure' ELSE rule END,
      CASE ${joined(cases, ' ')} ELSE ${noList} END, NULL
    FROM ${ident(unfolded)} WHERE rule IS NOT NULL`;
}

/** Notes the records of torn lines: what is left of them is not what was sent. */
export function noteIncomplete(grain: LineGrain, unfolded: string, incomplete: string): Sql {
  return sql`INSERT INTO ${ident(incomplete)}
    SELECT DISTINCT ${grain.index}, parent FROM ${ident(unfolded)} WHERE rule IS NOT NULL AND record_rule IS NULL`;
}

function sides(grain: LineGrain): { climbing: JsonColumn[]; within: JsonColumn[] } {
  return {
    climbing: grain.columns.filter((column) => column.climbs),
    within: grain.columns.filter((column) => !column.climbs),
  };
}
