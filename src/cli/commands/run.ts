import { EXIT } from '../../kernel/error-codes.js';
import type { RunRecord } from '../../model/ledger.js';
import type { RunResult } from '../../pipeline/run-options.js';
import { runProject } from '../../pipeline/run-project.js';
import { FailedChecks } from '../../store/publish.js';
import { resolveTarget } from '../../store/target.js';
import { runAsJson } from '../run-as-json.js';
import type { Given, Session } from '../session.js';
import { renderFailedChecks } from '../terminal/render-checks.js';
import { errorParts, renderError } from '../terminal/render-error.js';
import { type RunView, renderRun } from '../terminal/render-run.js';

/** `pamoja run`: brings the sources together, and says what came of it. */
export async function run(session: Session, { flags }: Given): Promise<number> {
  const { out, progress, interruption } = session;
  const project = await session.project();
  const dryRun = flags.dryRun === true;
  interruption.stopped = 'Stopped. Nothing was published.';
  let result: RunResult;
  let failed: RunRecord | undefined;
  try {
    result = await runProject(project, {
      dryRun,
      adopt: flags.adopt === true,
      full: flags.full === true,
      env: session.env,
      failed(record) {
        failed = record;
      },
      log: progress.log,
      progress: (source, read, total) => progress.read(source, read, total),
      reached(point) {
        // After the checks comes COMMIT: whether it happened is known once the database has answered.
        if (point === 'verified') interruption.wait = true;
        if (point === 'after publish') {
          interruption.wait = false;
          interruption.stopped = 'Stopped, after the run was published.';
        }
      },
    });
  } catch (error) {
    progress.end();
    return tellFailure(session, error, failed);
  }
  progress.end();
  if (interruption.asked) session.err.line('The run was published before it could be stopped.');
  if (session.json) {
    out.line(runAsJson(result));
  } else if (!session.quiet) {
    const embedded = resolveTarget(project.root, session.env).kind === 'embedded';
    for (const line of renderRun(result, viewOf(session, embedded))) out.line(line);
  }
  return EXIT.ok;
}

function viewOf({ out, verbose, typed }: Session, embedded: boolean): RunView {
  return { width: out.width, paint: out.paint, embedded, details: verbose, typed };
}

function tellFailure(session: Session, error: unknown, failed?: RunRecord): number {
  const { out, err, json, verbose } = session;
  const checks = error instanceof FailedChecks ? error.checks : [];
  if (json) {
    const { runId, ledger = [] } = failed ?? {};
    out.line(JSON.stringify({ runId, outcome: 'failed', error: errorParts(error), ledger, checks }, null, 2));
  } else {
    for (const line of renderFailedChecks(checks, err)) err.line(line);
    for (const line of renderError(error, err, verbose)) err.line(line);
  }
  return errorCode(error);
}

function errorCode(error: unknown): number {
  const { exitCode } = error as { exitCode?: number };
  return exitCode ?? EXIT.unexpected;
}
