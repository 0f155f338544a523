import { copyFromPostgres, copyToPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { sayCount, sayMany } from '../kernel/say-number.js';
import { ident, literal, literals, raw, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { duckdbType, type Entity, type Field, postgresType } from '../model/entity.js';
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
  const message = `The table ${schema}.${entity.name} holds ${sayMany(rows, 'row')} of sources that are called like yours.`;
  throw new PamojaError('PAM-DB-004', message, {
    where: postgres.place,
    next: 'If they are of this project, give it back its bookkeeping; else choose another schema in the configuration.',
  });
}

/** Errors: PAM-DB-004 where the key of a table to be adopted is no number. */
export async function demandNumbers(postgres: Postgres, { schema }: Project, entity: Entity): Promise<void> {
  const [key] = await postgres.query<{ type: string }>(
    sql`SELECT format_type(t.oid, NULL) AS type FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = to_regclass(${literal(ident(schema, entity.name))}) AND a.attname = ${literal(entity.id)}
        AND t.typcategory <> 'N'`,
  );
  if (key === undefined) return;
  const message = `The key ${schema}.${entity.name}.${entity.id} is ${key.type}, and ours are numbers.`;
  throw new PamojaError('PAM-DB-004', message, {
    where: postgres.place,
    next: 'It cannot be adopted: choose another schema in the configuration.',
  });
}

/** A row that cannot be read as one of ours, in plain words and without its values; any other error as it is. */
export function explainUnreadable(error: unknown, postgres: Postgres, table: string): unknown {
  const { message = '', cause } = error as { message?: string; cause?: { code?: string } };
  const column = /^Error when converting column "([^"]+)"/m.exec(message)?.[1];
  if (column === undefined && !cause?.code?.startsWith('22')) return error;
  const where = column === undefined ? table : `${table}.${column}`;
  return new PamojaError('PAM-DB-005', `In ${where} is a value that cannot be read as one of ours.`, {
    where: postgres.place,
    next: 'Nothing was published. Look for texts that are no numbers or dates, for NaN, and for dates before Christ.',
  });
}

/**
 * Moves the sequence that numbers a table, where somebody made one, up to the highest id: the next row of theirs would get
 * an id of ours. A sequence that we may not move stays.
 */
export async function passSequence(postgres: Postgres, { schema }: Project, entity: Entity): Promise<void> {
  const table = ident(schema, entity.name);
  const id = ident(entity.id);
  await postgres.run(sql`SELECT setval(s.seqrelid, h.highest)
    FROM (SELECT max(${id})::bigint AS highest FROM ${table}) h,
      pg_sequence s WHERE s.seqrelid = pg_get_serial_sequence(${literal(table)}, ${literal(entity.id)})::regclass
      AND s.seqincrement > 0 AND h.highest BETWEEN s.seqmin AND s.seqmax
      AND CASE WHEN has_sequence_privilege(s.seqrelid, 'UPDATE') AND has_sequence_privilege(s.seqrelid, 'USAGE')
        THEN h.highest > coalesce(pg_sequence_last_value(s.seqrelid), s.seqstart - 1) END`);
}

/**
 * Errors: PAM-DB-005 where rows to be written have values that a column, made by somebody else, would not keep. PostgreSQL
 * rounds, cuts and drops leading zeros without a word, so it is asked what comes back from a column of that type.
 */
export async function refuseLoss(
  workspace: Workspace,
  postgres: Postgres,
  { schema }: Project,
  entity: Entity,
): Promise<void> {
  const table = ident(schema, entity.name);
  const live = await postgres.query<{ name: string; type: string }>(
    sql`SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = to_regclass(${literal(table)}) AND attnum > 0 AND NOT attisdropped`,
  );
  for (const { name, type } of live) {
    const field = entity.fields.find((each) => each.name === name);
    if (field === undefined || type.replace(/ without time zone$/, '') === postgresType(field.type)) continue;
    const lost = await lostValues(workspace, postgres, table, entity, field);
    if (lost === 0) continue;
    const does =
      lost === 'refused' ? 'cannot hold all of our values' : `would change ${sayCount(lost)} of our values`;
    const message = `The column ${schema}.${entity.name}.${name} is ${type}, and ${does}.`;
    throw new PamojaError('PAM-DB-005', message, {
      where: postgres.place,
      next: `Nothing was published. Let it hold them: ALTER TABLE ${table} ALTER COLUMN ${ident(name)} TYPE ${postgresType(field.type)}; (without the view sales, which the next run makes anew)`,
    });
  }
}

/** How many different values to be written do not come back from a column of the same type as they went in. */
async function lostValues(
  workspace: Workspace,
  postgres: Postgres,
  table: Sql,
  { name: entity }: Entity,
  { name, type }: Field,
): Promise<number | 'refused'> {
  const given = sql`SELECT DISTINCT g.${ident(name)} AS v FROM ${tables.golden(entity)} g
    JOIN ${tables.changes(entity)} c ON c.id = g.id
    WHERE c.action IN ('created', 'updated') AND g.${ident(name)} IS NOT NULL`;
  const trial = ident('pamoja_trial');
  await postgres.run(
    sql`CREATE TEMP TABLE ${trial} ON COMMIT DROP AS SELECT ${ident(name)} AS v FROM ${table} WITH NO DATA`,
  );
  try {
    await copyToPostgres(workspace, postgres, given, trial, ['v']);
  } catch (error) {
    // Class 22: no value of the type; 23: none of its domain.
    const { code = '' } = ((error as Error).cause ?? {}) as { code?: string };
    if (/^2[23]/.test(code)) return 'refused';
    throw error;
  }
  const back = sql`SELECT v::${raw(postgresType(type))} FROM ${trial}`;
  await copyFromPostgres(postgres, workspace, back, KEPT, [{ name: 'v', type: duckdbType(type) }]);
  await postgres.run(sql`DROP TABLE ${trial}`);
  return workspace.count(sql`SELECT count(*) FROM (${given} EXCEPT SELECT v FROM ${ident(KEPT)})`);
}

/** The workspace's table of the values that came back. */
const KEPT = 'kept_values';
