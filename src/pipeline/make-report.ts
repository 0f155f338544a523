import type { Log } from '../kernel/log.js';
import { sql } from '../kernel/sql.js';
import { untilStopped } from '../kernel/stopping.js';
import { VERSION } from '../kernel/version.js';
import type { Project } from '../model/config.js';
import { countReferences } from '../model/dbml.js';
import type { Outcome } from '../model/ledger.js';
import { headlineOf } from '../report/headline.js';
import type { ReportData } from '../report/report-data.js';
import { reportMarkdown } from '../report/report-markdown.js';
import { reportPage } from '../report/report-page.js';
import { drawErd, ERD_STYLE } from '../schema/draw-erd.js';
import { resolveTarget, type Target } from '../store/target.js';
import { countRefusedAnew } from './count-refused-anew.js';
import { type OpenDatabase, withDatabaseOpen } from './open-project.js';
import { readReportInsights } from './read-report-insights.js';
import { readReportLedger } from './read-report-ledger.js';
import { readReportFindings, readReportRejects } from './read-report-rejects.js';
import { readReportRun } from './read-report-run.js';

export interface ReportOptions {
  /** The run; the latest unless told, also one that failed. */
  run?: string;
  /** Shows personal data, which is masked or left out unless told. */
  names?: boolean;
  /** Environment with `DATABASE_URL` or `SUPABASE_DB_URL`; that of the process unless told. */
  env?: Record<string, string | undefined>;
  log?: Log;
  /** Says when the report was made; the system's clock unless told. */
  clock?: () => Date;
  /** Stops it: then it throws PAM-RUN-001. */
  signal?: AbortSignal;
}

export interface Report {
  runId: string;
  outcome: Outcome;
  /** The finding that it begins with. */
  title: string;
  /** One page that loads nothing and runs nothing. */
  html: string;
  markdown: string;
}

/**
 * Tells of a run as a page and as Markdown, and changes nothing. The same state of the database, told at the same time,
 * gives the same bytes. Errors: PAM-DB-008 where nothing has run yet, PAM-CLI-001 for a run that is not known.
 */
export async function makeReport(project: Project, options: ReportOptions = {}): Promise<Report> {
  const wanted = resolveTarget(project.root, options.env ?? process.env);
  return untilStopped('report', options, (heeding) =>
    withDatabaseOpen(project, heeding, async (open) => {
      const data = await readReportData(open, project, wanted, heeding);
      open.log.step('Drawing');
      const { title } = headlineOf(data);
      const { id: runId, outcome } = data.run;
      return { runId, outcome, title, html: await reportPage(data), markdown: reportMarkdown(data) };
    }),
  );
}

async function readReportData(
  { postgres, asReader, log }: OpenDatabase,
  project: Project,
  target: Target,
  options: ReportOptions,
): Promise<ReportData> {
  const names = options.names ?? false;
  log.step('Reading the bookkeeping');
  const told = await postgres.transaction(async () => {
    const runs = await readReportRun(postgres, project, options.run);
    const { id } = runs.run;
    return {
      ...runs,
      ...(await readReportLedger(postgres, project, id, runs.standing?.id === id)),
      rejects: await readReportRejects(postgres, project, id, names),
      refusedAnew: runs.before === null ? 0 : await countRefusedAnew(postgres, project, id, runs.before.id),
      findings: await readReportFindings(postgres, project, id),
      server: await postgres.row<{ version: string }>(
        sql`SELECT current_setting('server_version') AS version`,
      ),
    };
  }, sql`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`);
  const { server, standing, ...book } = told;
  const insights =
    standing === null ? [] : await asReader((reader) => readReportInsights(reader, project, names, log));
  return {
    project: project.name,
    ...book,
    standing,
    timezone: project.timezone,
    tables: project.entities.map(({ name }) => ({
      name,
      outcome: book.run.entities[name] ?? null,
      before: book.before?.entities[name] ?? null,
    })),
    insights,
    schema: {
      svg: await drawErd(`The schema of ${project.name}`, project.entities),
      style: ERD_STYLE,
      tables: project.entities.length,
      references: countReferences(project.entities),
    },
    made: {
      at: (options.clock ?? (() => new Date()))(),
      version: VERSION,
      node: process.versions.node,
      postgres: server.version.split(' ')[0] ?? server.version,
      // The port of the project's own server is another one each time.
      database: target.kind === 'embedded' ? 'the project’s own, in .pamoja' : postgres.place,
      names,
    },
  };
}
