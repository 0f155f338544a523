import { open } from 'node:fs/promises';
import type { Workspace } from '../../engine/workspace.js';
import { PamojaError } from '../../kernel/errors.js';
import { type Sql, sql } from '../../kernel/sql.js';
import { exactPath } from '../bytes/exact-path.js';
import { type SourceFile, unreadable } from '../bytes/files.js';
import { type ParquetType, parseType } from './parquet-type.js';

const MAGIC = 'PAR1';

/** Errors: PAM-SRC-002 where the file cannot be opened, PAM-SRC-011 where it is not Parquet, or cut short. */
export async function refuseOthers(file: SourceFile): Promise<void> {
  const handle = await open(file.path).catch((cause: unknown) => {
    throw unreadable(file.where, cause);
  });
  const ends = Buffer.alloc(8);
  try {
    await handle.read(ends, 0, 4, 0);
    if (file.bytes >= 12) await handle.read(ends, 4, 4, file.bytes - 4);
  } finally {
    await handle.close();
  }
  const start = ends.toString('latin1', 0, 4);
  if (start === MAGIC && ends.toString('latin1', 4) === MAGIC) return;
  const what =
    start === MAGIC
      ? 'is a Parquet file that was cut short'
      : start === 'PARE'
        ? 'is encrypted'
        : 'is not a Parquet file';
  throw new PamojaError('PAM-SRC-011', `the file ${what}.`, {
    where: file.where,
    next: start === MAGIC ? 'Fetch or export it again.' : 'Correct the type of the source, or its path.',
  });
}

/** The rows of a file, without columns that DuckDB would make of its path; `numbered` from 0 in `file_row_number`. */
export function rowsOf(file: SourceFile, numbered = false): Sql {
  const number = numbered ? sql`, file_row_number = true` : sql``;
  return sql`read_parquet(${exactPath(file.path)}, hive_partitioning = false${number})`;
}

/** The columns of a file, as the members of one struct. Errors: PAM-SRC-011 where its metadata is damaged. */
export async function typeOfFile(workspace: Workspace, file: SourceFile): Promise<ParquetType> {
  await refuseOthers(file);
  const query = sql`DESCRIBE SELECT * FROM ${rowsOf(file)}`;
  const columns = await sound(file, workspace.rows<{ column_name: string; column_type: string }>(query));
  return {
    kind: 'struct',
    members: new Map(columns.map((column) => [column.column_name, parseType(column.column_type)])),
  };
}

/** The number of rows that the writer of the file put into its metadata. */
export async function rowsInMetadata(workspace: Workspace, file: SourceFile): Promise<number> {
  return sound(
    file,
    workspace.count(sql`SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(${exactPath(file.path)})`),
  );
}

/** What DuckDB cannot read of a file that begins and ends as Parquet is damage; its words may quote the path. */
export async function sound<T>(file: SourceFile, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw new PamojaError(
      'PAM-SRC-011',
      'the file is damaged, or written in a way that DuckDB cannot read.',
      {
        where: file.where,
        next: 'Fetch or export it again.',
        cause,
      },
    );
  }
}
