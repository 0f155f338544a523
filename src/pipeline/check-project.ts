import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import { untilStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import type { Check, EntityOutcome } from '../model/ledger.js';
import { loadPrior } from '../store/load-prior.js';
import { checkAmounts } from '../verify/check-amounts.js';
import { checkDatabase, checkTables } from '../verify/check-database.js';
import { checkTotals } from '../verify/check-totals.js';
import { checkValues } from '../verify/check-values.js';
import { keepLedger } from '../verify/keep-ledger.js';
import { StoredSums } from '../verify/stored-sums.js';
import { integrate, mapAndJudge } from './integrate.js';
import { lastRead } from './last-read.js';
import { type OpenProject, withProjectOpen } from './open-project.js';
import { nothingPublished } from './published-run.js';
import { readSources } from './read-sources.js';
import { retryWaiting } from './retry-waiting.js';
import type { RunOptions } from './run-options.js';

/** How many rows each table held when the run that the database stands at had ended. */
async function outcomesOf(
  postgres: Postgres,
  project: Project,
  runId: string,
): Promise<Record<string, EntityOutcome>> {
  const [run] = await postgres.query<{ entities: Record<string, EntityOutcome> }>(
    sql`SELECT entities FROM ${ident(project.bookkeeping, 'runs')} WHERE run_id = $1`,
    [runId],
  );
  return run?.entities ?? {};
}

/** The signal stops the check, which then throws PAM-RUN-001. */
export type CheckOptions = Pick<RunOptions, 'env' | 'log' | 'progress' | 'signal'>;

export interface CheckResult {
  /** Host, port and database. */
  database: string;
  /** The run that the database stands at. */
  runId: string;
  checks: Check[];
}

/**
 * Reads the sources again and holds the database against them: counts, keys, references, every value, every winner,
 * every total. Changes nothing. Errors: PAM-DB-008 where nothing was published yet, and those of reading.
 */
export async function checkProject(project: Project, options: CheckOptions = {}): Promise<CheckResult> {
  return untilStopped('check', options, (heeding) =>
    withProjectOpen(project, heeding, (open) => checkOpen(project, open, heeding)),
  );
}

async function checkOpen(
  project: Project,
  { workspace, postgres, log }: OpenProject,
  options: CheckOptions,
): Promise<CheckResult> {
  const prior = await loadPrior(workspace, postgres, project);
  if (prior.lastRun === null) {
    throw nothingPublished(postgres);
  }
  const gone = await checkTables(postgres, project);
  if (gone.length > 0) return { database: postgres.place, runId: prior.lastRun, checks: gone };
  const feeds = await readSources(workspace, project, log, options.progress, {
    env: options.env,
    signal: options.signal,
    lastRead: await lastRead(postgres, project, new Date()),
  });
  // What waits may refuse what the files give.
  await retryWaiting(workspace, postgres, project, feeds);
  await mapAndJudge(workspace, project, feeds, log);
  await integrate(workspace, project, feeds, prior, log, { mastersStand: async () => {} });
  const ledger = await keepLedger(workspace, feeds, project.entities);
  log.step('Checking');
  const stored = new StoredSums(postgres, project);
  const outcomes = await outcomesOf(postgres, project, prior.lastRun);
  const checks = await checkDatabase(postgres, project, outcomes, stored);
  for (const entity of project.entities) {
    checks.push(
      ...(await checkValues(
        workspace,
        entity,
        project.entities,
        feeds.filter((feed) => feed.entity.name === entity.name),
      )),
      ...(await checkTotals(workspace, entity, project.entities, feeds)),
    );
  }
  checks.push(...(await checkAmounts(workspace, stored, project, ledger)));
  return { database: postgres.place, runId: prior.lastRun, checks };
}
