import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, literal, raw, script, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createRecords, createSalesView, createTable } from '../model/ddl.js';
import { type Entity, type Field, postgresType, recordFields } from '../model/entity.js';
import type { Prior } from '../model/ledger.js';
import { recordsTable } from '../model/tables.js';
import { refuseStrangers } from './adopting.js';
import { close } from './bookkeeping.js';
import { columnsOf } from './load-prior.js';

/** What is there, whose it is, and whether it may be added to. */
export interface Standing {
  project: Project;
  prior: Prior;
  adopt: boolean;
}

/** Errors: PAM-DB-004 where a table is not ours, unless it is adopted. */
export function refuseForeign(postgres: Postgres, { project, prior, adopt }: Standing): void {
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

/** Entities whose tables were made in this transaction: they are bare, and may be loaded frozen. */
export interface Fresh {
  rows: Set<string>;
  records: Set<string>;
}

/** Makes tables that are absent, and adds columns that the model gained. */
export async function makeTables(postgres: Postgres, { project, prior }: Standing): Promise<Fresh> {
  const fresh: Fresh = { rows: new Set(), records: new Set() };
  for (const entity of project.entities) {
    if (prior.tables[entity.name] === 'absent') {
      await postgres.run(script(createTable(project.schema, entity)));
      fresh.rows.add(entity.name);
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
      if (prior.tables[entity.name] === 'foreign' && entity.kind === 'document')
        await refuseStrangers(postgres, project, entity, there);
      await addColumns(postgres, project.schema, entity.name, entity.fields, there);
    }
    if (entity.kind === 'master') await makeRecords(postgres, project, entity, fresh);
  }
  const made = [...fresh.records].map((name) => ({ name: recordsTable(name), view: false }));
  await close(postgres, project.bookkeeping, made, []);
  return fresh;
}

async function makeRecords(
  postgres: Postgres,
  { bookkeeping }: Project,
  entity: Entity,
  fresh: Fresh,
): Promise<void> {
  const name = recordsTable(entity.name);
  const there = await columnsOf(postgres, bookkeeping, name);
  if (there.length > 0) {
    await addColumns(postgres, bookkeeping, name, recordFields(entity), there);
    return;
  }
  await postgres.run(script(createRecords(bookkeeping, entity)));
  fresh.records.add(entity.name);
}

async function addColumns(
  postgres: Postgres,
  schema: string,
  table: string,
  fields: readonly Field[],
  there: readonly string[],
): Promise<void> {
  for (const field of fields.filter((each) => !there.includes(each.name))) {
    await postgres.run(
      sql`ALTER TABLE ${ident(schema, table)} ADD COLUMN ${ident(field.name)} ${raw(postgresType(field.type))}`,
    );
  }
}

/**
 * Makes the view `sales` where it is not there; one that is may be somebody's own, or ours with somebody's changes, and
 * stays. Errors: PAM-DB-004 where somebody else made it before the first run, unless it is adopted.
 */
export async function makeView(postgres: Postgres, { project, prior, adopt }: Standing): Promise<void> {
  const [there] = await postgres.query<{ ours: boolean }>(sql`SELECT relkind = 'v' AND
      coalesce(obj_description(oid, 'pg_class') LIKE 'Signed lines of orders%', false) AS ours
    FROM pg_class WHERE oid = to_regclass(${literal(ident(project.schema, 'sales'))})`);
  if (there !== undefined) {
    if (there.ours || adopt || prior.lastRun !== null) return;
    throw foreignRelation(`${project.schema}.sales`, 'to do without the view of that name', postgres);
  }
  const { version, allowed } = await postgres.row<{ version: number; allowed: boolean }>(
    sql`SELECT current_setting('server_version_num')::int AS version,
      has_schema_privilege(${literal(project.schema)}, 'CREATE') AS allowed`,
  );
  // Who owns the tables may still have no right to add to their schema.
  if (!allowed) return;
  const statements = createSalesView(project.schema, project.entities, version >= 150000);
  if (statements.length === 0) return;
  await postgres.run(script(statements));
  await close(postgres, project.schema, [{ name: 'sales', view: true }], project.grants);
}
