import type { Postgres } from '../engine/postgres.js';
import { ERROR_CODES, type ErrorCode } from '../kernel/error-codes.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { EntityOutcome, Outcome } from '../model/ledger.js';
import type { ReportRun, RunSummary } from '../report/report-data.js';
import { bookkeepingVersion } from '../store/bookkeeping.js';

/** A run and those that a report tells it beside. */
export interface ReportedRun {
  run: ReportRun;
  /** The last one before it that did not fail. */
  before: RunSummary | null;
  /** The one that the database stands at. */
  standing: RunSummary | null;
}

interface RunRow {
  number: number;
  id: string;
  started: number;
  finished: number;
  outcome: Outcome;
  errorCode: string | null;
  error: string | null;
  entities: Record<string, EntityOutcome>;
  version: string;
}

const COLUMNS = sql`r.run_number AS number, r.run_id AS id, (extract(epoch FROM r.started_at) * 1000)::float8 AS started,
  (extract(epoch FROM r.finished_at) * 1000)::float8 AS finished, r.outcome, r.error_code AS "errorCode", r.error,
  r.entities, r.version`;

/**
 * The run that was asked for, the latest unless told. Errors: PAM-DB-008 where nothing has run yet, PAM-CLI-001 for a
 * run that is not known.
 */
export async function readReportRun(
  postgres: Postgres,
  project: Project,
  wanted: string | undefined,
): Promise<ReportedRun> {
  const runs = ident(project.bookkeeping, 'runs');
  const ask = (rest: Sql, values: readonly unknown[] = []) =>
    postgres.query<RunRow>(sql`SELECT ${COLUMNS} FROM ${runs} r ${rest}`, values);
  const latest =
    (await bookkeepingVersion(postgres, project)) === 0
      ? []
      : await ask(sql`ORDER BY r.run_number DESC LIMIT 5`);
  const [last] = latest;
  if (last === undefined) {
    throw new PamojaError('PAM-DB-008', 'Nothing has run here yet, so there is nothing to report.', {
      where: postgres.place,
      next: 'Run: pamoja run',
    });
  }
  const [found] = wanted === undefined ? [last] : await ask(sql`WHERE r.run_id = $1`, [wanted]);
  if (found === undefined) {
    throw new PamojaError('PAM-CLI-001', `There is no run "${wanted}".`, {
      where: postgres.place,
      next: `The latest are: ${latest.map((run) => run.id).join(', ')}.`,
    });
  }
  const [before] = await ask(
    sql`WHERE r.run_number < $1 AND r.outcome <> 'failed' ORDER BY r.run_number DESC LIMIT 1`,
    [found.number],
  );
  const [standing] = await ask(sql`JOIN ${ident(project.bookkeeping, 'state')} s ON s.last_run = r.run_id`);
  return {
    run: {
      ...summaryOf(found),
      number: found.number,
      outcome: found.outcome,
      errorCode: knownCode(found.errorCode),
      error: found.error,
      version: found.version,
      latest: found.id === last.id,
    },
    before: before === undefined ? null : summaryOf(before),
    standing: standing === undefined ? null : summaryOf(standing),
  };
}

function summaryOf({ id, started, finished, entities }: RunRow): RunSummary {
  return { id, startedAt: new Date(started), finishedAt: new Date(finished), entities };
}

/** A newer Pamoja may have codes that this one does not know. */
function knownCode(code: string | null): ErrorCode | null {
  return code !== null && code in ERROR_CODES ? (code as ErrorCode) : null;
}
