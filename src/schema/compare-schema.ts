import type { Postgres } from '../engine/postgres.js';
import { ident, literal, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { createSalesView } from '../model/ddl.js';
import { type Entity, postgresType, references } from '../model/entity.js';

/** A difference between the model and the live database. */
export interface SchemaDifference {
  /** Drift is in what is ours; the rest is somebody else's, and told for information. */
  kind: 'drift' | 'information';
  table: string;
  /** The column or key; null for the table as a whole. */
  part: string | null;
  says: string;
}

interface Live {
  columns: Map<string, Map<string, string>>;
  /** `table (column) → target`, or `table (column)` for a primary key. */
  keys: Set<string>;
  views: Set<string>;
  adopted: Set<string>;
}

/**
 * Holds the live database against the model: tables, columns, types, primary and foreign keys, the view `sales`. What a
 * user added is information; what is missing or changed of ours is drift. Undefined where none of the tables is there.
 */
export async function compareSchema(
  postgres: Postgres,
  project: Project,
): Promise<SchemaDifference[] | undefined> {
  const live = await postgres.transaction(() => readLive(postgres, project), sql`BEGIN READ ONLY`);
  const names = project.entities.map((entity) => entity.name);
  if (!names.some((name) => live.columns.has(name))) return undefined;
  const own = new Set([...names, 'sales']);
  return [
    ...project.entities.flatMap((entity) => compareTable(entity, live)),
    ...(createSalesView(project.schema, project.entities, false).length > 0 && !live.views.has('sales')
      ? [drift('sales', null, 'the view is not there')]
      : []),
    ...[...live.columns.keys()]
      .filter((table) => !own.has(table))
      .map((table) =>
        information(table, null, live.views.has(table) ? 'a view of yours' : 'a table of yours'),
      ),
  ];
}

function compareTable(entity: Entity, live: Live): SchemaDifference[] {
  const { name } = entity;
  const columns = live.columns.get(name);
  if (columns === undefined) return [drift(name, null, 'the table is not there; the next run makes it')];
  const adopted = live.adopted.has(name);
  const expected = new Map([
    [entity.id, 'bigint'],
    ...entity.fields.map((field): [string, string] => [field.name, catalogueType(postgresType(field.type))]),
  ]);
  const found: SchemaDifference[] = [];
  for (const [column, type] of expected) {
    const there = columns.get(column);
    if (there === undefined) found.push(drift(name, column, 'the column is not there; the next run adds it'));
    else if (there !== type) {
      // An adopted table had its types before Pamoja came.
      const tell = adopted ? information : drift;
      found.push(tell(name, column, `is ${there}, and ${type} in the model`));
    }
  }
  for (const [column, type] of columns)
    if (!expected.has(column)) found.push(information(name, column, `a column of yours, ${type}`));
  const primary = `${name} (${entity.id})`;
  if (!live.keys.has(primary)) found.push(drift(name, entity.id, 'is no primary key'));
  for (const field of references(entity)) {
    if (live.keys.has(`${name} (${field.name}) → ${field.entity}`)) continue;
    found.push(drift(name, field.name, `has no foreign key to ${field.entity}`));
  }
  return found;
}

async function readLive(postgres: Postgres, { schema, bookkeeping }: Project): Promise<Live> {
  const here = sql`(SELECT oid FROM pg_namespace WHERE nspname = ${literal(schema)})`;
  const columns = await postgres.query<{ table: string; column: string; type: string; view: boolean }>(
    sql`SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
      c.relkind IN ('v', 'm') AS view
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = ${here} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname, a.attnum`,
  );
  const keys = await postgres.query<{ key: string }>(
    sql`SELECT format('%s (%s)', t.relname, (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
        FROM unnest(c.conkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number))
        || CASE c.contype WHEN 'f' THEN ' → ' || (SELECT f.relname FROM pg_class f WHERE f.oid = c.confrelid) ELSE '' END
        AS key
      FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
      WHERE t.relnamespace = ${here} AND c.contype IN ('p', 'f')`,
  );
  const { there } = await postgres.row<{ there: boolean }>(
    sql`SELECT to_regclass(${literal(`${ident(bookkeeping)}.entities`)}) IS NOT NULL AS there`,
  );
  const adopted = there
    ? await postgres.query<{ entity: string }>(
        sql`SELECT entity FROM ${ident(bookkeeping, 'entities')} WHERE adopted AND table_schema = ${literal(schema)}`,
      )
    : [];
  const tables = new Map<string, Map<string, string>>();
  for (const { table, column, type } of columns)
    tables.set(table, (tables.get(table) ?? new Map<string, string>()).set(column, type));
  return {
    columns: tables,
    keys: new Set(keys.map(({ key }) => key)),
    views: new Set(columns.filter(({ view }) => view).map(({ table }) => table)),
    adopted: new Set(adopted.map(({ entity }) => entity)),
  };
}

/** The type as the catalogue writes it. */
function catalogueType(type: string): string {
  return type === 'timestamp' ? 'timestamp without time zone' : type;
}

function drift(table: string, part: string | null, says: string): SchemaDifference {
  return { kind: 'drift', table, part, says };
}

function information(table: string, part: string | null, says: string): SchemaDifference {
  return { kind: 'information', table, part, says };
}
