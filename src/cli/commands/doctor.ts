import { dirname, relative } from 'node:path';
import { findConfig, readProject } from '../../config/read-config.js';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import type { Project } from '../../model/config.js';
import { diagnose } from '../../store/doctor/diagnose.js';
import { type Finding, failed } from '../../store/doctor/finding.js';
import { resolveTarget, type Target } from '../../store/target.js';
import type { Session } from '../session.js';
import { renderFindings } from '../terminal/render-findings.js';

/** `pamoja doctor`: says what is wrong with what a run stands on; exit code 6 where something is. */
export async function doctor(session: Session): Promise<number> {
  const { out, progress } = session;
  session.interruption.stopped = 'Stopped. Nothing was changed.';
  const findings: Finding[] = [];
  const file = configOf(session);
  const root = file === undefined ? session.cwd : dirname(file);
  const project = file === undefined ? undefined : await projectOf(file, findings);
  progress.log.step('Looking at the installation and the database');
  const shown = file === undefined ? undefined : relative(session.cwd, file) || file;
  findings.unshift(
    ...(await diagnose(targetOf(root, session.env), {
      config: shown,
      ...(project === undefined
        ? {}
        : {
            schema: project.schema,
            bookkeeping: project.bookkeeping,
            tables: project.entities.map((entity) => entity.name),
          }),
    })),
  );
  progress.end();
  const wrong = findings.filter(({ state }) => state === 'fail');
  if (session.json) {
    out.line(JSON.stringify({ healthy: wrong.length === 0, findings }, null, 2));
  } else if (wrong.length > 0 || !session.quiet) {
    for (const line of renderFindings(findings, out)) out.line(line);
  }
  return wrong.length === 0 ? EXIT.ok : EXIT.store;
}

/** The configuration that is looked at; none where the folder has none. Errors: PAM-CFG-001 where a named one is not there. */
function configOf({ configFrom, cwd }: Session): string | undefined {
  try {
    return findConfig(configFrom);
  } catch (error) {
    if (configFrom === cwd) return undefined;
    throw error;
  }
}

/** A configuration that cannot be read is a finding, and does not keep us from the rest. */
async function projectOf(file: string, findings: Finding[]): Promise<Project | undefined> {
  try {
    return await readProject(file);
  } catch (error) {
    const place = error instanceof PamojaError && error.where !== undefined ? `${error.where}: ` : '';
    const finding = failed('configuration', error);
    findings.push({ ...finding, detail: place + finding.detail });
    return undefined;
  }
}

function targetOf(root: string, env: Session['env']): Target | PamojaError {
  try {
    return resolveTarget(root, env);
  } catch (error) {
    if (error instanceof PamojaError) return error;
    throw error;
  }
}
