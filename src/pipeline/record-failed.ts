import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { messageOf } from '../kernel/errors.js';
import { withoutSecrets } from '../kernel/log.js';
import { VERSION } from '../kernel/version.js';
import type { Project } from '../model/config.js';
import type { RunRecord } from '../model/ledger.js';
import { recordFailure } from '../store/write-record.js';
import type { OpenDatabase } from './open-project.js';
import type { RunOptions } from './run-options.js';

/**
 * Tells what a failed run came to, and leaves its ledger and rejects where the database can still be reached. What goes
 * wrong meanwhile is not what the run failed for, and does not take its place.
 */
export async function recordFailed(
  { postgres, reconnect, log }: OpenDatabase,
  workspace: Workspace | undefined,
  project: Project,
  { dryRun, failed }: RunOptions,
  record: RunRecord,
): Promise<void> {
  try {
    failed?.(record);
  } catch (second) {
    log.warn(`The failed run could not be told: ${withoutSecrets(messageOf(second))}`);
  }
  // A run of which nobody knows whether it was published is not written down as one that was not.
  if (dryRun || record.errorCode === 'PAM-DB-011') return;
  let again: Postgres | undefined;
  try {
    again = postgres.broken ? await reconnect() : undefined;
    await recordFailure(workspace, again ?? postgres, project, record, VERSION);
  } catch (second) {
    log.debug(`The failed run could not be recorded: ${withoutSecrets(messageOf(second))}`);
  } finally {
    await again?.close();
  }
}
