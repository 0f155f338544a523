import type { Postgres } from '../engine/postgres.js';
import { ident, literal, literals, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { bookkeepingVersion } from '../store/bookkeeping.js';

/**
 * When each source that gives additions only, or can be asked for them, was last read for a run that stands. An entity
 * that the source never fed before is still to be read whole, so its source is left out. A run that began after `now` had
 * a clock that was wrong: to go by it, nothing would be asked for until that day.
 */
export async function lastRead(postgres: Postgres, project: Project, now: Date): Promise<Map<string, Date>> {
  const times = new Map<string, Date>();
  const sources = project.sources.filter((source) => source.delivery === 'addition');
  if (sources.length === 0 || (await bookkeepingVersion(postgres, project)) === 0) return times;
  const book = (table: string) => ident(project.bookkeeping, table);
  for (const source of sources) {
    const entities = [...new Set(source.feeds.map((feed) => feed.entity))];
    const rows = await postgres.query<{ started: string }>(
      sql`SELECT max(r.started_at) AS started
      FROM ${book('ledger')} l JOIN ${book('runs')} r USING (run_id)
      WHERE r.outcome <> 'failed' AND r.started_at <= $1 AND l.source = ${literal(source.name)} AND l.entity IN ${literals(entities)}
      GROUP BY l.entity ORDER BY started`,
      [now],
    );
    const [oldest] = rows;
    if (oldest !== undefined && rows.length === entities.length)
      times.set(source.name, new Date(oldest.started));
  }
  return times;
}
