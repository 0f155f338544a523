import type { Postgres } from '../engine/postgres.js';
import type { Insight, InsightColumn, InsightRow } from '../insights/insight.js';
import { isNumber, sayBoolean } from '../insights/insight.js';
import { listInsights } from '../insights/list-insights.js';
import { readInsight } from '../insights/read-insight.js';
import { messageOf, PamojaError } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import type { Project } from '../model/config.js';
import type { ReportColumn, ReportInsight } from '../report/report-data.js';

/** Enough for every chart; the whole answer is for `pamoja insights --csv`. */
const MOST_ROWS = 1000;
const TIMEOUT_SECONDS = 30;

/** Asks every insight with its defaults. One that fails says so, and the others are asked all the same. */
export async function readReportInsights(
  postgres: Postgres,
  project: Project,
  names: boolean,
  log: Log,
): Promise<ReportInsight[]> {
  const answers: ReportInsight[] = [];
  const broken: ReportInsight[] = [];
  const insights = listInsights(project.root, log, (name, error) => {
    const said = { name, title: name, description: '', chart: { kind: 'none' as const }, own: true };
    broken.push({ ...said, ...noAnswer(error) });
  });
  for (const insight of insights) {
    log.step(`Asking ${insight.name}`);
    answers.push(await ask(postgres, project, insight, names));
  }
  return [...answers, ...broken];
}

async function ask(
  postgres: Postgres,
  project: Project,
  insight: Insight,
  names: boolean,
): Promise<ReportInsight> {
  const { name, title, description, chart, origin } = insight;
  const said = { name, title, description, chart, own: origin === 'own' };
  try {
    return await readInsight(
      postgres,
      project,
      insight,
      { timeoutSeconds: TIMEOUT_SECONDS },
      async (answer) => {
        const rows: InsightRow[] = [];
        for await (const batch of answer.batches()) {
          rows.push(...batch.slice(0, MOST_ROWS + 1 - rows.length));
          if (rows.length > MOST_ROWS) break;
        }
        const shown = answer.columns.flatMap((column, i) => (column.personal && !names ? [] : [i]));
        return {
          ...said,
          columns: shown.flatMap((i) => columnOf(answer.columns[i])),
          rows: rows
            .slice(0, MOST_ROWS)
            .map((row) => shown.map((i) => shownValue(row[i] ?? null, answer.columns[i]))),
          complete: rows.length <= MOST_ROWS,
          hidden: names ? [] : answer.columns.filter(({ personal }) => personal).map((column) => column.name),
          failure: null,
        };
      },
    );
  } catch (error) {
    // Without a connection no other can be asked either, and there is nothing to report on.
    if (!(error instanceof PamojaError) || error.code === 'PAM-DB-006') throw error;
    return { ...said, ...noAnswer(error) };
  }
}

function noAnswer(error: PamojaError) {
  return { columns: [], rows: [], complete: true, hidden: [], failure: sayFailure(error) };
}

/** What went wrong, without the value of a row, which PostgreSQL repeats where one does not fit. */
function sayFailure(error: PamojaError): string {
  const { code } = (error.cause ?? {}) as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('22'))
    return `a value does not fit what its SQL makes of it (${code}).`;
  return messageOf(error);
}

function shownValue(value: string | null, column: InsightColumn | undefined): string | null {
  return value === null || column?.type !== 'boolean' ? value : sayBoolean(value);
}

function columnOf(column: InsightColumn | undefined): ReportColumn[] {
  if (column === undefined) return [];
  const { name, type } = column;
  if (isNumber(type)) return [{ name, kind: 'number', whole: type === 'integer' }];
  return [{ name, kind: type === 'date' ? 'date' : 'text' }];
}
