import { ident, type Sql } from '../kernel/sql.js';

/** The DuckDB tables of a run, each named here once: this is where the steps meet. */
export const tables = {
  /** Every candidate of an entity, from all sources, typed; rowid (`seq`) is the order of the sources. */
  mapped: (entity: string) => work('mapped', entity),
  /** Candidates that were refused: one row a candidate, with rule, reason and root. */
  refused: (entity: string) => work('refused', entity),
  /** Candidates that repeat an earlier one, word for word. */
  repeated: (entity: string) => work('repeated', entity),
  /** Candidates that share their key with others of the same source. */
  sameKey: (entity: string) => work('same_key', entity),
  /** Candidates that stand: neither filtered, refused nor repeated. */
  accepted: (entity: string) => work('accepted', entity),
  /** What rules found in records that stay: blanked, warned of, mended. */
  findings: ident('findings'),
  /** Candidates that stood when their references were looked up, with where each of them leads. */
  linked: (entity: string) => work('linked', entity),
  /** Where one reference of those candidates leads (a view of `linked`). */
  resolved: (entity: string, field: string) => work('resolved', `${entity}_${field}`),
  /** Keys of an entity → where references to them lead. */
  targets: (entity: string) => work('targets', entity),
  /** Source records in force: accepted now, or earlier and neither replaced nor vanished (a view); `rec` is their order. */
  inForce: (entity: string) => work('in_force', entity),
  /** Those of them that were accepted earlier; and those that are one of several with the same key, with their number. */
  stillInForce: (entity: string) => work('still_in_force', entity),
  variants: (entity: string) => work('variants', entity),
  /** Record in force of a master → golden id. */
  clusters: (entity: string) => work('clusters', entity),
  /** Candidate of a document → the id that it has had before; and the ranks by which the others get theirs. */
  known: (entity: string) => work('known', entity),
  ranks: (entity: string) => work('ranks', entity),
  /** Documents that stand, with their ids and those that they refer to (a view). */
  standing: (entity: string) => work('standing', entity),
  /** The rows that the unified table shall hold. */
  golden: (entity: string) => work('golden', entity),
  /** Golden id → what publish does with it. */
  changes: (entity: string) => work('changes', entity),
  /** Links as they shall be. */
  links: (entity: string) => work('links', entity),
  /** Placeholder rows that references without a value lead to. */
  placeholders: (entity: string) => work('placeholders', entity),
  /** Keys of a source that a snapshot no longer holds. */
  vanished: (entity: string) => work('vanished', entity),

  /** A number for every raw record, the same for the same text. */
  prints: (raw: string) => work('prints', raw),
  /** Raw records of a feed that a run looks at; the others are settled. */
  affected: (feed: number) => work('affected', String(feed)),
  /** Raw records of a feed that are as they were, and that nothing that changed can reach. */
  settled: (feed: number) => work('settled', String(feed)),
  /** Rows of the snapshot that no longer hold. */
  stale: (feed: number) => work('stale', String(feed)),
  /** Golden ids that a change can reach. */
  touched: (entity: string) => work('touched', entity),
  /** Golden ids to which references may lead from other records than before. */
  moved: (entity: string) => work('moved', entity),
  /** Settled records that documents which are looked at refer to: by their key, and by the value of a field. */
  settledTargets: (entity: string) => work('settled_targets', entity),
  settledValues: (entity: string, field: string) => work('settled_values', `${entity}_${field}`),

  priorRows: (entity: string) => work('prior_rows', entity),
  priorLinks: (entity: string) => work('prior_links', entity),
  priorRecords: (entity: string) => work('prior_records', entity),
} as const;

/** The tables of the snapshot: what the last run made of every raw record, in hashes and ids. */
export const snapshot = {
  about: ident('snapshot', 'about'),
  rows: (feed: number) => ident('snapshot', `rows_${feed}`),
  records: (entity: string) => ident('snapshot', `records_${entity}`),
} as const;

/** The columns of `linked` that tell where a reference leads. */
export function targetColumns(reference: string): { state: Sql; id: Sql; seq: Sql } {
  return {
    state: ident(`${reference}:state`),
    id: ident(`${reference}:id`),
    seq: ident(`${reference}:seq`),
  };
}

function work(stage: string, entity: string): Sql {
  return ident(`${stage}_${entity}`);
}

/** The bookkeeping table that keeps the source records of a master in force. */
export function recordsTable(entity: string): string {
  return `${entity.replace(/s$/, '')}_records`;
}

/** The bare name of a work table, for the few places that pass it on as a text. */
export function bare(table: Sql): string {
  return table.slice(1, -1).replaceAll('""', '"');
}
