import { createHash } from 'node:crypto';
import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import { onceStopped } from '../kernel/stopping.js';
import { VERSION } from '../kernel/version.js';
import type { Project } from '../model/config.js';
import type { Check, EntityOutcome, LedgerLine } from '../model/ledger.js';
import { isSteady } from '../settled/may-settle.js';
import { fingerprintSource } from '../sources/bytes/fingerprint-source.js';
import { standingRun } from '../store/carry-over.js';
import { checkUntouched, type StandingRun } from '../store/untouched.js';
import type { OpenDatabase } from './open-project.js';

/** SHA-256 of everything that decides what comes of the sources: the configuration, and the version of Pamoja. */
export function settingsOf({ root, memoryMb, threads, ...settings }: Project): string {
  return createHash('sha256').update(JSON.stringify({ VERSION, settings })).digest('hex');
}

/** What a run can go by that finds the database as an earlier one left it. */
export interface Standing {
  run: StandingRun;
  /** Asks the database, while files are read, whether every row is as that run left it; undefined where one is not. */
  untouched: Promise<Check[] | undefined>;
  /** Asks no longer: the question may wait for a table that somebody keeps locked. */
  letGo: () => Promise<void>;
  /** Whether it was let go, or the run stopped. */
  leaving: AbortSignal;
}

/** The run that the tables stand at, where it was made with the same settings, and the same files come to the same. */
export async function findStanding(
  { postgres, reconnect }: OpenDatabase,
  project: Project,
  signal?: AbortSignal,
): Promise<Standing | undefined> {
  if (!isSteady(project)) return undefined;
  const run = await standingRun(postgres, project);
  if (run === undefined || run.settings !== settingsOf(project)) return undefined;
  const leaving = new AbortController();
  onceStopped(signal, () => leaving.abort());
  const untouched = askBeside(reconnect, project, run, leaving.signal);
  // Whoever needs the answer hears of a failure; nobody may need it.
  const ended = Promise.allSettled([untouched]);
  const letGo = async () => {
    leaving.abort();
    await ended;
  };
  return { run, untouched, letGo, leaving: leaving.signal };
}

/**
 * Asks on a connection of its own, in a transaction into which no limits of the role reach. Where the server lets in no
 * second one, nothing can be set aside.
 */
async function askBeside(
  connect: () => Promise<Postgres>,
  project: Project,
  run: StandingRun,
  signal: AbortSignal,
): Promise<Check[] | undefined> {
  const postgres = await connect().catch(() => undefined);
  if (postgres === undefined) return undefined;
  const forget = onceStopped(signal, () => postgres.abandon());
  try {
    const begin = sql`BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY`;
    return await postgres.transaction(() => checkUntouched(postgres, project, run), begin);
  } finally {
    forget();
    await postgres.close();
  }
}

/** Whether a run was made from the very same files. An API can always have something new. */
async function hasSameFiles(
  project: Project,
  { ledger }: StandingRun,
  leaving: AbortSignal,
): Promise<boolean> {
  for (const source of project.sources) {
    const prints = await fingerprintSource(project.root, source, () => leaving.throwIfAborted());
    if (prints === undefined || !sameFiles(prints, filesOf(ledger, source.name))) return false;
  }
  return true;
}

/** Records brought back from a file that is gone have no fingerprint: their file is not one to read. */
function filesOf(ledger: readonly LedgerLine[], source: string): Map<string, string> {
  return new Map(
    ledger
      .filter((line) => line.source === source && line.sha256)
      .map((line) => [line.file, line.sha256 as string]),
  );
}

function sameFiles(now: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): boolean {
  return now.size === before.size && [...now].every(([name, print]) => before.get(name) === print);
}

/** What a run finds where nothing changed: that of the run that the tables stand at. */
export interface Carried {
  standing: StandingRun;
  checks: Check[];
  entities: Record<string, EntityOutcome>;
  ledger: LedgerLine[];
  counts: { rejects: number; waiting: number; findings: number };
}

/**
 * Where nothing changed, lets `take` record what is carried over, while nobody else can publish. False where something
 * did, and nothing was done.
 */
export async function carryStanding(
  postgres: Postgres,
  project: Project,
  { run: standing, untouched, leaving }: Standing,
  take: (carried: Carried) => Promise<void>,
  settle: () => Promise<boolean>,
): Promise<boolean> {
  if (!(await hasSameFiles(project, standing, leaving))) return false;
  const checks = await untouched;
  if (checks === undefined) return false;
  const work = async () => {
    const { last_run } = await postgres.row<{ last_run: string | null }>(
      sql`SELECT last_run FROM ${ident(project.bookkeeping, 'state')} FOR UPDATE`,
    );
    if (last_run !== standing.runId) return false;
    await take({
      standing,
      checks,
      entities: carriedOutcomes(project, standing),
      ledger: standing.ledger.map((line) => ({ ...line, carried: true })),
      counts: await countKept(postgres, project, standing.runId),
    });
    return true;
  };
  return postgres.transaction(work, undefined, settle);
}

/** Rows for which a record of the standing run counts are found unchanged; the others are kept. */
function carriedOutcomes(project: Project, { entities, ledger }: StandingRun): Record<string, EntityOutcome> {
  const outcomes: Record<string, EntityOutcome> = {};
  for (const { name } of project.entities) {
    const { total, placeholders } = entities[name] as EntityOutcome;
    const unchanged = ledger
      .filter((line) => line.entity === name)
      .reduce((sum, line) => sum + line.accepted - line.merged, 0);
    outcomes[name] = {
      created: 0,
      updated: 0,
      unchanged,
      kept: total - unchanged,
      deleted: 0,
      total,
      placeholders,
    };
  }
  return outcomes;
}

/** How many rejects, waiting ones among them, and findings the standing run has. */
async function countKept(
  postgres: Postgres,
  project: Project,
  runId: string,
): Promise<{ rejects: number; waiting: number; findings: number }> {
  const at = (table: string) => ident(project.bookkeeping, table);
  return postgres.row(
    sql`SELECT (SELECT count(*) FROM ${at('rejects')} WHERE run_id = $1) AS rejects,
      (SELECT count(*) FROM ${at('rejects')} WHERE run_id = $1 AND waiting) AS waiting,
      (SELECT count(*) FROM ${at('findings')} WHERE run_id = $1) AS findings`,
    [runId],
  );
}
