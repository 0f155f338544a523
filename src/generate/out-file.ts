import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Making } from './making.js';

/** A fault or blemish, as the rule that will tell of its record; `filtered` where it is left out. */
export interface Fault {
  entity: string;
  rule: string;
  /** Empty where the rule names none. */
  field: string;
}

export type Format =
  /** `quote` lists the columns that may hold a delimiter or a quote. */
  | { kind: 'csv'; delimiter: ',' | ';'; quote: readonly string[] }
  /** Where `torn`, some lines break off. */
  | { kind: 'ndjson'; torn: boolean }
  | SheetFormat;

export interface SheetFormat {
  kind: 'xlsx';
  sheet: string;
  /** Rows above the header. */
  titles: readonly string[];
  /** Columns that hold dates, times or numbers where their text is one. */
  types: Readonly<Record<string, 'date' | 'time' | 'number'>>;
  /** The column that the last row sums. */
  total: string;
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
  format: Format;
  columns: readonly string[];
  /**
   * Gives pos BIGINT (another for every row: their order), fault VARCHAR, blemish VARCHAR, part_count BIGINT (parts
   * nested in it), truth_id BIGINT (whose record it is), and the columns.
   */
  rows: Sql;
  /** By entity the key of a record, and of the only part of a faulty one, as SQL over the rows. */
  keys: Readonly<Record<string, Sql>>;
  faults: Readonly<Record<string, Fault>>;
  /** By entity and fault: what is refused for another's sake, and the field that refers to it. */
  cascades?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What rules find in records that stay; several findings where a rule tells of several records. */
  blemishes?: Readonly<Record<string, readonly Fault[]>>;
}

/** How many rows a file has, and of which kind. */
export interface FileCounts {
  /** Rows, and nested parts, before any is repeated or torn. */
  rows: number;
  parts: number;
  repeated: number;
  repeatedParts: number;
  torn: number;
  faults: Record<string, number>;
  blemishes: Record<string, number>;
}

/** Counts what `writeFile` will write. */
export async function countFile(making: Making, file: OutFile): Promise<FileCounts> {
  const again = repeats(making, file);
  const rows = await making.workspace.rows<
    Record<string, number> & { fault: string | null; blemish: string | null }
  >(
    sql`SELECT fault, blemish, count(*) AS rows, coalesce(sum(part_count), 0)::BIGINT AS parts,
        count(*) FILTER (${again}) AS repeated,
        coalesce(sum(part_count) FILTER (${again}), 0)::BIGINT AS repeated_parts,
        count(*) FILTER (${tears(making, file)}) AS torn
      FROM (${file.rows}) GROUP BY ALL ORDER BY ALL`,
  );
  const sum = (name: string) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  const by = (kind: 'fault' | 'blemish') => {
    const counts: Record<string, number> = {};
    for (const row of rows) {
      const name = row[kind];
      if (name !== null) counts[name] = (counts[name] ?? 0) + (row.rows ?? 0);
    }
    return counts;
  };
  return {
    rows: sum('rows'),
    parts: sum('parts'),
    repeated: sum('repeated'),
    repeatedParts: sum('repeated_parts'),
    torn: sum('torn'),
    faults: by('fault'),
    blemishes: by('blemish'),
  };
}

/** The records of a file in their order, some of them once more (`copy` 1), and some broken off (2). */
export function copiesOf(making: Making, file: OutFile): Sql {
  const copies = sql`(VALUES (0), (1), (2)) copies(copy)`;
  return sql`SELECT * FROM (${file.rows}) file_rows JOIN ${copies} ON copy = 0
    OR (copy = 1 AND ${repeats(making, file)}) OR (copy = 2 AND ${tears(making, file)})`;
}

/** Writes a file of text: its records in their order. */
export async function writeTextFile(making: Making, file: OutFile, path: string): Promise<void> {
  const { format } = file;
  const line = format.kind === 'csv' ? csvLine(file, format) : jsonLine(file);
  const rows = sql`SELECT ${line} FROM (${copiesOf(making, file)} ORDER BY pos, copy)`;
  // The lines are made here, so DuckDB is told of separators that no line holds, and passes them on as they are.
  const header = raw(String(format.kind === 'csv'));
  await making.workspace.run(
    sql`COPY (${rows}) TO ${literal(path)} (FORMAT csv, HEADER ${header}, DELIMITER E'\\x1f', QUOTE E'\\x1e', ESCAPE E'\\x1e')`,
  );
}

/** An object a line; of one that is torn, the first half. */
function jsonLine(file: OutFile): Sql {
  const members = file.columns.map((column) => sql`${ident(column)} := ${ident(column)}`);
  const line = sql`to_json(struct_pack(${joined(members)}))::VARCHAR`;
  return sql`CASE copy WHEN 2 THEN left(${line}, len(${line}) // 2) ELSE ${line} END AS line`;
}

/** A line of CSV; in one that is torn, the last column is missing. */
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

/** Rows after which stands a torn copy of them. */
export function tears(making: Making, file: OutFile): Sql {
  const { format } = file;
  const torn = format.kind === 'csv' || (format.kind === 'ndjson' && format.torn);
  return torn ? chosen(making, `tear ${file.path}`, making.plan.dirt * 15) : raw('false');
}

// Only sound rows, so that no record is both refused and repeated, and none is found twice.
function chosen({ draws }: Making, stream: string, percent: number): Sql {
  return sql`(fault IS NULL AND blemish IS NULL AND ${draws.percent(stream, sql`pos`, percent)})`;
}
