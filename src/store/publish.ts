import { copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createKeys, createRecords, createSalesView, createTable } from '../model/ddl.js';
import { type Entity, postgresType } from '../model/entity.js';
import type { Check, Prior, RunRecord } from '../model/ledger.js';
import { recordsTable, tables } from '../model/tables.js';
import { close, makeSchema } from './bookkeeping.js';
import { columnsOf } from './load-prior.js';
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
      await load(workspace, postgres, project, entity, fresh.has(entity.name), record.startedAt);
    for (const entity of [...project.entities].reverse()) await remove(workspace, postgres, project, entity);
    for (const entity of project.entities.filter((each) => fresh.has(each.name))) {
      for (const statement of createKeys(project.schema, entity)) await postgres.run(statement);
      await close(postgres, project.schema, entity.name, project.grants);
      await postgres.run(sql`ANALYZE ${ident(project.schema, entity.name)}`);
    }
    if (fresh.size > 0) await makeView(postgres, input);
    for (const entity of project.entities)
      await keepLinks(workspace, postgres, project, entity, record.runId);
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

function refuseForeign(postgres: Postgres, { project, prior, adopt }: PublishInput): void {
  const foreign = project.entities.find((entity) => prior.tables[entity.name] === 'foreign');
  if (foreign === undefined || adopt) return;
  throw foreignRelation(`${project.schema}.${foreign.name}`, 'to add to the table; its rows stay', postgres);
}

function foreignRelation(name: string, adopting: string, { place }: Postgres): PamojaError {
  return new PamojaError('PAM-DB-004', `The table ${name} is there, and Pamoja did not make it.`, {
    where: place,
    next: `Choose another schema in the configuration, or run with --adopt ${adopting}.`,
  });
}

/** Makes tables that are absent, and adds columns that the model gained. Gives the names of the new tables. */
async function makeTables(postgres: Postgres, { project, prior }: PublishInput): Promise<Set<string>> {
  const fresh = new Set<string>();
  for (const entity of project.entities) {
    if (prior.tables[entity.name] === 'absent') {
      for (const statement of createTable(project.schema, entity)) await postgres.run(statement);
      fresh.add(entity.name);
    } else {
      const there = await columnsOf(postgres, project.schema, entity.name);
      if (!there.includes(entity.id)) {
        throw new PamojaError(
          'PAM-DB-004',
          `The table ${project.schema}.${entity.name} has no column ${entity.id}.`,
          {
            where: postgres.place,
            next: 'It cannot be adopted: choose another schema in the configuration.',
          },
        );
      }
      for (const field of entity.fields.filter((each) => !there.includes(each.name))) {
        const type = raw(postgresType(field.type));
        await postgres.run(
          sql`ALTER TABLE ${ident(project.schema, entity.name)} ADD COLUMN ${ident(field.name)} ${type}`,
        );
      }
    }
    if (entity.kind === 'master') {
      const known = (await columnsOf(postgres, project.bookkeeping, recordsTable(entity.name))).length > 0;
      for (const statement of createRecords(project.bookkeeping, entity)) await postgres.run(statement);
      if (!known) await close(postgres, project.bookkeeping, recordsTable(entity.name), []);
    }
  }
  return fresh;
}

/** A table or view of that name that somebody else made is never replaced. Errors: PAM-DB-004 unless it is adopted. */
async function makeView(postgres: Postgres, { project, prior, adopt }: PublishInput): Promise<void> {
  const [there] = await postgres.query<{ ours: boolean }>(sql`SELECT relkind = 'v' AND
      coalesce(obj_description(oid, 'pg_class') LIKE 'Signed lines of orders%', false) AS ours
    FROM pg_class WHERE oid = to_regclass(${literal(ident(project.schema, 'sales'))})`);
  if (there?.ours === false) {
    if (adopt || prior.lastRun !== null) return;
    throw foreignRelation(`${project.schema}.sales`, 'to do without the view of that name', postgres);
  }
  const { version } = await postgres.row<{ version: number }>(
    sql`SELECT current_setting('server_version_num')::int AS version`,
  );
  const statements = createSalesView(project.schema, project.entities, version >= 150000);
  for (const statement of statements) await postgres.run(statement);
  if (statements.length > 0) await close(postgres, project.schema, 'sales', project.grants, true);
}

/** Created rows go straight in; updated ones through a temporary table that ends with the transaction. */
async function load(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
  fresh: boolean,
  now: Date,
): Promise<void> {
  const target = ident(project.schema, entity.name);
  const columns = [entity.id, ...entity.fields.map((field) => field.name)];
  const created = goldenRows(entity, 'created', now);
  if ((await countOf(workspace, entity, 'created')) > 0) {
    await copyToPostgres(workspace, postgres, created, target, columns, { freeze: fresh });
  }
  const updated = await countOf(workspace, entity, 'updated');
  if (updated === 0) return;
  const stage = ident(`pamoja_stage_${entity.name}`);
  await postgres.run(sql`CREATE TEMP TABLE ${stage} (LIKE ${target}) ON COMMIT DROP`);
  await copyToPostgres(workspace, postgres, goldenRows(entity, 'updated', now), stage, columns);
  const sets = entity.fields.map((field) =>
    field.firstSeen
      ? sql`${ident(field.name)} = coalesce(s.${ident(field.name)}, t.${ident(field.name)})`
      : sql`${ident(field.name)} = s.${ident(field.name)}`,
  );
  const taken = await postgres.execute(
    sql`UPDATE ${target} t SET ${joined(sets)} FROM ${stage} s WHERE s.${ident(entity.id)} = t.${ident(entity.id)}`,
  );
  if (taken === updated) return;
  throw new PamojaError('PAM-CHK-001', `PostgreSQL changed ${taken} of ${updated} ${entity.name}.`, {
    where: postgres.place,
    next: 'Nothing was published. Look for triggers and policies on the table that leave rows out.',
  });
}

function goldenRows(entity: Entity, action: 'created' | 'updated', now: Date): Sql {
  const utc = literal(now.toISOString().replace('T', ' ').replace('Z', ''));
  const values = entity.fields.map((field) =>
    field.firstSeen && action === 'created'
      ? sql`coalesce(g.${ident(field.name)}, ${utc}::TIMESTAMP)`
      : sql`g.${ident(field.name)}`,
  );
  return sql`SELECT g.id, ${joined(values)} FROM ${tables.golden(entity.name)} g
    JOIN ${tables.changes(entity.name)} c ON c.id = g.id WHERE c.action = ${literal(action)} ORDER BY g.id`;
}

async function countOf(workspace: Workspace, entity: Entity, action: string): Promise<number> {
  return workspace.count(
    sql`SELECT count(*) FROM ${tables.changes(entity.name)} WHERE action = ${literal(action)}`,
  );
}

async function remove(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
): Promise<void> {
  if ((await countOf(workspace, entity, 'deleted')) === 0) return;
  const stage = ident(`pamoja_ended_${entity.name}`);
  await postgres.run(sql`CREATE TEMP TABLE ${stage} (id bigint) ON COMMIT DROP`);
  const ended = sql`SELECT id FROM ${tables.changes(entity.name)} WHERE action = 'deleted'`;
  await copyToPostgres(workspace, postgres, ended, stage, ['id']);
  await postgres.run(
    sql`DELETE FROM ${ident(project.schema, entity.name)} t USING ${stage} s WHERE s.id = t.${ident(entity.id)}`,
  );
}

/** Writes the links that changed, and the source records of masters that did. */
async function keepLinks(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
  runId: string,
): Promise<void> {
  const links = tables.links(entity.name);
  if ((await workspace.count(sql`SELECT count(*) FROM ${links}`)) > 0) {
    const stage = ident(`pamoja_links_${entity.name}`);
    const columns = ['source', 'key', 'id', 'placeholder', 'deleted', 'vanished'];
    await postgres.run(sql`CREATE TEMP TABLE ${stage} (source text, key text, id bigint, placeholder boolean,
      deleted boolean, vanished boolean) ON COMMIT DROP`);
    await copyToPostgres(workspace, postgres, sql`FROM ${links}`, stage, columns);
    await postgres.run(sql`INSERT INTO ${ident(project.bookkeeping, 'links')} AS l
      SELECT ${literal(entity.name)}, source, key, id, placeholder, deleted, vanished, ${literal(runId)} FROM ${stage}
      ON CONFLICT (entity, source, key) DO UPDATE SET id = excluded.id, placeholder = excluded.placeholder,
        deleted = excluded.deleted, vanished = excluded.vanished, run_id = excluded.run_id`);
  }
  if (entity.kind === 'document') return;
  await keepRecords(workspace, postgres, project, entity);
}

async function keepRecords(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
): Promise<void> {
  const { name } = entity;
  const inForce = tables.inForce(name);
  const prior = tables.priorRecords(name);
  const target = ident(project.bookkeeping, recordsTable(name));
  const identity = sql`(source, key, variant, hash)`;
  const gone = sql`SELECT source, key, variant FROM ${prior} WHERE ${identity} NOT IN (SELECT ${identity} FROM ${inForce})`;
  if ((await workspace.count(sql`SELECT count(*) FROM (${gone})`)) > 0) {
    const stage = ident(`pamoja_gone_${name}`);
    await postgres.run(
      sql`CREATE TEMP TABLE ${stage} (source text, key text, variant integer) ON COMMIT DROP`,
    );
    await copyToPostgres(workspace, postgres, gone, stage, ['source', 'key', 'variant']);
    await postgres.run(sql`DELETE FROM ${target} t USING ${stage} s
      WHERE s.source = t.source AND s.key = t.key AND s.variant = t.variant`);
  }
  const fields = entity.fields.filter((field) => field.provenance === undefined).map((field) => field.name);
  const columns = ['source', 'key', 'variant', 'hash', ...fields];
  const added = sql`SELECT ${joined(columns.map((column) => ident(column)))} FROM ${inForce}
    WHERE ${identity} NOT IN (SELECT ${identity} FROM ${prior})`;
  if ((await workspace.count(sql`SELECT count(*) FROM (${added})`)) > 0) {
    await copyToPostgres(workspace, postgres, added, target, columns);
  }
}

/** Ids advance with the tables, in the same transaction; the run becomes what the tables stand at. */
async function advance(postgres: Postgres, { project, prior, record, nextIds }: PublishInput): Promise<void> {
  for (const entity of project.entities) {
    await postgres.run(
      sql`INSERT INTO ${ident(project.bookkeeping, 'entities')} AS e (entity, table_schema, next_id, adopted) VALUES ($1, $2, $3, $4)
        ON CONFLICT (entity) DO UPDATE SET next_id = greatest(e.next_id, excluded.next_id), table_schema = excluded.table_schema`,
      [entity.name, project.schema, nextIds[entity.name] ?? 1, prior.tables[entity.name] === 'foreign'],
    );
  }
  await postgres.run(sql`UPDATE ${ident(project.bookkeeping, 'state')} SET last_run = $1`, [record.runId]);
}
