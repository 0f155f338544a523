import type { Postgres } from '../engine/postgres.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Check, EntityOutcome, LedgerLine, RunRecord } from '../model/ledger.js';
import { recordsTable } from '../model/tables.js';
import { bookkeepingVersion } from './bookkeeping.js';
import { forgetOld, writeRun } from './write-record.js';

/** The run that the tables stand at, as its books tell it. */
export interface StandingRun {
  runId: string;
  /** Fingerprint of the configuration that it was made with. */
  settings: string | null;
  entities: Record<string, EntityOutcome>;
  ledger: LedgerLine[];
}

/** The run that the tables stand at; undefined before the first. */
export async function standingRun(postgres: Postgres, project: Project): Promise<StandingRun | undefined> {
  if ((await bookkeepingVersion(postgres, project)) === 0) return undefined;
  const at = (table: string) => ident(project.bookkeeping, table);
  const [run] = await postgres.query<Omit<StandingRun, 'ledger'>>(
    sql`SELECT r.run_id AS "runId", to_jsonb(s) ->> 'settings' AS settings, r.entities
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

/**
 * Whether every row is as the standing run left it, asked of the database: no table has a row that a later transaction
 * wrote, nor other rows than the run counted. Call it inside a transaction that holds the row of state.
 */
export async function checkUntouched(
  postgres: Postgres,
  project: Project,
  { runId, entities }: StandingRun,
): Promise<Check[] | undefined> {
  const checks: Check[] = [];
  for (const entity of project.entities) {
    const outcome = entities[entity.name];
    const rows = await untouchedRows(postgres, project, ident(project.schema, entity.name));
    if (outcome === undefined || rows !== outcome.total + outcome.placeholders) return undefined;
    checks.push({
      name: `${entity.name}: untouched`,
      passed: true,
      detail: `${rows.toLocaleString('en')} rows as run ${runId} left them`,
    });
  }
  const masters = project.entities.filter((entity) => entity.kind === 'master');
  for (const table of ['links', ...masters.map((entity) => recordsTable(entity.name))]) {
    const rows = await untouchedRows(postgres, project, ident(project.bookkeeping, table));
    if (rows === undefined) return undefined;
  }
  return checks;
}

/** The number of rows; undefined where the table is gone or a later transaction wrote one of them. */
async function untouchedRows(postgres: Postgres, project: Project, table: Sql): Promise<number | undefined> {
  const { there } = await postgres.row<{ there: boolean }>(
    sql`SELECT to_regclass(${literal(table)}) IS NOT NULL AS there`,
  );
  if (!there) return undefined;
  // The row of state was written by the transaction that published: what is younger came after it.
  const { rows, untouched } = await postgres.row<{ rows: number; untouched: boolean }>(
    sql`SELECT count(*) AS rows, coalesce(min(age(xmin)) >=
        (SELECT age(xmin) FROM ${ident(project.bookkeeping, 'state')}), true) AS untouched FROM ${table}`,
  );
  return untouched ? rows : undefined;
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
  await postgres.run(
    sql`UPDATE ${at('runs')} SET told_in = (SELECT coalesce(told_in, run_id) FROM ${at('runs')} WHERE run_id = $2)
      WHERE run_id = $1`,
    [record.runId, standing.runId],
  );
  await forgetOld(postgres, project);
  await postgres.run(sql`UPDATE ${at('state')} SET last_run = $1`, [record.runId]);
}
