import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { sayCount } from '../kernel/say-number.js';
import { ident, literal, literals, raw, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, postgresType } from '../model/entity.js';
import { tables } from '../model/tables.js';

/**
 * Documents are known by source and key, so those of another project with sources of the same names would pass for ours.
 * Errors: PAM-DB-004 where a table to be adopted holds such rows.
 */
export async function refuseStrangers(
  postgres: Postgres,
  { schema, bookkeeping, sources }: Project,
  entity: Entity,
  columns: readonly string[],
): Promise<void> {
  if (!columns.includes('source_system') || !columns.includes('source_key')) return;
  const [known] = await postgres.query(
    sql`SELECT 1 FROM ${ident(bookkeeping, 'entities')} WHERE entity = ${literal(entity.name)}`,
  );
  if (known !== undefined) return;
  const names = literals(sources.map((source) => source.name));
  const { rows } = await postgres.row<{ rows: number }>(
    sql`SELECT count(*) AS rows FROM ${ident(schema, entity.name)}
      WHERE source_key IS NOT NULL AND source_system::text IN ${names}`,
  );
  if (rows === 0) return;
  const message = `The table ${schema}.${entity.name} holds ${sayCount(rows)} rows of sources that are called like yours.`;
  throw new PamojaError('PAM-DB-004', message, {
    where: postgres.place,
    next: 'If they are of this project, give it back its bookkeeping; else choose another schema in the configuration.',
  });
}

/** How a column that somebody made may hold less than a value of ours says. */
interface Narrow {
  name: string;
  type: string;
  /** Of the value `v` what the column would keep. */
  kept: Sql;
}

/**
 * Errors: PAM-DB-005 where rows to be written have values that a column, made by somebody else, would round. PostgreSQL
 * does so without a word.
 */
export async function refuseRounding(
  workspace: Workspace,
  postgres: Postgres,
  { schema }: Project,
  entity: Entity,
): Promise<void> {
  const live = await postgres.query<{ name: string; type: string }>(
    sql`SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = to_regclass(${literal(ident(schema, entity.name))}) AND attnum > 0 AND NOT attisdropped`,
  );
  for (const { name, type, kept } of narrowed(entity, live)) {
    const values = sql`SELECT g.${ident(name)} AS v FROM ${tables.golden(entity.name)} g
      JOIN ${tables.changes(entity.name)} c ON c.id = g.id WHERE c.action IN ('created', 'updated')`;
    const rows = await workspace.count(
      sql`SELECT count(*) FROM (${values}) WHERE v IS DISTINCT FROM ${kept}`,
    );
    if (rows === 0) continue;
    const ours = postgresType(entity.fields.find((field) => field.name === name)?.type ?? 'text');
    const message = `The column ${schema}.${entity.name}.${name} is ${type}, and would round ${sayCount(rows)} of our values.`;
    throw new PamojaError('PAM-DB-005', message, {
      where: postgres.place,
      next: `Nothing was published. Let it hold them: ALTER TABLE ${ident(schema, entity.name)} ALTER COLUMN ${ident(name)} TYPE ${ours}; (without the view sales, which the next run makes anew)`,
    });
  }
}

function narrowed(entity: Entity, live: readonly { name: string; type: string }[]): Narrow[] {
  return entity.fields.flatMap((field) => {
    const type = live.find((column) => column.name === field.name)?.type ?? '';
    if (type === '' || type === postgresType(field.type)) return [];
    const narrow = (kept: Sql): Narrow[] => [{ name: field.name, type, kept }];
    if (field.type === 'money' || field.type === 'decimal') {
      const float = { real: 'FLOAT', 'double precision': 'DOUBLE' }[type];
      if (float !== undefined) return narrow(sql`TRY_CAST(v::${raw(float)} AS DECIMAL(18,4))`);
      if (type === 'money') return narrow(sql`round(v, 2)`);
      const scale =
        /^numeric\(\d+,(-?\d+)\)$/.exec(type)?.[1] ?? (/^(smallint|integer|bigint)$/.test(type) ? '0' : '4');
      return Number(scale) < 4 ? narrow(sql`round(v, ${Number(scale)})`) : [];
    }
    if (field.type === 'timestamp' && type === 'date') return narrow(sql`date_trunc('day', v)`);
    const digits = /^timestamp\((\d)\)/.exec(type)?.[1];
    const parts = { '0': 'second', '3': 'milliseconds' }[digits ?? ''];
    return field.type === 'timestamp' && parts !== undefined
      ? narrow(sql`date_trunc(${literal(parts)}, v)`)
      : [];
  });
}
