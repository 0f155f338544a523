import type { ErrorCode } from '../kernel/error-codes.js';
import type { Amount, Check, EntityOutcome, Outcome } from '../model/ledger.js';

/** Everything that a report tells, as it stands in the bookkeeping; nothing in it is trusted to be free of markup. */
export interface ReportData {
  project: string;
  run: ReportRun;
  /** The last run before it that did not fail, which its tables are compared with. */
  before: RunSummary | null;
  /** Of a failed run: the one that the database stands at. */
  standing: RunSummary | null;
  /** The zone in which times are told. */
  timezone: string;
  tables: ReportTable[];
  flows: SourceFlow[];
  /** The lines of sources that give several files, the first ones of very many. */
  files: FileLine[];
  amounts: ReportAmount[];
  /** What the tables hold, where the database stands at this run. */
  held: HeldAmount[];
  rejects: ReportRejects;
  /** Records that were refused, and were not by the run before. */
  refusedAnew: number;
  findings: ReportFindings;
  checks: Check[];
  insights: ReportInsight[];
  schema: SchemaDrawing;
  made: ReportMade;
}

export interface RunSummary {
  id: string;
  startedAt: Date;
  finishedAt: Date;
  entities: Record<string, EntityOutcome>;
}

export interface ReportRun extends RunSummary {
  number: number;
  outcome: Outcome;
  errorCode: ErrorCode | null;
  error: string | null;
  version: string;
  /** Whether no later run is recorded. */
  latest: boolean;
}

/** A unified table and what the run did to it; `outcome` is what a failed run would have done. */
export interface ReportTable {
  name: string;
  outcome: EntityOutcome | null;
  before: EntityOutcome | null;
}

/** The ledger of one source and entity, over all files. */
export interface SourceFlow {
  source: string;
  entity: string;
  /** The only file, or how many there are. */
  file: string;
  files: number;
  read: number;
  accepted: number;
  rejected: number;
  filtered: number;
  repeated: number;
  /** Of the accepted: those that another record counts for. */
  merged: number;
  /** Of the rejected: those that are tried again. */
  waiting: number;
  balanced: boolean;
}

export interface FileLine {
  source: string;
  entity: string;
  file: string;
  read: number;
  accepted: number;
  rejected: number;
  filtered: number;
  repeated: number;
}

/** The money of one source; amounts are exact decimals. */
export interface ReportAmount extends Amount {
  source: string;
  entity: string;
  reconciled: boolean;
  /** Whether rows of the source stay that the run did not write. */
  kept: boolean;
}

/** A measure of a source in one currency, as the database adds it up. */
export interface HeldAmount {
  source: string;
  entity: string;
  measure: string;
  currency: string;
  sum: string;
}

export interface ReportRejects {
  total: number;
  /** How many causes there are in all. */
  causes: number;
  /** The most frequent ones. */
  groups: ReportRejectGroup[];
}

export interface ReportRejectGroup {
  source: string;
  entity: string;
  rule: string;
  field: string | null;
  reason: string;
  waiting: boolean;
  count: number;
  /** Records that were refused for their sake, by entity. */
  took: Record<string, number>;
  samples: RejectSample[];
}

export interface RejectSample {
  file: string;
  line: number | null;
  ordinal: number | null;
  /** Masked already, unless names were asked for. */
  value: string | null;
}

export interface ReportFindings {
  total: number;
  groups: {
    severity: string;
    source: string;
    entity: string;
    rule: string;
    field: string | null;
    reason: string;
    count: number;
  }[];
}

export interface ReportColumn {
  name: string;
  kind: 'number' | 'date' | 'text';
  /** Whole numbers, which are counts and never money. */
  whole?: boolean;
}

/** An insight with its answer; personal columns are not in it unless names were asked for. */
export interface ReportInsight {
  name: string;
  title: string;
  description: string;
  chart: { kind: 'none' } | { kind: 'bar' | 'line' | 'tiles'; x: string; y: string; by: string | null };
  columns: ReportColumn[];
  rows: (readonly (string | null)[])[];
  complete: boolean;
  /** Written by the project, and not one that comes with Pamoja. */
  own: boolean;
  /** Columns that were left out, because they speak of people. */
  hidden: string[];
  /** Why it has no answer. */
  failure: string | null;
}

/** The tables as an SVG, and the style that it carries. */
export interface SchemaDrawing {
  svg: string;
  style: string;
  tables: number;
  references: number;
}

export interface ReportMade {
  at: Date;
  version: string;
  node: string;
  postgres: string;
  /** Host, port and database; never a name or password. */
  database: string;
  /** Whether personal data is shown. */
  names: boolean;
}
