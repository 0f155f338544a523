import { copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, script, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createRecordKey } from '../model/ddl.js';
import { type Entity, recordFields } from '../model/entity.js';
import { recordsTable, tables } from '../model/tables.js';

const LINK_COLUMNS = ['source', 'key', 'id', 'placeholder', 'deleted', 'vanished'];
const ALL_COLUMNS = ['entity', ...LINK_COLUMNS, 'run_id'];

/** Loads the links of masters where there are none yet; keys come after them. Those of placeholders follow later. */
export async function loadLinks(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  masters: readonly Entity[],
  runId: string,
): Promise<void> {
  const target = ident(project.bookkeeping, 'links');
  await postgres.run(
    script([
      sql`ALTER TABLE ${target} DROP CONSTRAINT links_pkey`,
      sql`DROP INDEX ${ident(project.bookkeeping, 'links_id')}`,
      sql`TRUNCATE ${target}`,
    ]),
  );
  const links = sql`FROM (${linksOf(masters, runId)}) WHERE NOT placeholder`;
  await copyToPostgres(workspace, postgres, links, target, ALL_COLUMNS, { freeze: true });
  await postgres.run(
    script([
      sql`ALTER TABLE ${target} ADD CONSTRAINT links_pkey PRIMARY KEY (key, source, entity)`,
      sql`CREATE INDEX links_id ON ${target} (id, entity)`,
      sql`ANALYZE ${target}`,
    ]),
  );
}

/** Writes the links that changed; with `loaded`, only those of placeholders are still to come. */
export async function keepLinks(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  loaded: boolean,
  runId: string,
): Promise<void> {
  const late = loaded ? sql` WHERE placeholder` : sql``;
  const changed = sql`FROM (${linksOf(project.entities, runId)})${late}`;
  if ((await workspace.count(sql`SELECT count(*) FROM (${changed})`)) === 0) return;
  const stage = ident('pamoja_links');
  await postgres.run(sql`CREATE TEMP TABLE ${stage} (entity text, source text, key text, id bigint, placeholder boolean,
    deleted boolean, vanished boolean, run_id text) ON COMMIT DROP`);
  await copyToPostgres(workspace, postgres, changed, stage, ALL_COLUMNS);
  await postgres.run(sql`INSERT INTO ${ident(project.bookkeeping, 'links')} AS l SELECT * FROM ${stage}
    ON CONFLICT (entity, source, key) DO UPDATE SET id = excluded.id, placeholder = excluded.placeholder,
      deleted = excluded.deleted, vanished = excluded.vanished, run_id = excluded.run_id`);
}

function linksOf(entities: readonly Entity[], runId: string): Sql {
  const columns = joined(LINK_COLUMNS.map((name) => ident(name)));
  return joined(
    entities.map(
      ({ name }) =>
        sql`SELECT ${literal(name)} AS entity, ${columns}, ${literal(runId)} AS run_id FROM ${tables.links(name)}`,
    ),
    ' UNION ALL ',
  );
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
    await postgres.run(script([createRecordKey(project.bookkeeping, entity), sql`ANALYZE ${target}`]));
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
