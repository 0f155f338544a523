import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';

/** A file as the latest run that stands has read it. */
export interface PublishedFile {
  file: string;
  sha256: string | null;
  runId: string;
  readAt: string;
}

/** The files of a source that gave something to an entity, each as it was read last. */
export async function publishedFiles(
  postgres: Postgres,
  project: Project,
  source: string,
  entity: string,
): Promise<PublishedFile[]> {
  const book = (table: string) => ident(project.bookkeeping, table);
  return postgres.query<PublishedFile>(
    sql`SELECT DISTINCT ON (l.file) l.file, l.sha256, l.run_id AS "runId",
        to_char(r.finished_at, 'YYYY-MM-DD HH24:MI') AS "readAt"
      FROM ${book('ledger')} l JOIN ${book('runs')} r USING (run_id)
      WHERE l.source = $1 AND l.entity = $2 AND r.outcome <> 'failed' ORDER BY l.file, r.run_number DESC`,
    [source, entity],
  );
}
