import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Making } from './making.js';

/** A fault, as the rule that will refuse its record. */
export interface Fault {
  entity: string;
  rule: string;
  field: string;
}

/** A file that one system gives. */
export interface OutFile {
  /** Its name in the project's configuration. */
  source: string;
  /** From the folder, with `/`. */
  path: string;
  entity: string;
  /** The entity nested in its records. */
  parts?: string;
  /** `quote` lists the columns that may hold a delimiter or a quote. */
  format: { kind: 'csv'; delimiter: ',' | ';'; quote: readonly string[] } | { kind: 'ndjson' };
  columns: readonly string[];
  /** Gives pos BIGINT (another for every row: their order), fault VARCHAR, part_count BIGINT with `parts`, and the columns. */
  rows: Sql;
  faults: Record<string, Fault>;
  /** By entity, the faults for whose sake its records are refused: a bad line takes its order along, and the other way. */
  cascades?: Record<string, readonly string[]>;
}

/** How many rows a file has, and of which kind. */
export interface FileCounts {
  /** Rows, and nested parts, before any is repeated or torn. */
  rows: number;
  parts: number;
  repeated: number;
  repeatedParts: number;
  torn: number;
  /** Rows by fault. */
  faults: Record<string, number>;
}

/** Counts what `writeFile` will write. */
export async function countFile(making: Making, file: OutFile): Promise<FileCounts> {
  const parts = file.parts === undefined ? sql`0` : sql`part_count`;
  const rows = await making.workspace.rows<Record<string, number> & { fault: string | null }>(
    sql`SELECT fault, count(*) AS rows, coalesce(sum(${parts}), 0)::BIGINT AS parts,
        count(*) FILTER (${repeats(making, file)}) AS repeated,
        coalesce(sum(${parts}) FILTER (${repeats(making, file)}), 0)::BIGINT AS repeated_parts,
        count(*) FILTER (${tears(making, file)}) AS torn
      FROM (${file.rows}) GROUP BY fault ORDER BY fault`,
  );
  const sum = (name: string) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  return {
    rows: sum('rows'),
    parts: sum('parts'),
    repeated: sum('repeated'),
    repeatedParts: sum('repeated_parts'),
    torn: sum('torn'),
    faults: Object.fromEntries(
      rows.filter((row) => row.fault !== null).map((row) => [row.fault, row.rows ?? 0]),
    ),
  };
}

/** Writes a file: its rows in their order, some of them once more, and of some a line with the last column missing. */
export async function writeFile(making: Making, file: OutFile, path: string): Promise<void> {
  const copies = sql`(VALUES (0), (1), (2)) copies(copy)`;
  const all = sql`SELECT * FROM (${file.rows}) file_rows JOIN ${copies} ON copy = 0
    OR (copy = 1 AND ${repeats(making, file)}) OR (copy = 2 AND ${tears(making, file)})`;
  const rows = sql`SELECT ${file.format.kind === 'csv' ? csvLine(file, file.format) : names(file)} FROM (${all} ORDER BY pos, copy)`;
  await making.workspace.run(sql`COPY (${rows}) TO ${literal(path)} (${copyOptions(file)})`);
}

// The lines are made here, so DuckDB is told of separators that no line holds, and passes them on as they are.
function copyOptions(file: OutFile): Sql {
  return file.format.kind === 'ndjson'
    ? sql`FORMAT json`
    : sql`FORMAT csv, HEADER true, DELIMITER E'\\x1f', QUOTE E'\\x1e', ESCAPE E'\\x1e'`;
}

function names(file: OutFile): Sql {
  return joined(file.columns.map((column) => ident(column)));
}

function csvLine(file: OutFile, format: { delimiter: string; quote: readonly string[] }): Sql {
  const { delimiter, quote } = format;
  const values = file.columns.map((name) =>
    quote.includes(name) ? quoted(ident(name), delimiter) : ident(name),
  );
  const last = values.pop() ?? sql`''`;
  const line = sql`concat(${joined(values, `, ${literal(delimiter)}, `)},
    CASE copy WHEN 2 THEN '' ELSE concat(${literal(delimiter)}, ${last}) END)`;
  return sql`${line} AS ${ident(file.columns.join(delimiter))}`;
}

function quoted(value: Sql, delimiter: string): Sql {
  return sql`CASE WHEN contains(${value}, '"') OR contains(${value}, ${literal(delimiter)})
    THEN '"' || replace(${value}, '"', '""') || '"' ELSE ${value} END`;
}

/** Rows that stand twice in the file, word for word. */
function repeats(making: Making, file: OutFile): Sql {
  return chosen(making, `repeat ${file.path}`, making.plan.dirt * 30);
}

/** Rows after which stands a torn copy of them; JSON is not torn. */
function tears(making: Making, file: OutFile): Sql {
  return file.format.kind === 'csv'
    ? chosen(making, `tear ${file.path}`, making.plan.dirt * 15)
    : raw('false');
}

// Only sound rows, so that no record is both refused and repeated.
function chosen({ draws }: Making, stream: string, percent: number): Sql {
  return sql`(fault IS NULL AND ${draws.percent(stream, sql`pos`, percent)})`;
}
