import type { Log } from '../kernel/log.js';
import type { Project } from '../model/config.js';
import { compareSchema, type SchemaDifference } from '../schema/compare-schema.js';
import { withDatabaseOpen } from './open-project.js';
import { nothingPublished } from './published-run.js';

export interface SchemaDiff {
  /** Host, port and database. */
  database: string;
  /** Whether something of ours is missing or changed. */
  drifted: boolean;
  differences: SchemaDifference[];
}

/** Compares the model of a project with its database, and changes nothing. Errors: PAM-DB-008 before the first run. */
export async function diffSchema(
  project: Project,
  options: { env?: Record<string, string | undefined>; log?: Log } = {},
): Promise<SchemaDiff> {
  return withDatabaseOpen(project, options, async ({ postgres }) => {
    const differences = await compareSchema(postgres, project);
    if (differences === undefined) {
      throw nothingPublished(postgres);
    }
    const drifted = differences.some((each) => each.kind === 'drift');
    return { database: postgres.place, drifted, differences };
  });
}
