import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, script, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createForeignKeys, createKeys } from '../model/ddl.js';
import type { Entity } from '../model/entity.js';
import type { Check, Prior, RunRecord } from '../model/ledger.js';
import { passSequence, refuseLoss } from './adopting.js';
import { close, makeSchema } from './bookkeeping.js';
import { keepLinks, keepRecords, loadLinks } from './keep-links.js';
import { loadPlaceholders, loadRows, removeRows } from './load-rows.js';
import { makeTables, makeView } from './make-tables.js';
import { publishedColumns } from './untouched.js';
import { writeRecord } from './write-record.js';

/** Another run published after this one compared itself with the database, or a program took its ids: compare anew. */
export class Overtaken extends Error {
  constructor(message = 'Another run published first') {
    super(message);
  }
}

/** What it means where an id was taken meanwhile, as the application of an adopted table does; any other error as it is. */
function orTaken(error: unknown, { id }: Entity): unknown {
  const { code, detail = '' } = ((error as Error).cause ?? {}) as { code?: string; detail?: string };
  return code === '23505' && detail.startsWith(`Key (${id})=`)
    ? new Overtaken('Somebody else added rows meanwhile')
    : error;
}

/** What is told where that happened again and again. */
export function overtakenAlways(where: string, times: number, by: Overtaken): PamojaError {
  return new PamojaError('PAM-DB-009', `${by.message}, ${times} times.`, {
    where,
    next: 'Run again.',
  });
}

export interface PublishInput {
  project: Project;
  prior: Prior;
  runId: string;
  startedAt: Date;
  adopt: boolean;
  /** Entities whose rows are made, in groups as they come, all masters in one: they are loaded while the next are made. */
  arrivals: AsyncIterable<readonly Entity[]> | Iterable<readonly Entity[]>;
  /** What is known once all have come. */
  conclude: () => Conclusion;
  /** Asks the database, inside the transaction; a check that fails rolls everything back. */
  verify: (postgres: Postgres) => Promise<Check[]>;
  version: string;
  /** Whether the run is in the database, where the reply to COMMIT was lost. */
  settle: () => Promise<boolean>;
  /** Called at the named points of `RunOptions.reached`. */
  reached: (point: string) => void | Promise<void>;
  /** Fingerprint of the configuration: the next run asks whether it is still the same. */
  settings: string;
  /** All transactions before this one had ended when the tables were compared. */
  asOf: string;
}

/** What a run came to: its record, and the next free ids after it. */
export interface Conclusion {
  record: RunRecord;
  nextIds: Record<string, number>;
}

/**
 * Brings the run into the database in one transaction, verified before COMMIT. Errors: PAM-DB-004 where a table is
 * not ours, PAM-CHK-001 where a check fails, PAM-DB-011 where it is not known whether COMMIT was done, Overtaken where
 * another run came first.
 */
export async function publish(
  workspace: Workspace,
  postgres: Postgres,
  input: PublishInput,
): Promise<Check[]> {
  const { project, prior, runId, startedAt } = input;
  const first = prior.lastRun === null;
  const work = async () => {
    const state = ident(project.bookkeeping, 'state');
    const { last_run } = await postgres.row<{ last_run: string | null }>(
      sql`SELECT last_run FROM ${state} FOR UPDATE`,
    );
    if (last_run !== prior.lastRun) throw new Overtaken();
    await makeSchema(postgres, project.schema);
    const fresh = await makeTables(postgres, input);
    // A snapshot older than a table sees its frozen rows: they go with none that it cannot see.
    const freeze = fresh.rows.size === project.entities.length;
    for await (const entities of input.arrivals) {
      const masters = entities.filter((entity) => entity.kind === 'master');
      for (const entity of entities) {
        const isNew = fresh.rows.has(entity.name);
        if (!isNew) await refuseLoss(workspace, postgres, project, entity);
        const how = { fresh: isNew, freeze };
        await loadRows(workspace, postgres, project, entity, how, startedAt).catch((error) => {
          throw orTaken(error, entity);
        });
        if (isNew) {
          const analyze = sql`ANALYZE ${ident(project.schema, entity.name)}`;
          await postgres.run(script([...createKeys(project.schema, entity), analyze]));
        } else await passSequence(postgres, project, entity);
        await input.reached(`loaded ${entity.name}`);
      }
      for (const entity of masters)
        await keepRecords(workspace, postgres, project, entity, fresh.records.has(entity.name));
      if (first && masters.length > 0) await loadLinks(workspace, postgres, project, masters, runId);
    }
    const { record, nextIds } = input.conclude();
    for (const entity of [...project.entities].reverse())
      await removeRows(workspace, postgres, project, entity);
    const made = project.entities.filter((each) => fresh.rows.has(each.name));
    for (const entity of made) {
      await loadPlaceholders(workspace, postgres, project, entity, freeze, startedAt);
      await postgres.run(script(createForeignKeys(project.schema, entity)));
    }
    const bare = made.map(({ name }) => ({ name, view: false }));
    await close(postgres, project.schema, bare, project.grants);
    await makeView(postgres, input);
    await input.reached('keys made');
    await keepLinks(workspace, postgres, project, first, runId);
    const checks = await input.verify(postgres);
    const failed = checks.filter((check) => !check.passed);
    if (failed.length > 0) throw new FailedChecks(checks);
    await writeRecord(workspace, postgres, project, { ...record, checks }, input.version);
    await advance(postgres, input, runId, nextIds);
    await input.reached('before commit');
    return checks;
  };
  return postgres.transaction(work, undefined, input.settle);
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
  { project, prior, settings, asOf }: PublishInput,
  runId: string,
  nextIds: Record<string, number>,
): Promise<void> {
  const states = project.entities.map(({ name }) => {
    const adopted = prior.tables[name] === 'foreign' ? sql`true` : sql`false`;
    return sql`(${literal(name)}, ${literal(project.schema)}, ${nextIds[name] ?? 1}, ${adopted})`;
  });
  await postgres.run(
    sql`INSERT INTO ${ident(project.bookkeeping, 'entities')} AS e (entity, table_schema, next_id, adopted) VALUES ${joined(states)}
      ON CONFLICT (entity) DO UPDATE SET next_id = greatest(e.next_id, excluded.next_id), table_schema = excluded.table_schema,
        adopted = e.adopted OR excluded.adopted`,
  );
  await postgres.run(
    sql`UPDATE ${ident(project.bookkeeping, 'state')} SET last_run = $1, settings = $2, ${publishedColumns(project, asOf)}`,
    [runId, settings],
  );
}
