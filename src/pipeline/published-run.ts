import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { bookkeepingVersion } from '../store/bookkeeping.js';

/** The run that the tables stand at. Errors: PAM-DB-008 where nothing was published yet. */
export async function publishedRun(postgres: Postgres, project: Project): Promise<string> {
  if ((await bookkeepingVersion(postgres, project)) > 0) {
    const state = ident(project.bookkeeping, 'state');
    const [found] = await postgres.query<{ run: string | null }>(sql`SELECT last_run AS run FROM ${state}`);
    if (typeof found?.run === 'string') return found.run;
  }
  throw nothingPublished(postgres);
}

export function nothingPublished({ place }: Postgres): PamojaError {
  return new PamojaError('PAM-DB-008', 'Nothing was published here yet.', {
    where: place,
    next: 'Run: pamoja run',
  });
}
