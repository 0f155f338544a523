import { untilStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import { compareSchema, type SchemaDifference } from '../schema/compare-schema.js';
import { withDatabaseOpen } from './open-project.js';
import { nothingPublished } from './published-run.js';
import type { RunOptions } from './run-options.js';

export interface SchemaDiff {
  /** Host, port and database. */
  database: string;
  /** Whether something of ours is missing or changed. */
  drifted: boolean;
  differences: SchemaDifference[];
}

/**
 * Compares the model of a project with its database, and changes nothing. Errors: PAM-DB-008 before the first run,
 * PAM-RUN-001 where the signal stopped it.
 */
export async function diffSchema(
  project: Project,
  options: Pick<RunOptions, 'env' | 'log' | 'signal'> = {},
): Promise<SchemaDiff> {
  return untilStopped('comparison of the schema', options, (heeding) =>
    withDatabaseOpen(project, heeding, async ({ postgres }) => {
      const differences = await compareSchema(postgres, project);
      if (differences === undefined) throw nothingPublished(postgres);
      const drifted = differences.some((each) => each.kind === 'drift');
      return { database: postgres.place, drifted, differences };
    }),
  );
}
