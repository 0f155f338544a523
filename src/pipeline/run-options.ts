import type { Log } from '../kernel/log.js';
import type { Check, EntityOutcome, LedgerLine, Outcome, RunRecord } from '../model/ledger.js';

export interface RunOptions {
  /** Does everything but publish: says what a run would change. */
  dryRun?: boolean;
  /** Adds to tables that are there already; their rows stay. */
  adopt?: boolean;
  /** Looks at every record again, also where nothing changed since the run that the tables stand at. */
  full?: boolean;
  /** Environment with `DATABASE_URL` or `SUPABASE_DB_URL`; that of the process unless told. */
  env?: Record<string, string | undefined>;
  log?: Log;
  /** Called while files are read: source, bytes read and in all. */
  progress?: (source: string, read: number, total: number) => void;
  /** Says what time it is; the system's clock unless told. */
  clock?: () => Date;
  /** Called with what a run came to that failed, before its error is thrown: also of a dry run, which nobody records. */
  failed?: (record: RunRecord) => void;
  /**
   * Called at named points of a run; a test kills the process or cuts a connection there. In this order: `before
   * publish`; inside the transaction `loaded <entity>` for each, `keys made`, `verified`, `before commit`; `after
   * publish`. A run that has nothing to do passes `before commit` only.
   */
  reached?: (point: string) => void | Promise<void>;
  /** Stops the run: it throws PAM-RUN-001, publishes nothing and is not recorded. Not heard once COMMIT is on its way. */
  signal?: AbortSignal;
}

/** What a run says when it ends, whatever the outcome. */
export interface RunResult {
  runId: string;
  outcome: Outcome | 'dry run';
  /**
   * What the run could spare itself. `nothing changed`: nothing was read again. `all new`: rows were loaded while the next
   * were linked. `only changes`: everything was read, and only what changed and what that can reach was looked at.
   * `compared`: everything was looked at, and only what differs was sent.
   */
  way: 'nothing changed' | 'all new' | 'only changes' | 'compared';
  /** Host, port and database. */
  database: string;
  entities: Record<string, EntityOutcome>;
  ledger: LedgerLine[];
  checks: Check[];
  rejects: number;
  waiting: number;
  findings: number;
  /** Where no row changed: records that were refused, and were not by the run before. */
  refusedAnew?: number;
  /** Seconds each step took. */
  steps: { name: string; seconds: number }[];
}
