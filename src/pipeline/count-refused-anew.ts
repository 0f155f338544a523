import type { Postgres } from '../engine/postgres.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';

/** How many records a run refused that the run before it did not refuse, word for word. */
export async function countRefusedAnew(
  postgres: Postgres,
  { bookkeeping }: Project,
  run: string,
  before: string,
): Promise<number> {
  const refused = (id: string): Sql =>
    sql`SELECT source, entity, raw::text FROM ${ident(bookkeeping, 'rejects')} WHERE run_id = ${literal(id)}`;
  const { anew } = await postgres.row<{ anew: number }>(
    sql`SELECT count(*) AS anew FROM (${refused(run)} EXCEPT ALL ${refused(before)}) AS r`,
  );
  return anew;
}

/** The same as a part of a run's result, and nothing where there are none. The run stands by now: what cannot be asked is not told. */
export async function tellRefusedAnew(
  postgres: Postgres,
  project: Project,
  run: string,
  before: string | null,
): Promise<{ refusedAnew?: number }> {
  if (before === null) return {};
  const refusedAnew = await countRefusedAnew(postgres, project, run, before).catch(() => 0);
  return refusedAnew > 0 ? { refusedAnew } : {};
}
