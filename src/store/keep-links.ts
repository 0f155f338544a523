import { copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createRecordKey } from '../model/ddl.js';
import { type Entity, recordFields } from '../model/entity.js';
import { recordsTable, tables } from '../model/tables.js';

const LINK_COLUMNS = ['source', 'key', 'id', 'placeholder', 'deleted', 'vanished'];

/** Writes the links that changed; with `first` there are none yet, and their keys come after them. */
export async function keepLinks(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  first: boolean,
  runId: string,
): Promise<void> {
  const target = ident(project.bookkeeping, 'links');
  const queries = project.entities.map(
    (entity) =>
      sql`SELECT ${literal(entity.name)} AS entity, ${joined(LINK_COLUMNS.map((name) => ident(name)))}, ${literal(runId)} AS run_id
        FROM ${tables.links(entity.name)}`,
  );
  const columns = ['entity', ...LINK_COLUMNS, 'run_id'];
  const changed = joined(queries, ' UNION ALL ');
  if (first) {
    await postgres.run(sql`ALTER TABLE ${target} DROP CONSTRAINT links_pkey`);
    await postgres.run(sql`DROP INDEX ${ident(project.bookkeeping, 'links_id')}`);
    await postgres.run(sql`TRUNCATE ${target}`);
    await copyToPostgres(workspace, postgres, changed, target, columns, { freeze: true });
    await postgres.run(
      sql`ALTER TABLE ${target} ADD CONSTRAINT links_pkey PRIMARY KEY (entity, source, key)`,
    );
    await postgres.run(sql`CREATE INDEX links_id ON ${target} (entity, id)`);
    await postgres.run(sql`ANALYZE ${target}`);
    return;
  }
  if ((await workspace.count(sql`SELECT count(*) FROM (${changed})`)) === 0) return;
  const stage = ident('pamoja_links');
  await postgres.run(sql`CREATE TEMP TABLE ${stage} (entity text, source text, key text, id bigint, placeholder boolean,
    deleted boolean, vanished boolean, run_id text) ON COMMIT DROP`);
  await copyToPostgres(workspace, postgres, changed, stage, columns);
  await postgres.run(sql`INSERT INTO ${target} AS l SELECT * FROM ${stage}
    ON CONFLICT (entity, source, key) DO UPDATE SET id = excluded.id, placeholder = excluded.placeholder,
      deleted = excluded.deleted, vanished = excluded.vanished, run_id = excluded.run_id`);
}

/** Writes the source records of a master that changed; into a new table all, and their key after them. */
export async function keepRecords(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entity: Entity,
  fresh: boolean,
): Promise<void> {
  const { name } = entity;
  const inForce = tables.inForce(name);
  const prior = tables.priorRecords(name);
  const target = ident(project.bookkeeping, recordsTable(name));
  const columns = ['source', 'key', 'variant', 'hash', ...recordFields(entity).map((field) => field.name)];
  const values = joined(columns.map((column) => ident(column)));
  if (fresh) {
    await copyToPostgres(workspace, postgres, sql`SELECT ${values} FROM ${inForce}`, target, columns, {
      freeze: true,
    });
    await postgres.run(createRecordKey(project.bookkeeping, entity));
    await postgres.run(sql`ANALYZE ${target}`);
    return;
  }
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
  const added = sql`SELECT ${values} FROM ${inForce}
    WHERE ${identity} NOT IN (SELECT ${identity} FROM ${prior})`;
  if ((await workspace.count(sql`SELECT count(*) FROM (${added})`)) > 0) {
    await copyToPostgres(workspace, postgres, added, target, columns);
  }
}
