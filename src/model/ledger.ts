import { addDecimals, negated } from '../kernel/add-decimals.js';

/** One measure of a ledger line in one currency. Amounts are exact decimals, and stay text. */
export interface Amount {
  measure: string;
  /** ISO 4217; XXX where the source tells none. */
  currency: string;
  read: string;
  accepted: string;
  rejected: string;
  filtered: string;
  repeated: string;
  /** Records whose amount could not be read; never taken as 0. */
  unreadable: number;
}

/**
 * What rules made of an amount, as where an equation mended a total or left it empty: read + changed is what was
 * accepted, rejected, filtered and repeated.
 */
export function changedAmount(
  amount: Pick<Amount, 'read' | 'accepted' | 'rejected' | 'filtered' | 'repeated'>,
): string {
  const { read, accepted, rejected, filtered, repeated } = amount;
  return addDecimals(accepted, rejected, filtered, repeated, negated(read));
}

/** The accounting of one source, file and entity: read = accepted + rejected + filtered + repeated. */
export interface LedgerLine {
  source: string;
  file: string;
  entity: string;
  /** Candidates by the independent count, not by the reader. */
  read: number;
  accepted: number;
  rejected: number;
  filtered: number;
  repeated: number;
  /** Of the accepted: those that another record of the same golden row counts for. */
  merged: number;
  balanced: boolean;
  /** SHA-256 of the file as it was read, in hex. */
  sha256?: string | null;
  /** The file had not changed and was not read again: the line is that of an earlier run. */
  carried?: boolean;
  amounts: Amount[];
}

export interface Check {
  name: string;
  passed: boolean;
  detail: string;
}

/** From so many refused records on it is told that more were refused than taken; the few of an addition may all wait. */
const MANY = 20;

/** Records of an entity, in all or of one source, of which a run took fewer than it refused. */
export interface Refusal {
  entity: string;
  source: string | null;
  accepted: number;
  rejected: number;
}

/** An entity, or a source of it, of which a run took nothing though some came; else one of which it refused most. */
export function mostlyRefused(
  lines: readonly Pick<LedgerLine, 'source' | 'entity' | 'accepted' | 'rejected'>[],
): Refusal | undefined {
  const sums = new Map<string, Refusal>();
  for (const { source, entity, accepted, rejected } of lines)
    for (const one of [null, source]) {
      const sum = sums.get(`${one ?? ''}\0${entity}`) ?? { entity, source: one, accepted: 0, rejected: 0 };
      sum.accepted += accepted;
      sum.rejected += rejected;
      sums.set(`${one ?? ''}\0${entity}`, sum);
    }
  const told = [...sums.values()]
    .filter(({ accepted, rejected }) => accepted < rejected)
    .filter(({ source, accepted, rejected }) => rejected >= MANY || (source === null && accepted === 0));
  const rank = ({ source, accepted }: Refusal) => 2 * Number(accepted > 0) + Number(source !== null);
  return told.sort((a, b) => rank(a) - rank(b))[0];
}

/** What became of one unified table: total = created + updated + unchanged + kept; placeholders are apart. */
export interface EntityOutcome {
  created: number;
  updated: number;
  unchanged: number;
  /** Rows that no record of this run spoke of, and that stay. */
  kept: number;
  deleted: number;
  total: number;
  placeholders: number;
}

export type Outcome = 'published' | 'unchanged' | 'failed';

/** Everything that is known of a run when it ends. */
export interface RunRecord {
  runId: string;
  project: string;
  startedAt: Date;
  finishedAt: Date;
  outcome: Outcome;
  errorCode: string | null;
  error: string | null;
  entities: Record<string, EntityOutcome>;
  ledger: LedgerLine[];
  checks: Check[];
}

/** What the database stood at when a run was compared with it. */
export interface Prior {
  lastRun: string | null;
  /** All transactions before this one had ended when it was read. */
  horizon: string;
  /** The next free id of each entity. */
  nextIds: Record<string, number>;
  /** Entities whose table is there, by whose it is. */
  tables: Record<string, 'absent' | 'ours' | 'foreign'>;
}
