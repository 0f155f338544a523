import { EXIT } from '../../kernel/error-codes.js';
import { checkProject } from '../../pipeline/check-project.js';
import type { Session } from '../session.js';
import { renderChecks, renderFailedChecks } from '../terminal/render-checks.js';
import { sayCount } from '../terminal/say-number.js';
import { wholeView } from '../terminal/view.js';

/** `pamoja check`: holds the database against the sources; exit code 7 where they differ. */
export async function check(session: Session): Promise<number> {
  const { out, progress, interruption } = session;
  interruption.stopped = 'Stopped. Nothing was changed.';
  const project = await session.project();
  const { database, runId, checks } = await checkProject(project, {
    env: session.env,
    log: progress.log,
    progress: (source, read, total) => progress.read(source, read, total),
  });
  progress.end();
  const failed = checks.filter((each) => !each.passed).length;
  if (session.json) {
    out.line(JSON.stringify({ run_id: runId, database, passed: failed === 0, checks }, null, 2));
  } else if (failed > 0 || !session.quiet) {
    const { paint } = out;
    const finding =
      failed === 0
        ? `The database is what the sources say: ${sayCount(checks.length)} of ${sayCount(checks.length)} checks passed.`
        : `The database is not what the sources say: ${sayCount(failed)} of ${sayCount(checks.length)} checks failed.`;
    const view = wholeView(out);
    const list = session.quiet ? renderFailedChecks(checks, view) : renderChecks(checks, view);
    const after =
      failed === 0
        ? []
        : ['', `Where a source changed since the last run, run again first: ${session.typed('run')}`];
    for (const line of ['', paint.finding(finding), '', ...list, ...after, '']) out.line(line);
  }
  return failed === 0 ? EXIT.ok : EXIT.checks;
}
