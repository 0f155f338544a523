import type { Workspace } from '../engine/workspace.js';
import type { Log } from '../kernel/log.js';
import type { Source } from '../model/config.js';
import type { Entity } from '../model/entity.js';

/** The records of a source (`each` undefined), or the lines nested in them, and the columns that mappings use. */
export interface Grain {
  each: string | undefined;
  /** Names of columns; in JSON paths (`address.city`), in lines `^` before the path climbs to the record. */
  columns: string[];
}

/** A file that was read, and how many candidates an independent count found in it. */
export interface ReadFile {
  /** Path from the project's folder, with `/`. */
  name: string;
  bytes: number;
  /** SHA-256 of the bytes as they are on disk, in hex. */
  sha256: string;
  /** Candidates counted by other code than the reader: one number a grain, in the order of the grains. */
  counted: number[];
}

/** The records of one grain as a DuckDB table. */
export interface RawTable {
  grain: Grain;
  /**
   * Columns `_file` INTEGER (index into files), `_ordinal` BIGINT (number of the candidate in its file, from 1,
   * refused ones counted), `_parent` BIGINT (lines only: rowid of their record in its table), and every column of
   * the grain as VARCHAR by its own name. rowid is the order in the sources.
   */
  table: string;
}

export interface ReadResult {
  files: ReadFile[];
  raw: RawTable[];
  /**
   * Table of candidates that could not be read as a record: `_file` INTEGER, `_grain` INTEGER (index into raw),
   * `_ordinal` BIGINT, `_line` BIGINT, `rule` VARCHAR, `reason` VARCHAR, `raw` VARCHAR (NULL where the text may hold
   * columns that nobody mapped).
   */
  torn: string;
  /** Table of records that lost a line to `torn`: `_grain` INTEGER, `rec` BIGINT (rowid of the record in its table). */
  incomplete?: string;
  /**
   * Adds the physical line (from 1) to refused records. `refused` has `_file`, `_ordinal`; the table that is made has
   * `_file`, `_ordinal`, `_line`. Kinds without lines give NULL: their place is the ordinal.
   */
  locate(grain: number, refused: string, output: string): Promise<void>;
}

export interface ReadContext {
  workspace: Workspace;
  log: Log;
  /** The project's folder. */
  root: string;
  /** The model that the mappings fill; the four tables unless told. */
  entities?: readonly Entity[];
  /** The environment that names of secrets refer to. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Sources of additions: when they were last read for a run that was published. */
  lastRead?: Date | undefined;
  /** Only the first records are wanted, as for a preview. */
  sample?: boolean;
  /** Stops what waits for an API. */
  signal?: AbortSignal | undefined;
  /** Called now and then with the bytes read so far and in all. */
  progress?: (read: number, total: number) => void;
}

/** What every kind of source offers. Bad records are data in `torn`; a file that cannot be trusted is a PamojaError. */
export interface SourceReader {
  read(context: ReadContext, source: Source, grains: readonly Grain[]): Promise<ReadResult>;
  /** Names of the columns (of the record, and with `each` of its lines), for init, preview and messages. */
  columns(context: ReadContext, source: Source): Promise<string[]>;
}
