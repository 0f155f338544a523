import type { Postgres } from '../engine/postgres.js';
import { all, ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type PricedFields, pricedFields } from '../model/currency-field.js';
import type { Entity, Field } from '../model/entity.js';
import { recordsTable } from '../model/tables.js';
import { MOST_RECORDS } from './find-row.js';

/** One source record of a master in force, as the database keeps it. */
export interface Member {
  number: number;
  source: string;
  key: string;
  variant: number;
  hash: string;
  priority: number;
  updatedAt: string | null;
  vanished: boolean;
  values: Record<string, string | null>;
}

export interface Members {
  members: Member[];
  /** For each field the number of the record whose value was chosen; none where no record gives one. */
  winners: Record<string, number | null>;
  count: number;
}

/** A source that the configuration no longer has is believed last. */
const UNKNOWN = 1000;

/**
 * The records that a row of a master is made of, believed first first, and which of them gives each field: by priority,
 * recency, frequency, source and key, or the earliest value. It is asked anew of what the database keeps, so that it
 * can be held against the row. `columns` are those of the table of records.
 */
export async function readMembers(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  columns: readonly string[],
  id: number,
): Promise<Members> {
  const fields = entity.fields.filter(
    (field) => field.provenance === undefined && columns.includes(field.name),
  );
  const recency = fields.some((field) => field.name === 'updated_at')
    ? sql`r."updated_at"`
    : sql`NULL::timestamp`;
  const values = fields.map((field) => sql`${literal(field.name)}, ${ident(field.name)}::text`);
  const members = sql`WITH members AS MATERIALIZED (
      SELECT r.*, l.vanished AS "pamoja:vanished", ${priorities(project)} AS "pamoja:p", ${recency} AS "pamoja:r"
      FROM ${ident(project.bookkeeping, 'links')} l
      JOIN ${ident(project.bookkeeping, recordsTable(entity.name))} r ON r.source = l.source AND r.key = l.key
      WHERE l.entity = ${literal(entity.name)} AND l.id = $1 AND NOT l.placeholder AND NOT l.deleted),
    ranked AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY ${RANK}, ${LAST_RESORT}) AS "pamoja:number" FROM members)`;
  const rows = await postgres.query<Omit<Member, 'values'> & { values: string; count: number }>(
    sql`${members} SELECT "pamoja:number" AS number, source, key, variant, hash, "pamoja:p" AS priority,
      "pamoja:r"::text AS "updatedAt", "pamoja:vanished" AS vanished,
      ${objectOf(values)} AS values, count(*) OVER () AS count
    FROM ranked ORDER BY "pamoja:number" LIMIT ${MOST_RECORDS}`,
    [id],
  );
  if (rows.length === 0) return { members: [], winners: {}, count: 0 };
  const chosen = fields.map((field) => sql`(${winner(entity, field)}) AS ${ident(field.name)}`);
  const winners = await postgres.row<Record<string, number | null>>(
    sql`${members} SELECT ${joined(chosen)}`,
    [id],
  );
  return {
    members: rows.map(({ count: _, values: text, ...row }) => ({
      ...row,
      values: JSON.parse(text) as Record<string, string | null>,
    })),
    winners,
    count: rows[0]?.count ?? 0,
  };
}

const RANK = sql`"pamoja:p", "pamoja:r" DESC NULLS LAST`;
// As DuckDB compares texts: byte by byte.
const LAST_RESORT = sql`source COLLATE "C", key COLLATE "C", hash COLLATE "C", variant`;

function priorities({ sources }: Project): Sql {
  if (sources.length === 0) return sql`${UNKNOWN}`;
  const known = sources.map((source) => sql`WHEN ${literal(source.name)} THEN ${source.priority}`);
  return sql`CASE r.source ${joined(known, ' ')} ELSE ${UNKNOWN} END`;
}

function winner(entity: Entity, field: Field): Sql {
  const column = ident(field.name);
  const priced = pricedFields(entity);
  if (field.name === priced?.currency.name)
    return sql`SELECT CASE WHEN ${column} IS NOT NULL THEN "pamoja:number" END FROM (${currencies(priced)}) c`;
  const order = field.firstSeen
    ? sql`${column}, ${RANK}, ${LAST_RESORT}`
    : sql`${RANK}, count(*) OVER (PARTITION BY ${column}) DESC, ${LAST_RESORT}`;
  const fitting =
    priced !== undefined && field.type === 'money'
      ? sql` AND ${ident(priced.currency.name)} IS NOT DISTINCT FROM
          (SELECT ${ident(priced.currency.name)} FROM (${currencies(priced)}) c)`
      : sql``;
  return sql`SELECT "pamoja:number" FROM ranked WHERE ${column} IS NOT NULL${fitting} ORDER BY ${order} LIMIT 1`;
}

/** The record that tells the currency of a row: the first that gives an amount. */
function currencies({ currency, amounts }: PricedFields): Sql {
  const column = ident(currency.name);
  const none = all(amounts.map((amount) => sql`${ident(amount.name)} IS NULL`));
  return sql`SELECT * FROM ranked ORDER BY ${none}, ${none} AND ${column} IS NULL, ${RANK},
    count(*) OVER (PARTITION BY ${column}, ${none}) DESC, ${LAST_RESORT} LIMIT 1`;
}

/** A function takes a hundred arguments at the most, so wide objects are put together. */
function objectOf(pairs: readonly Sql[]): Sql {
  const parts: Sql[] = [];
  for (let i = 0; i < pairs.length; i += 40)
    parts.push(sql`jsonb_build_object(${joined(pairs.slice(i, i + 40))})`);
  return parts.length === 0 ? sql`'{}'` : sql`(${joined(parts, ' || ')})::text`;
}
