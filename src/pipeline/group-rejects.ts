import type { Postgres } from '../engine/postgres.js';
import { all, ident, literal, type Sql, sql } from '../kernel/sql.js';

/** Records that were refused for the same cause. */
export interface RejectGroup {
  source: string;
  entity: string;
  rule: string;
  field: string | null;
  reason: string;
  /** They wait for a record that they refer to, and are tried again at every run. */
  waiting: boolean;
  count: number;
  /** Where the first of them stands; the line is null for kinds of files without lines. */
  file: string;
  line: number | null;
  ordinal: number | null;
  /** Records that were refused for their sake, by entity. */
  took: Record<string, number>;
  /** Some of the refused values; empty unless asked for. */
  values: string[];
}

interface GroupQuery {
  runId: string;
  source?: string;
  rule?: string;
  entity?: string;
  values?: number;
}

interface Row extends Omit<RejectGroup, 'took' | 'values'> {
  took: Record<string, number> | null;
  values: string[] | null;
}

/** The causes of a run's rejects, the most frequent first. What was refused for another's sake counts under that one. */
export async function groupRejects(
  postgres: Postgres,
  rejects: Sql,
  query: GroupQuery,
): Promise<RejectGroup[]> {
  const rows = await postgres.query<Row>(sql`
    WITH here AS (SELECT * FROM ${rejects} WHERE run_id = ${literal(query.runId)}),
    roots AS (
      SELECT source, entity, rule, field, reason, waiting, count(*) AS count, min(reject_id) AS first
      FROM here WHERE root_id IS NULL GROUP BY source, entity, rule, field, reason, waiting),
    took AS (
      SELECT r.source, r.entity, r.rule, r.field, r.reason, r.waiting, c.entity AS taken, count(*) AS count
      FROM here c JOIN here r ON r.reject_id = c.root_id
      WHERE c.root_id IS NOT NULL GROUP BY r.source, r.entity, r.rule, r.field, r.reason, r.waiting, c.entity)
    SELECT g.source, g.entity, g.rule, g.field, g.reason, g.waiting, g.count, f.file, f.line, f.ordinal,
      (SELECT json_object_agg(t.taken, t.count) FROM took t WHERE ${same('t')}) AS took,
      ${query.values === undefined ? sql`NULL` : sampleValues(query.values)} AS values
    FROM roots g JOIN here f ON f.reject_id = g.first
    WHERE ${asked(query)}
    ORDER BY g.count DESC, g.source, g.entity, g.rule, g.field, g.reason`);
  return rows.map((row) => ({ ...row, took: row.took ?? {}, values: row.values ?? [] }));
}

function same(other: string): Sql {
  return all([
    ...['source', 'entity', 'rule', 'reason', 'waiting'].map(
      (name) => sql`${ident(other, name)} = ${ident('g', name)}`,
    ),
    sql`${ident(other, 'field')} IS NOT DISTINCT FROM g.field`,
  ]);
}

function sampleValues(count: number): Sql {
  return sql`(SELECT array_agg(s.value) FROM (SELECT v.value FROM here v
    WHERE v.root_id IS NULL AND v.value IS NOT NULL AND ${same('v')}
    GROUP BY v.value ORDER BY count(*) DESC, v.value LIMIT ${count}) s)`;
}

/** Who asks for refused orders wants to know what refused them, also where that was a customer. */
function asked({ source, rule, entity }: GroupQuery): Sql {
  const conditions: Sql[] = [];
  if (source !== undefined) conditions.push(sql`g.source = ${literal(source)}`);
  // What was refused for another's sake counts under that one.
  if (rule === 'cascade') conditions.push(sql`EXISTS (SELECT FROM took t WHERE ${same('t')})`);
  else if (rule !== undefined) conditions.push(sql`g.rule = ${literal(rule)}`);
  if (entity !== undefined) {
    const taken = sql`EXISTS (SELECT FROM took t WHERE t.taken = ${literal(entity)} AND ${same('t')})`;
    conditions.push(sql`g.entity = ${literal(entity)} OR ${taken}`);
  }
  return all(conditions);
}
