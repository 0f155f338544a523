import { createHash } from 'node:crypto';
import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import { VERSION } from '../kernel/version.js';
import type { Project } from '../model/config.js';
import type { Check, EntityOutcome, LedgerLine } from '../model/ledger.js';
import { fingerprintSource } from '../sources/bytes/fingerprint-source.js';
import { checkUntouched, type StandingRun, standingRun } from '../store/carry-over.js';

/** SHA-256 of everything that decides what comes of the sources: the configuration, and the version of Pamoja. */
export function settingsOf({ root, memoryMb, ...settings }: Project): string {
  return createHash('sha256').update(JSON.stringify({ VERSION, settings })).digest('hex');
}

/**
 * The run that the tables stand at, where it was made with the same settings from the very same files. An API can
 * always have something new, so a project that reads one is never found unchanged.
 */
export async function findStanding(postgres: Postgres, project: Project): Promise<StandingRun | undefined> {
  const standing = await standingRun(postgres, project);
  if (standing === undefined || standing.settings !== settingsOf(project)) return undefined;
  for (const source of project.sources) {
    const prints = await fingerprintSource(project.root, source);
    if (prints === undefined || !sameFiles(prints, filesOf(standing.ledger, source.name))) return undefined;
  }
  return standing;
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

/** The checks that the standing run still stands, asked while nobody else can publish; undefined where it does not. */
export async function checkStanding(
  postgres: Postgres,
  project: Project,
  standing: StandingRun,
): Promise<Check[] | undefined> {
  const { last_run } = await postgres.row<{ last_run: string | null }>(
    sql`SELECT last_run FROM ${ident(project.bookkeeping, 'state')} FOR UPDATE`,
  );
  return last_run === standing.runId ? checkUntouched(postgres, project, standing) : undefined;
}

/** What the standing run made is what this one finds. */
export function carriedOutcomes(project: Project, { entities }: StandingRun): Record<string, EntityOutcome> {
  const outcomes: Record<string, EntityOutcome> = {};
  for (const { name } of project.entities) {
    const { created, updated, unchanged, ...rest } = entities[name] as EntityOutcome;
    outcomes[name] = {
      created: 0,
      updated: 0,
      unchanged: created + updated + unchanged,
      ...rest,
      deleted: 0,
    };
  }
  return outcomes;
}

/** How many rejects, waiting ones among them, and findings the standing run has. */
export async function countKept(
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
