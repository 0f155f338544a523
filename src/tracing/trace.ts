/** A column of a source, and what the record said in it; null where it said nothing, or where nobody could look. */
export interface RawValue {
  column: string;
  value: string | null;
}

/** Where the value of a field comes from. */
export type Origin =
  /** A record said it, in these columns. */
  | 'record'
  /** The configuration says it of every record. */
  | 'constant'
  /** The record said nothing, and the configuration says what then holds. */
  | 'default'
  /** It follows from other fields, or from the parts. */
  | 'computed'
  /** Pamoja filled it in: the name of the source, the key of the record, the time of first publication. */
  | 'filled'
  /** The row stands for what a source did not give. */
  | 'placeholder'
  /** No record gives it. */
  | 'nothing'
  /** It was there before Pamoja, or somebody changed it in the database. */
  | 'foreign';

/** What a rule did to a field of a record. */
export interface TracedFinding {
  severity: string;
  rule: string;
  reason: string;
}

export interface TracedField {
  field: string;
  /** As it stands in the database; null also where it is hidden. */
  value: string | null;
  /** A personal value that was not asked for: it and what it was made of are left out. */
  hidden: boolean;
  origin: Origin;
  /** Number of the record that it is from. */
  record: number | null;
  from: RawValue[];
  /** What the mapping does on the way: `title case`, `as %d/%m/%Y`. */
  mapping: string[];
  /** Why this value and no other, in words; null where there was nothing to choose. */
  why: string | null;
  /** What other records said, and was not taken. */
  lost: { record: number; value: string | null }[];
  found: TracedFinding[];
  /** References: the row that it leads to. */
  leadsTo: { entity: string; id: number; placeholder: boolean } | null;
}

/** Where a record stands in its source. */
export interface Place {
  file: string;
  /** Null for kinds of files without lines. */
  line: number | null;
  ordinal: number;
}

/**
 * What reading its source again found: the record as it was published; another content under its key; no such record;
 * or nobody looked, or could.
 */
export type RecordState = 'as published' | 'changed' | 'gone' | 'not read';

export interface TracedRecord {
  /** From 1; 1 is believed first. */
  number: number;
  source: string;
  /** Null where it is hidden. */
  key: string | null;
  /** 0, 1, … where one key says several things. */
  variant: number;
  /** When the source says that the record changed last. */
  updatedAt: string | null;
  /** A snapshot no longer held it, and its row was only marked. */
  vanished: boolean;
  state: RecordState;
  place: Place | null;
  /** Further places with the same content. */
  repeated: Place[];
  /** What to know of its source: a file that is gone or changed since. */
  notes: string[];
}

/** Why records are one row: an identifier that they share, or one and the same key. */
export interface SharedIdentifier {
  /** The field that they share; null for the key. */
  field: string | null;
  value: string | null;
  hidden: boolean;
  records: number[];
}

/** Rows that refer to this one. */
export interface TracedBelow {
  entity: string;
  field: string;
  /** The first of them. */
  ids: number[];
  /** How many; counted up to a limit. */
  count: number;
  more: boolean;
}

/** A record that was refused: for its own sake, or for that of another. */
export interface TracedReject {
  source: string;
  entity: string;
  file: string;
  line: number | null;
  ordinal: number | null;
  rule: string;
  field: string | null;
  reason: string;
  waiting: boolean;
}

interface Traced {
  entity: string;
  /** Host, port and database. */
  database: string;
  /** The run that the database stands at. */
  runId: string;
}

/** A row and all that it is made of. */
export interface TracedRow extends Traced {
  outcome: 'row';
  id: number;
  /** The source for which the row stands, where it is a placeholder. */
  placeholder: string | null;
  /** Whether Pamoja made the row. */
  ours: boolean;
  fields: TracedField[];
  records: TracedRecord[];
  /** How many records there are, if these are not all. */
  recordCount: number;
  sameBecause: SharedIdentifier[];
  below: TracedBelow[];
}

/** A row that is no longer there: its links stayed, and a record that returns gets the id back. */
export interface TracedEnd extends Traced {
  outcome: 'deleted';
  id: number;
  /** False where the links say that it is still there: then somebody else deleted it. */
  byPamoja: boolean;
  records: { source: string; key: string | null; runId: string; endedAt: string | null }[];
}

/** A record that became no row, as it was refused. */
export interface TracedRefusal extends Traced {
  outcome: 'refused';
  reject: TracedReject;
  /** The reject for whose sake it was refused. */
  root: TracedReject | null;
}

/** Everything that is known of where a row comes from. */
export type Trace = TracedRow | TracedEnd | TracedRefusal;
