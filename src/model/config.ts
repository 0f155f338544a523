import type { ApiConfig } from './api-config.js';
import type { Entity, Severity } from './entity.js';

/** How one field is made from the columns of a source. A bare text is the name of a column. */
export interface FieldMapping {
  /** A column, or several that are joined; in JSON a path (`address.city`), `^` before it climbs from a line to its record. */
  from?: string | string[];
  /** A text that every record gets. */
  constant?: string | number | boolean;
  /** What stands between the parts where several columns are joined; a space unless told. */
  join?: string;
  /** Takes one part of the text: the given names, the family name, or the part with that number, from 1. */
  split?: { by?: string; part: 'given' | 'family' | number };
  case?: 'upper' | 'lower' | 'title';
  /** Exact text → what it becomes; a text that is not listed is a broken rule, unless `default` says otherwise. */
  lookup?: Record<string, string>;
  /** Allowed value → its synonyms; compared without case and accents. */
  values?: Record<string, string[]>;
  /** Dates and times: strptime formats to try in order, `%d/%m/%Y`. Without one only ISO dates are read. */
  format?: string | string[];
  /** Numbers: what separates the decimals, `.` unless told. */
  decimal?: '.' | ',';
  /** The zone in which a time without one was written; the project's unless told. */
  timezone?: string;
  /** Words that mean nothing was given, beside the source's. */
  nulls?: string[];
  /** What a record without a value gets. */
  default?: string | number | boolean;
  /** DuckDB SQL over the columns of the source, as the way out: `"price"::DECIMAL(18,4) / 100`. */
  sql?: string;
  /** References: the source whose key is meant; this source unless told. */
  source?: string;
  /** References: the field of the other entity by which it is found (`email`), instead of the source's key. */
  by?: string;

  required?: boolean;
  min?: number;
  max?: number;
  maxLength?: number;
  pattern?: string;
  allowed?: string[];
  unique?: boolean;
  severity?: Severity;
}

export interface EntityMapping {
  /** The columns that name a record in this source; a line may do without. */
  key?: string | string[];
  /** JSON: the path of the array in a record whose elements are the lines. */
  each?: string;
  /** DuckDB SQL over the columns: only records for which it holds are taken, the others count as filtered. */
  where?: string;
  fields: Record<string, string | FieldMapping>;
}

export type SourceType = 'csv' | 'json' | 'ndjson' | 'parquet' | 'excel' | 'rest';
export type Delivery = 'snapshot' | 'addition' | 'period';
export type Vanished = 'keep' | 'mark' | 'delete';

/** A row of sums at the end of a sheet. */
export interface ControlTotals {
  /** `last`, or the text that one of its cells holds: `TOTAL`. */
  row: string;
  /** The columns that it sums. */
  columns: string | string[];
}

export interface SourceConfig extends ApiConfig {
  type: SourceType;
  /** A file or glob, or several, from the project's folder; an API has a `url` instead. */
  path?: string | string[];
  /** CSV: recognised unless told. */
  delimiter?: string;
  quote?: string;
  escape?: string;
  /** CSV without a header: the names of the columns. */
  columns?: string[];
  /** CSV: recognised by its byte order mark, else UTF-8, unless told. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1' | 'windows-1252';
  /** JSON: the path of the array of records, `orders`; the document itself unless told. APIs: recognised where it is the only list. */
  records?: string;
  /** Excel: the name of the sheet, or its number from 1; the first visible one that holds anything unless told. */
  sheet?: string | number;
  /**
   * The number of the row in which the names of the columns begin. Excel: the first that holds all mapped ones unless
   * told. CSV: the line, counted with blank ones; the first that is not blank unless told.
   */
  header?: number;
  /** Excel: over how many rows the names of the columns go; their texts are joined with a space. */
  headerRows?: number;
  /**
   * CSV and Excel: columns that only the first row of a record fills, as where each line of an order is a row. Where the
   * first of them is empty, a row continues the record above it.
   */
  fillDown?: string[];
  /** Excel: a row that is no record but carries sums, which are held against those of the records. */
  totals?: ControlTotals;
  /** What a file means: everything there is, more of it, or all there is of its period. */
  delivery?: Delivery;
  /** What becomes of a record that a snapshot, or its restated period, no longer holds. Kept unless told; of a period deleted. */
  vanished?: Vanished;
  /** Whether the source may come empty, and its records be taken as vanished. */
  allowEmpty?: boolean;
  /** Ids restart in each file: the part of the file's name that tells the period, as a regular expression with one group. */
  period?: string;
  /** Words that mean nothing was given: `NULL`, `N/A`. */
  nulls?: string[];
  /** 1 is believed first where sources disagree; the order in the file unless told. */
  priority?: number;
  decimal?: '.' | ',';
  timezone?: string;
  /** Currency of the amounts where no field tells; the project's unless told. */
  currency?: string;
  /** Home country of phone numbers without a prefix, ISO 3166; the project's unless told. */
  country?: string;
  entities: Record<string, EntityMapping>;
}

export interface RejectLimit {
  /** The share of records, 0 to 1, that may be refused per source and entity before the run stops. */
  maxShare: number;
  /** Fewer refused records than this never stop a run. */
  minRows: number;
}

/** A project as written by a person: everything but `sources` has a default. */
export interface ProjectConfig {
  name?: string;
  /** The schema of the unified tables. */
  schema?: string;
  /** The schema of the bookkeeping; the same as `schema` for users who own one only. */
  bookkeeping?: string;
  timezone?: string;
  country?: string;
  currency?: string;
  rejects?: Partial<RejectLimit>;
  /** The share of a source's records, 0 to 1, that may vanish at once where they would be marked or deleted. */
  maxVanished?: number;
  /** `whole`: a refused line takes its order along. `lines`: the order stays without it. */
  orderIntegrity?: 'whole' | 'lines';
  /** Roles that may read the new tables: `authenticated` on Supabase. Nobody unless told. */
  grants?: string[];
  memoryMb?: number;
  /** How many cores read and match; all of the machine unless told. */
  threads?: number;
  sources: Record<string, SourceConfig>;
  /** Further entities, and further fields and rules of the known ones. */
  entities?: Record<string, EntityConfig>;
}

/** A further entity, or what is added to a known one. */
export type EntityConfig = Partial<Omit<Entity, 'name' | 'fields'>> & {
  /** `type` is needed for a new field, and cannot change for a known one. */
  fields?: Record<string, Partial<Omit<Entity['fields'][number], 'name'>>>;
};

/** A project after reading: defaults filled in, entities merged, mappings in long form. */
export interface Project {
  name: string;
  /** Folder of the configuration; paths of sources start here. */
  root: string;
  schema: string;
  bookkeeping: string;
  timezone: string;
  country: string;
  currency: string;
  rejects: RejectLimit;
  maxVanished: number;
  orderIntegrity: 'whole' | 'lines';
  grants: string[];
  memoryMb: number | undefined;
  threads: number | undefined;
  sources: Source[];
  /** In reference order: what is pointed at comes first. */
  entities: Entity[];
}

export interface Source extends Omit<SourceConfig, 'entities' | 'path'> {
  name: string;
  path: string[];
  delivery: Delivery;
  vanished: Vanished;
  priority: number;
  nulls: string[];
  decimal: '.' | ',';
  timezone: string;
  currency: string;
  country: string;
  feeds: Feed[];
}

/** What one source gives to one entity. */
export interface Feed {
  source: string;
  entity: string;
  key: string[];
  each: string | undefined;
  where: string | undefined;
  fields: Record<string, FieldMapping>;
}
