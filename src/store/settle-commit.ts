import { setTimeout as pause } from 'node:timers/promises';
import type { Postgres } from '../engine/postgres.js';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { type Log, withoutSecrets } from '../kernel/log.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';

/** Pauses between the tries, in milliseconds: a server that starts again needs a moment. */
const PAUSES = [0, 250, 500, 1000, 2000, 4000];

/**
 * Whether a run whose reply to COMMIT was lost is in the database: its id was written in the same transaction. The lock
 * on the row of `state`, which that transaction held, is gained only when it has ended, one way or the other.
 * Errors: PAM-DB-011 where nobody can be asked, or the transaction does not end.
 */
export async function settleCommit(
  connect: () => Promise<Postgres>,
  project: Project,
  runId: string,
  log: Log,
): Promise<boolean> {
  let cause: unknown;
  for (const wait of PAUSES) {
    await pause(wait);
    try {
      const there = await ask(connect, project, runId);
      if (there) log.warn('The reply to COMMIT was lost; the database says that the run was published.');
      return there;
    } catch (error) {
      cause = error;
      log.debug(`The lost COMMIT could not be settled yet: ${withoutSecrets(messageOf(error))}`);
    }
  }
  throw new PamojaError(
    'PAM-DB-011',
    `The connection broke during COMMIT of run ${runId}; whether it was published is not known.`,
    { next: 'Run again: it finds what is there, and settles it.', cause },
  );
}

async function ask(connect: () => Promise<Postgres>, project: Project, runId: string): Promise<boolean> {
  const at = (table: string) => ident(project.bookkeeping, table);
  const postgres = await connect();
  try {
    return await postgres.transaction(async () => {
      await postgres.run(sql`SET LOCAL lock_timeout = '4s'`);
      await postgres.run(sql`SELECT FROM ${at('state')} FOR UPDATE`);
      const [run] = await postgres.query(sql`SELECT FROM ${at('runs')} WHERE run_id = $1`, [runId]);
      return run !== undefined;
    });
  } finally {
    await postgres.close();
  }
}
