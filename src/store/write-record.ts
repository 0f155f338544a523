import { copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { RunRecord } from '../model/ledger.js';
import { demandOwnBooks } from './load-prior.js';

/** Runs whose rejects and findings are kept; older ones keep their ledger and checks. */
const KEPT_RUNS = 20;

/** DuckDB tables, made before, that hold the rejects and findings of the run in the columns of the bookkeeping. */
const REJECT_COLUMNS = [
  'reject_id',
  'root_id',
  'source',
  'file',
  'entity',
  'line',
  'ordinal',
  'key',
  'rule',
  'field',
  'value',
  'reason',
  'waiting',
  'raw',
] as const;
const FINDING_COLUMNS = [
  'severity',
  'source',
  'file',
  'entity',
  'ordinal',
  'key',
  'rule',
  'field',
  'value',
  'reason',
] as const;

/** Writes a run with its ledger, rejects, findings and checks, inside the transaction that is open. */
export async function writeRecord(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  record: RunRecord,
  version: string,
): Promise<void> {
  await writeRun(postgres, project, record, version);
  const at = (table: string) => ident(project.bookkeeping, table);
  await copyTable(workspace, postgres, 'rejects', at('kept_rejects'), REJECT_COLUMNS, record.runId);
  await copyTable(
    workspace,
    postgres,
    'reported_findings',
    at('kept_findings'),
    FINDING_COLUMNS,
    record.runId,
  );
  await forgetOld(postgres, project);
}

/** Writes a run with its ledger and checks, without what was refused. */
export async function writeRun(
  postgres: Postgres,
  project: Project,
  record: RunRecord,
  version: string,
): Promise<void> {
  const at = (table: string) => ident(project.bookkeeping, table);
  await postgres.run(
    sql`INSERT INTO ${at('runs')} (run_id, project, started_at, finished_at, outcome, error_code, error, entities, version)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      record.runId,
      record.project,
      record.startedAt,
      record.finishedAt,
      record.outcome,
      record.errorCode,
      record.error,
      JSON.stringify(record.entities),
      version,
    ],
  );
  // One statement a table: ledger lines are as many as files and entities, not as rows.
  await insertRows(
    postgres,
    at('ledger'),
    record.ledger.map(({ amounts, carried, ...line }) => ({
      run_id: record.runId,
      ...line,
      carried: carried ?? false,
    })),
  );
  await insertRows(
    postgres,
    at('amounts'),
    record.ledger.flatMap(({ source, file, entity, amounts }) =>
      amounts.map((amount) => ({ run_id: record.runId, source, file, entity, ...amount })),
    ),
  );
  await insertRows(
    postgres,
    at('checks'),
    record.checks.map((check) => ({ run_id: record.runId, ...check })),
  );
}

async function insertRows(postgres: Postgres, table: Sql, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = joined(Object.keys(first).map((name) => ident(name)));
  await postgres.run(
    sql`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

async function copyTable(
  workspace: Workspace,
  postgres: Postgres,
  from: string,
  to: Sql,
  columns: readonly string[],
  runId: string,
): Promise<void> {
  if (!workspace.exists(from) || (await workspace.size(ident(from))) === 0) return;
  const query = sql`SELECT ${literal(runId)}, ${joined(columns.map((column) => ident(column)))} FROM ${ident(from)}`;
  await copyToPostgres(workspace, postgres, query, to, ['run_id', ...columns]);
}

/**
 * Forgets the rejects and findings of older runs, but for those that a newer one tells again. Whatever failed since, the
 * last run that ended well keeps its own: what waits is brought back from them.
 */
export async function forgetOld(postgres: Postgres, project: Project): Promise<void> {
  const at = (table: string) => ident(project.bookkeeping, table);
  const newest = sql`ORDER BY run_number DESC`;
  for (const table of ['kept_rejects', 'kept_findings']) {
    // There are few runs and many rows: from one run to the next it goes by the index.
    await postgres.run(sql`WITH RECURSIVE kept (run_id) AS (SELECT min(run_id) FROM ${at(table)} UNION ALL
        SELECT (SELECT min(run_id) FROM ${at(table)} t WHERE t.run_id > k.run_id) FROM kept k WHERE k.run_id IS NOT NULL)
      DELETE FROM ${at(table)} WHERE run_id IN (SELECT run_id FROM kept
        WHERE run_id IS NOT NULL AND run_id NOT IN (SELECT coalesce(told_in, run_id) FROM (
          (SELECT * FROM ${at('runs')} ${newest} LIMIT ${raw(String(KEPT_RUNS))}) UNION ALL
          (SELECT * FROM ${at('runs')} WHERE outcome <> 'failed' ${newest} LIMIT 1)) wanted))`);
  }
}

/**
 * Records a run that failed, in a transaction of its own: the publish that failed left nothing. Errors: PAM-DB-004 where
 * the books are somebody else's: nothing is written into them.
 */
export async function recordFailure(
  workspace: Workspace | undefined,
  postgres: Postgres,
  project: Project,
  record: RunRecord,
  version: string,
): Promise<void> {
  await postgres.transaction(async () => {
    await demandOwnBooks(postgres, project);
    if (workspace !== undefined) await writeRecord(workspace, postgres, project, record, version);
    else await writeRun(postgres, project, record, version);
  });
}
