import type { Workspace } from '../../engine/workspace.js';
import { ident, sql } from '../../kernel/sql.js';

export interface Located {
  /** The record table. */
  records: string;
  /** The table of the grain that was refused, where it is one of lines. */
  lines: string | undefined;
  /** Blank lines of the files; undefined where records have no lines of their own. */
  blanks: string | undefined;
}

/** The physical line of the record, for records and for what is nested in them; NULL for documents. */
export async function locateJsonLines(
  workspace: Workspace,
  { records, lines, blanks }: Located,
  refused: string,
  output: string,
): Promise<void> {
  if (blanks === undefined) {
    await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(output)} AS
      SELECT DISTINCT _file, _ordinal, NULL::BIGINT AS _line FROM ${ident(refused)}`);
    return;
  }
  const places =
    lines === undefined
      ? sql`SELECT DISTINCT _file, _ordinal, _ordinal AS record FROM ${ident(refused)}`
      : sql`SELECT DISTINCT f._file, f._ordinal, r._ordinal AS record FROM ${ident(refused)} f
          LEFT JOIN ${ident(lines)} l ON l._file = f._file AND l._ordinal = f._ordinal
          LEFT JOIN ${ident(records)} r ON r.rowid = l._parent`;
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(output)} AS
    SELECT p._file, p._ordinal, p.record + coalesce(b.skipped, 0) AS _line
    FROM (${places}) p ASOF LEFT JOIN ${ident(blanks)} b ON p._file = b._file AND p.record > b.before`);
}
