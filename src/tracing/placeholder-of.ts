import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';

/** The source for which a row stands, where it is a placeholder. */
export async function placeholderOf(
  postgres: Postgres,
  project: Project,
  entity: string,
  id: number,
): Promise<string | undefined> {
  const [link] = await postgres.query<{ source: string }>(
    sql`SELECT source FROM ${ident(project.bookkeeping, 'links')} WHERE entity = $1 AND id = $2 AND placeholder LIMIT 1`,
    [entity, id],
  );
  return link?.source;
}
