import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import { lastGoodRun } from './bookkeeping.js';

/** The run that the tables stand at. Errors: PAM-DB-005 where somebody deleted the row that says so. */
export async function lastRunOf(postgres: Postgres, project: Project): Promise<string | null> {
  const { bookkeeping } = project;
  const state = ident(bookkeeping, 'state');
  const [row] = await postgres.query<{ last_run: string | null }>(sql`SELECT last_run FROM ${state}`);
  if (row !== undefined) return row.last_run;
  throw new PamojaError('PAM-DB-005', `The one row of ${bookkeeping}.state is gone.`, {
    where: postgres.place,
    next: `Bring it back: ${sql`INSERT INTO ${state} (last_run) VALUES ((${lastGoodRun(project)}))`}`,
  });
}

/**
 * Documents are known by source and key: without these columns all of them would come a second time. Errors: PAM-DB-004
 * where a table of ours lost one.
 */
export function demandProvenance(
  { place }: Postgres,
  { schema }: Project,
  entity: Entity,
  columns: readonly string[],
): void {
  if (entity.kind === 'master' || columns.length === 0) return;
  const lost = entity.fields.find((field) => field.provenance !== undefined && !columns.includes(field.name));
  if (lost === undefined) return;
  const name = `${schema}.${entity.name}`;
  throw new PamojaError('PAM-DB-004', `The table ${name} has lost its column ${lost.name}.`, {
    where: place,
    next: `By it its rows are known. Bring it back from a backup with its values, or drop ${name}: the next run fills it anew.`,
  });
}
