import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createKeys } from '../model/ddl.js';
import type { Check, Prior, RunRecord } from '../model/ledger.js';
import { close, makeSchema } from './bookkeeping.js';
import { keepLinks, keepRecords } from './keep-links.js';
import { loadRows, removeRows } from './load-rows.js';
import { makeTables, makeView, refuseForeign } from './make-tables.js';
import { writeRecord } from './write-record.js';

/** Another run published after this one compared itself with the database: compare anew. */
export class Overtaken extends Error {}

export interface PublishInput {
  project: Project;
  prior: Prior;
  record: RunRecord;
  /** The next free ids after this run. */
  nextIds: Record<string, number>;
  adopt: boolean;
  /** Asks the database, inside the transaction; a check that fails rolls everything back. */
  verify: (postgres: Postgres) => Promise<Check[]>;
  version: string;
  /** Fingerprint of the configuration: the next run asks whether it is still the same. */
  settings: string;
}

/**
 * Brings the run into the database in one transaction, verified before COMMIT. Errors: PAM-DB-004 where a table is
 * not ours, PAM-CHK-001 where a check fails, Overtaken where another run came first.
 */
export async function publish(
  workspace: Workspace,
  postgres: Postgres,
  input: PublishInput,
): Promise<Check[]> {
  const { project, prior, record } = input;
  refuseForeign(postgres, input);
  return postgres.transaction(async () => {
    const state = ident(project.bookkeeping, 'state');
    const { last_run } = await postgres.row<{ last_run: string | null }>(
      sql`SELECT last_run FROM ${state} FOR UPDATE`,
    );
    if (last_run !== prior.lastRun) throw new Overtaken();
    await makeSchema(postgres, project.schema);
    const fresh = await makeTables(postgres, input);
    for (const entity of project.entities)
      await loadRows(workspace, postgres, project, entity, fresh.rows.has(entity.name), record.startedAt);
    for (const entity of [...project.entities].reverse())
      await removeRows(workspace, postgres, project, entity);
    for (const entity of project.entities.filter((each) => fresh.rows.has(each.name))) {
      for (const statement of createKeys(project.schema, entity)) await postgres.run(statement);
      await close(postgres, project.schema, entity.name, project.grants);
      await postgres.run(sql`ANALYZE ${ident(project.schema, entity.name)}`);
    }
    if (fresh.rows.size > 0) await makeView(postgres, input);
    await keepLinks(workspace, postgres, project, prior.lastRun === null, record.runId);
    for (const entity of project.entities.filter((each) => each.kind === 'master'))
      await keepRecords(workspace, postgres, project, entity, fresh.records.has(entity.name));
    const checks = await input.verify(postgres);
    const failed = checks.filter((check) => !check.passed);
    if (failed.length > 0) throw new FailedChecks(checks);
    await writeRecord(workspace, postgres, project, { ...record, checks }, input.version);
    await advance(postgres, input);
    return checks;
  });
}

/** Carries the answers out of the transaction that they undo. */
export class FailedChecks extends PamojaError {
  constructor(readonly checks: Check[]) {
    const failed = checks.filter((check) => !check.passed);
    const first = failed[0] as Check;
    super(
      'PAM-CHK-001',
      `${failed.length} of ${checks.length} checks failed, first ${first.name}: ${first.detail}.`,
      {
        next: 'Nothing was published. See the checks of this run.',
      },
    );
  }
}

/** Ids advance with the tables, in the same transaction; the run becomes what the tables stand at. */
async function advance(
  postgres: Postgres,
  { project, prior, record, nextIds, settings }: PublishInput,
): Promise<void> {
  for (const entity of project.entities) {
    await postgres.run(
      sql`INSERT INTO ${ident(project.bookkeeping, 'entities')} AS e (entity, table_schema, next_id, adopted) VALUES ($1, $2, $3, $4)
        ON CONFLICT (entity) DO UPDATE SET next_id = greatest(e.next_id, excluded.next_id), table_schema = excluded.table_schema`,
      [entity.name, project.schema, nextIds[entity.name] ?? 1, prior.tables[entity.name] === 'foreign'],
    );
  }
  await postgres.run(sql`UPDATE ${ident(project.bookkeeping, 'state')} SET last_run = $1, settings = $2`, [
    record.runId,
    settings,
  ]);
}
