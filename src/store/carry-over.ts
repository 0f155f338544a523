import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { LedgerLine, RunRecord } from '../model/ledger.js';
import { bookkeepingVersion } from './bookkeeping.js';
import { HORIZON, type StandingRun, stateColumns } from './untouched.js';
import { forgetOld, writeRun } from './write-record.js';

/** The run that the tables stand at; undefined before the first. */
export async function standingRun(postgres: Postgres, project: Project): Promise<StandingRun | undefined> {
  if ((await bookkeepingVersion(postgres, project)) === 0) return undefined;
  const at = (table: string) => ident(project.bookkeeping, table);
  const [run] = await postgres.query<Omit<StandingRun, 'ledger'>>(
    sql`SELECT r.run_id AS "runId", coalesce(to_jsonb(r) ->> 'told_in', r.run_id) AS "toldIn", to_jsonb(s) ->> 'settings' AS settings, r.entities, to_jsonb(s) ->> 'as_of' AS "asOf",
        to_jsonb(s) ->> 'shape' AS shape, ${HORIZON} AS horizon,
        CASE WHEN s.xmin = (to_jsonb(s) ->> 'written')::xid8::xid THEN translate(to_jsonb(s) ->> 'published', '[]" ', '{}') END AS published
      FROM ${at('state')} s JOIN ${at('runs')} r ON r.run_id = s.last_run`,
  );
  if (run === undefined) return undefined;
  const amounts = sql`SELECT jsonb_agg(jsonb_build_object('measure', measure, 'currency', currency, 'read', read::text,
      'accepted', accepted::text, 'rejected', rejected::text, 'filtered', filtered::text, 'repeated', repeated::text,
      'unreadable', unreadable) ORDER BY measure, currency)
    FROM ${at('amounts')} a WHERE (a.run_id, a.source, a.file, a.entity) = (l.run_id, l.source, l.file, l.entity)`;
  const ledger = await postgres.query<LedgerLine>(
    sql`SELECT source, file, entity, read, accepted, rejected, filtered, repeated, merged, balanced, sha256,
        coalesce((${amounts}), '[]') AS amounts
      FROM ${at('ledger')} l WHERE run_id = $1 ORDER BY l.ctid`,
    [run.runId],
  );
  return { ...run, ledger };
}

/** Records a run that had nothing to do; its rejects and findings are those of the one before it. */
export async function recordCarriedOver(
  postgres: Postgres,
  project: Project,
  standing: StandingRun,
  record: RunRecord,
  version: string,
): Promise<void> {
  const at = (table: string) => ident(project.bookkeeping, table);
  await writeRun(postgres, project, record, version);
  await postgres.run(sql`UPDATE ${at('runs')} SET told_in = $2 WHERE run_id = $1`, [
    record.runId,
    standing.toldIn,
  ]);
  await forgetOld(postgres, project);
  await postgres.run(sql`UPDATE ${at('state')} SET last_run = $1, ${stateColumns(standing.horizon)}`, [
    record.runId,
  ]);
}
