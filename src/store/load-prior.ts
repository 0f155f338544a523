import { copyFromPostgres, copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, literals, raw, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { ID_COMMENT } from '../model/ddl.js';
import { duckdbType, type Entity, postgresType } from '../model/entity.js';
import type { Prior } from '../model/ledger.js';
import { bare, recordsTable, tables } from '../model/tables.js';
import { demandNumbers, explainUnreadable } from './adopting.js';
import { bookkeepingVersion } from './bookkeeping.js';
import { refuseHidden } from './hidden-rows.js';
import { demandProvenance, lastRunOf } from './refuse-damage.js';
import { HORIZON } from './untouched.js';

/** What of the published rows is wanted: of these entities, and with `touched` only what belongs to touched golden rows. */
export interface Wanted {
  entities: readonly Entity[];
  touched: boolean;
}

/**
 * Brings what is published into the workspace, as of one moment: rows, links, and the source records of masters.
 * The database is the truth; a table that is not there, or not wanted yet, is an empty one here.
 */
export async function loadPrior(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  wanted: Wanted = { entities: project.entities, touched: false },
): Promise<Prior> {
  return postgres.transaction(
    async () => {
      const ready = (await bookkeepingVersion(postgres, project)) > 0;
      await refuseHidden(postgres, project);
      const book = ident(project.bookkeeping);
      const lastRun = ready ? await lastRunOf(postgres, project) : null;
      if (ready) await demandOwnBooks(postgres, project);
      const known = ready
        ? await postgres.query<{ entity: string; next_id: number; adopted: boolean }>(
            sql`SELECT entity, next_id, adopted FROM ${book}.entities WHERE table_schema = ${literal(project.schema)}`,
          )
        : [];
      const { horizon } = await postgres.row<{ horizon: string }>(sql`SELECT ${HORIZON} AS horizon`);
      const prior: Prior = { lastRun, horizon, nextIds: {}, tables: {} };
      for (const entity of project.entities) {
        const columns = await columnsOf(postgres, project.schema, entity.name);
        const ours = known.find((each) => each.entity === entity.name);
        const foreign =
          ours === undefined || (!ours.adopted && (await isReplaced(postgres, project, entity, columns)));
        prior.tables[entity.name] = columns.length === 0 ? 'absent' : foreign ? 'foreign' : 'ours';
        if (foreign && columns.length > 0) await demandNumbers(postgres, project, entity);
        if (!foreign) demandProvenance(postgres, project, entity, columns);
        const isWanted = wanted.entities.includes(entity);
        const some =
          wanted.touched && isWanted ? await sendTouched(workspace, postgres, project, entity) : undefined;
        const blank = lastRun === null && columns.length === 0;
        const nothing = some !== undefined && (await isNone(postgres, some));
        const from = { workspace, postgres, project, entity, columns, blank, some, nothing };
        if (isWanted) {
          await loadRows(from);
          await loadLinks(from);
          if (entity.kind === 'master') await loadRecords(from);
        } else {
          await workspace.run(
            emptyTable(tables.priorRows(entity.name), rowColumns(entity), sql`IF NOT EXISTS`),
          );
          await workspace.run(emptyTable(tables.priorLinks(entity.name), LINK_COLUMNS, sql`IF NOT EXISTS`));
        }
        const highest = columns.includes(entity.id) ? await highestId(postgres, project, entity) : 0;
        prior.nextIds[entity.name] = Math.max(ours?.next_id ?? 1, highest + 1);
      }
      return prior;
    },
    sql`BEGIN ISOLATION LEVEL REPEATABLE READ ${wanted.touched ? sql`READ WRITE` : sql`READ ONLY`}`,
  );
}

/** Whether nothing was ever published, and no table is there. */
export function isEmpty({ lastRun, tables }: Prior): boolean {
  return lastRun === null && Object.values(tables).every((whose) => whose === 'absent');
}

/** One entity, and how it is loaded. */
interface Loading {
  workspace: Workspace;
  postgres: Postgres;
  project: Project;
  entity: Entity;
  /** The columns that the table has. */
  columns: readonly string[];
  /** Whether nothing was ever published, and the table is not there. */
  blank: boolean;
  /** PostgreSQL's table of the golden ids that are wanted; all are, where it is absent. */
  some: Sql | undefined;
  /** Whether that table is empty: to ask for nothing takes as many trips as to ask for much. */
  nothing: boolean;
}

/** Tells PostgreSQL which golden rows are wanted, in a table that ends with the transaction. */
async function sendTouched(
  workspace: Workspace,
  postgres: Postgres,
  { bookkeeping }: Project,
  { name }: Entity,
): Promise<Sql> {
  const some = ident(`pamoja_touched_${name}`);
  await postgres.run(sql`CREATE TEMP TABLE ${some} (id bigint) ON COMMIT DROP`);
  const touched = tables.touched(name);
  if ((await workspace.size(touched)) > 0)
    await copyToPostgres(workspace, postgres, sql`SELECT id FROM ${touched}`, some, ['id']);
  await postgres.run(
    sql`INSERT INTO ${some} SELECT id FROM ${ident(bookkeeping, 'links')} WHERE entity = ${literal(name)} AND placeholder`,
  );
  await postgres.run(sql`ANALYZE ${some}`);
  return some;
}

async function isNone(postgres: Postgres, some: Sql): Promise<boolean> {
  const { none } = await postgres.row<{ none: boolean }>(
    sql`SELECT NOT EXISTS (SELECT FROM ${some}) AS none`,
  );
  return none;
}

/** Ids above this leave no room for ours, which are counted on as numbers. */
const HIGHEST_ID = 2 ** 52;

/** Errors: PAM-DB-004 where no id is left above the highest. */
async function highestId(postgres: Postgres, { schema }: Project, entity: Entity): Promise<number> {
  const { highest } = await postgres.row<{ highest: number }>(
    sql`SELECT coalesce(max(${ident(entity.id)}), 0)::bigint AS highest FROM ${ident(schema, entity.name)}`,
  );
  if (highest <= HIGHEST_ID) return highest;
  throw new PamojaError('PAM-DB-004', `The ids of ${schema}.${entity.name} go up to ${highest}.`, {
    where: postgres.place,
    next: 'New rows are numbered above the highest, and there is no room: choose another schema in the configuration.',
  });
}

/**
 * Whether a table that the books call ours was made anew by somebody else: nothing on it says what we say of it, and
 * some of our columns are missing. What was adopted was never made by us.
 */
async function isReplaced(
  postgres: Postgres,
  { schema }: Project,
  entity: Entity,
  columns: readonly string[],
): Promise<boolean> {
  if (entity.fields.every((field) => columns.includes(field.name))) return false;
  const descriptions = [entity.description, ...entity.fields.map((field) => field.description)];
  const said = [ID_COMMENT, ...descriptions.filter((text) => text !== '')];
  const { ours } = await postgres.row<{ ours: boolean }>(sql`SELECT EXISTS (SELECT FROM pg_description
    WHERE classoid = 'pg_class'::regclass AND objoid = to_regclass(${literal(ident(schema, entity.name))})
      AND description IN ${literals(said)}) AS ours`);
  return !ours;
}

/** Errors: PAM-DB-004 where the bookkeeping schema serves the tables of another schema, or another project. */
export async function demandOwnBooks(postgres: Postgres, project: Project): Promise<void> {
  const book = (table: string) => ident(project.bookkeeping, table);
  const [schema] = await postgres.query<{ name: string }>(
    sql`SELECT table_schema AS name FROM ${book('entities')} WHERE table_schema <> ${literal(project.schema)} LIMIT 1`,
  );
  if (schema !== undefined) throw notOurs(postgres, project, `the tables in ${schema.name}`);
  const [last] = await postgres.query<{ name: string }>(
    sql`SELECT project AS name FROM ${book('runs')} WHERE outcome <> 'failed' ORDER BY run_number DESC LIMIT 1`,
  );
  if (last !== undefined && last.name !== project.name)
    throw notOurs(postgres, project, `the project ${last.name}`);
}

function notOurs(postgres: Postgres, project: Project, whose: string): PamojaError {
  return new PamojaError('PAM-DB-004', `The schema ${project.bookkeeping} keeps the books of ${whose}.`, {
    where: postgres.place,
    next: `Give ${project.name} a schema and a bookkeeping of its own; if it is the same project, give it back its name.`,
  });
}

/** The columns that a table has, or none where it is not there. */
export async function columnsOf(postgres: Postgres, schema: string, table: string): Promise<string[]> {
  const rows = await postgres.query<{ name: string }>(sql`SELECT attname AS name FROM pg_attribute
    WHERE attrelid = to_regclass(${literal(ident(schema, table))}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`);
  return rows.map((row) => row.name);
}

function rowColumns(entity: Entity): { name: string; type: string }[] {
  return [
    { name: entity.id, type: 'BIGINT' },
    ...entity.fields.map(({ name, type }) => ({ name, type: duckdbType(type) })),
  ];
}

async function loadRows(loading: Loading): Promise<void> {
  const { workspace, postgres, project, entity, columns, some, nothing } = loading;
  const wanted = rowColumns(entity);
  const table = tables.priorRows(entity.name);
  if (nothing || !columns.includes(entity.id)) {
    await workspace.run(emptyTable(table, wanted));
    return;
  }
  const values = [entity.id, ...entity.fields.map((field) => field.name)].map((name) =>
    columns.includes(name) ? castTo(entity, name) : sql`NULL AS ${ident(name)}`,
  );
  const where = some === undefined ? sql`` : sql` WHERE ${ident(entity.id)} IN (SELECT id FROM ${some})`;
  const query = sql`SELECT ${joined(values)} FROM ${ident(project.schema, entity.name)}${where}`;
  try {
    await copyFromPostgres(postgres, workspace, query, bare(table), wanted);
  } catch (error) {
    throw explainUnreadable(error, postgres, `${project.schema}.${entity.name}`);
  }
}

/** An adopted table may have columns of other types; they are read as ours. */
function castTo(entity: Entity, name: string): Sql {
  const type = entity.fields.find((field) => field.name === name)?.type ?? 'integer';
  return sql`${ident(name)}::${raw(postgresType(type))}`;
}

function emptyTable(table: Sql, columns: readonly { name: string; type: string }[], unless = sql``): Sql {
  const create = unless === '' ? sql`CREATE OR REPLACE TABLE` : sql`CREATE TABLE ${unless}`;
  return sql`${create} ${table} (${joined(columns.map(({ name, type }) => sql`${ident(name)} ${raw(type)}`))})`;
}

const LINK_COLUMNS = [
  { name: 'source', type: 'VARCHAR' },
  { name: 'key', type: 'VARCHAR' },
  { name: 'id', type: 'BIGINT' },
  { name: 'placeholder', type: 'BOOLEAN' },
  { name: 'deleted', type: 'BOOLEAN' },
  { name: 'vanished', type: 'BOOLEAN' },
];

/** Links of masters are kept as such; those of documents stand in the rows, and their tombstones with the others. */
async function loadLinks(loading: Loading): Promise<void> {
  const { workspace, postgres, project, entity, columns, blank, some, nothing } = loading;
  const table = tables.priorLinks(entity.name);
  // Of documents only tombstones stand here, and a new record may have the key of any.
  if (blank || (nothing && entity.kind === 'master')) {
    await workspace.run(emptyTable(table, LINK_COLUMNS));
    return;
  }
  const where =
    some === undefined || entity.kind === 'document' ? sql`` : sql` AND id IN (SELECT id FROM ${some})`;
  const query = sql`SELECT source, key, id, placeholder, deleted, vanished FROM ${ident(project.bookkeeping)}.links
    WHERE entity = ${literal(entity.name)}${where}`;
  await copyFromPostgres(postgres, workspace, query, bare(table), LINK_COLUMNS);
  if (entity.kind === 'document' && columns.includes('source_key')) {
    await workspace.run(sql`INSERT INTO ${table}
      SELECT source_system, source_key, ${ident(entity.id)}, false, false, false FROM ${tables.priorRows(entity.name)}
      WHERE source_key IS NOT NULL AND (source_system, source_key) NOT IN (SELECT (source, key) FROM ${table} WHERE NOT deleted)`);
    await workspace.run(sql`DELETE FROM ${table} WHERE deleted AND (source, key) IN
      (SELECT (source_system, source_key) FROM ${tables.priorRows(entity.name)})`);
  }
}

async function loadRecords(loading: Loading): Promise<void> {
  const { workspace, postgres, project, entity, some, nothing } = loading;
  const name = recordsTable(entity.name);
  const there = await columnsOf(postgres, project.bookkeeping, name);
  const fields = entity.fields.filter((field) => field.provenance === undefined);
  const own = [
    { name: 'source', type: 'VARCHAR' },
    { name: 'key', type: 'VARCHAR' },
    { name: 'variant', type: 'INTEGER' },
    { name: 'hash', type: 'VARCHAR' },
  ];
  const wanted = [...own, ...fields.map((field) => ({ name: field.name, type: duckdbType(field.type) }))];
  const table = tables.priorRecords(entity.name);
  if (nothing || there.length === 0) {
    await workspace.run(emptyTable(table, wanted));
  } else {
    const values = wanted.map((column) =>
      there.includes(column.name) ? ident(column.name) : sql`NULL AS ${ident(column.name)}`,
    );
    const linked = sql`SELECT source, key FROM ${ident(project.bookkeeping, 'links')}
      WHERE entity = ${literal(entity.name)} AND id IN (SELECT id FROM ${some ?? sql`NULL`})`;
    const where = some === undefined ? sql`` : sql` WHERE (source, key) IN (${linked})`;
    const query = sql`SELECT ${joined(values)} FROM ${ident(project.bookkeeping, name)}${where}`;
    await copyFromPostgres(postgres, workspace, query, bare(table), wanted);
  }
  // Provenance is not stored with a record, and the golden row takes it from the record's source.
  for (const field of entity.fields.filter((each) => each.provenance !== undefined)) {
    await workspace.run(sql`ALTER TABLE ${table} ADD COLUMN ${ident(field.name)} VARCHAR`);
  }
}
