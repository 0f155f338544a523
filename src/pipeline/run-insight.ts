import type { ParameterValue } from '../insights/bind-parameters.js';
import type { Insight, InsightColumn, InsightRow } from '../insights/insight.js';
import { findInsight } from '../insights/list-insights.js';
import { type OpenInsight, readInsight } from '../insights/read-insight.js';
import { demandWhole } from '../kernel/demand-whole.js';
import { type Log, silent } from '../kernel/log.js';
import { untilStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import { withDatabaseOpen } from './open-project.js';

export interface InsightOptions {
  /** Values of its parameters by name, `{ min_price: 100 }`; the others have their defaults. */
  parameters?: Readonly<Record<string, ParameterValue>>;
  /** After how many seconds it is given up; 60 unless told. */
  timeoutSeconds?: number;
  /** Environment with `DATABASE_URL` or `SUPABASE_DB_URL`; that of the process unless told. */
  env?: Record<string, string | undefined>;
  log?: Log;
  /** Stops it: then it throws PAM-RUN-001. */
  signal?: AbortSignal;
}

export interface InsightResult {
  insight: Insight;
  parameters: Record<string, string | null>;
  columns: InsightColumn[];
  /** Values as PostgreSQL writes them. */
  rows: InsightRow[];
  /** False where there are more rows than were kept. */
  complete: boolean;
}

const MOST_ROWS = 10_000;

/**
 * Asks an insight by name and gives its rows, 10,000 at the most unless told. Errors: PAM-CLI-001 for a name, parameter
 * or value that does not fit, PAM-CFG-005 where the SQL of an own insight does not work, PAM-DB-008 before the first
 * run, PAM-RUN-001 where the signal stopped it, and a RangeError for a number of rows or seconds that is none.
 */
export async function runInsight(
  project: Project,
  name: string,
  options: InsightOptions & { mostRows?: number } = {},
): Promise<InsightResult> {
  const most = options.mostRows ?? MOST_ROWS;
  if (most !== Number.POSITIVE_INFINITY) demandWhole({ mostRows: most });
  return openInsight(project, name, options, async ({ insight, parameters, columns, batches }) => {
    const rows: InsightRow[] = [];
    for await (const batch of batches()) {
      rows.push(...batch.slice(0, most + 1 - rows.length));
      if (rows.length > most) break;
    }
    return { insight, parameters, columns, rows: rows.slice(0, most), complete: rows.length <= most };
  });
}

/** Asks an insight by name and hands its answer to `work`, row by row and however long it is. Errors: as runInsight. */
export async function openInsight<T>(
  project: Project,
  name: string,
  options: InsightOptions,
  work: (answer: OpenInsight) => Promise<T>,
): Promise<T> {
  const { log = silent, timeoutSeconds } = options;
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0))
    throw new RangeError(`timeoutSeconds must be a number of seconds, not ${timeoutSeconds}`);
  const insight = findInsight(project.root, name, log);
  return untilStopped('insight', options, (heeding) =>
    withDatabaseOpen(project, heeding, ({ asReader }) =>
      asReader((postgres) => readInsight(postgres, project, insight, options, work)),
    ),
  );
}
