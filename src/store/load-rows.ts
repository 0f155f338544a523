import { copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { isIdle, isPublished } from './compare.js';

/** Into a new table all rows go at once. Else created ones go straight in; updated ones through a temporary table that ends with the transaction. */
export async function loadRows(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
  { fresh, freeze }: { fresh: boolean; freeze: boolean },
  now: Date,
): Promise<void> {
  const target = ident(project.schema, entity.name);
  const columns = columnsOf(entity);
  if (fresh) {
    await copyToPostgres(workspace, postgres, allRows(entity, now), target, columns, { freeze });
    return;
  }
  if ((await countOf(workspace, entity, 'created')) > 0) {
    await copyToPostgres(workspace, postgres, goldenRows(entity, 'created', now), target, columns);
  }
  const updated = await countOf(workspace, entity, 'updated');
  if (updated === 0) return;
  const stage = ident(`pamoja_stage_${entity.name}`);
  // Only our columns: somebody's own may demand a value.
  await postgres.run(sql`CREATE TEMP TABLE ${stage} ON COMMIT DROP AS
    SELECT ${joined(columns.map((name) => ident(name)))} FROM ${target} WITH NO DATA`);
  await copyToPostgres(workspace, postgres, goldenRows(entity, 'updated', now), stage, columns);
  const sets = entity.fields
    .filter((field) => !field.untold)
    .map((field) =>
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
    next: 'Nothing was published. Where somebody deleted rows meanwhile, run again; else look for triggers and policies on the table that leave rows out.',
  });
}

/** Into a new table everything goes, as it comes: a sort would cost more than it gives. Placeholders are named last. */
function allRows(entity: Entity, now: Date): Sql {
  return sql`SELECT g.id, ${joined(rowValues(entity, 'created', now))} FROM ${tables.golden(entity.name)} g
    ANTI JOIN ${tables.placeholders(entity.name)} p ON p.id = g.id`;
}

/** Brings the placeholders into a new table, behind its other rows. */
export async function loadPlaceholders(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
  freeze: boolean,
  now: Date,
): Promise<void> {
  if ((await workspace.size(tables.placeholders(entity.name))) === 0) return;
  const rows = sql`SELECT g.id, ${joined(rowValues(entity, 'created', now))} FROM ${tables.golden(entity.name)} g
    JOIN ${tables.placeholders(entity.name)} p ON p.id = g.id`;
  const target = ident(project.schema, entity.name);
  await copyToPostgres(workspace, postgres, rows, target, columnsOf(entity), { freeze });
}

function columnsOf(entity: Entity): string[] {
  return [entity.id, ...entity.fields.map((field) => field.name)];
}

function goldenRows(entity: Entity, action: 'created' | 'updated', now: Date): Sql {
  return sql`SELECT g.id, ${joined(rowValues(entity, action, now))} FROM ${tables.golden(entity.name)} g
    JOIN ${tables.changes(entity.name)} c ON c.id = g.id WHERE c.action = ${literal(action)} ORDER BY g.id`;
}

function rowValues(entity: Entity, action: 'created' | 'updated', now: Date): Sql[] {
  const utc = literal(now.toISOString().replace('T', ' ').replace('Z', ''));
  return entity.fields.map((field) =>
    field.firstSeen && action === 'created'
      ? sql`coalesce(g.${ident(field.name)}, ${utc}::TIMESTAMP)`
      : sql`g.${ident(field.name)}`,
  );
}

async function countOf(workspace: Workspace, entity: Entity, action: string): Promise<number> {
  // What was never published can only come.
  if (action !== 'created' && !(await isPublished(workspace, entity))) return 0;
  if (await isIdle(workspace, entity)) return 0;
  return workspace.count(
    sql`SELECT count(*) FROM ${tables.changes(entity.name)} WHERE action = ${literal(action)}`,
  );
}

/** Takes away the rows that go, those that point at others first. */
export async function removeRows(
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
