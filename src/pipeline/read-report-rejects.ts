import type { Postgres } from '../engine/postgres.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { fieldOf } from '../model/entity.js';
import { type MaskedField, maskValue } from '../report/mask-value.js';
import type {
  RejectSample,
  ReportFindings,
  ReportRejectGroup,
  ReportRejects,
} from '../report/report-data.js';

const MOST_CAUSES = 25;
const SAMPLES = 3;
const LONGEST_VALUE = 120;

type GroupRow = Omit<ReportRejectGroup, 'samples' | 'took'> & {
  causes: number;
  took: Record<string, number> | null;
  samples: RejectSample[] | null;
};

/**
 * The causes of a run's rejects, the most frequent first, each with the places of the first ones. Values are masked
 * unless `names` is said. What was refused for another's sake counts under that one.
 */
export async function readReportRejects(
  postgres: Postgres,
  project: Project,
  runId: string,
  names: boolean,
): Promise<ReportRejects> {
  const rejects = ident(project.bookkeeping, 'rejects');
  const { total } = await postgres.row<{ total: number }>(
    sql`SELECT count(*) AS total FROM ${rejects} WHERE run_id = ${literal(runId)}`,
  );
  const rows = total === 0 ? [] : await postgres.query<GroupRow>(groups(rejects, runId));
  return {
    total,
    causes: rows[0]?.causes ?? 0,
    groups: rows.map(({ causes: _, took, samples, ...group }) => ({
      ...group,
      took: took ?? {},
      samples: (samples ?? []).map((sample) => masked(sample, project, group, names)),
    })),
  };
}

function groups(rejects: Sql, runId: string): Sql {
  return sql`
    WITH here AS (SELECT * FROM ${rejects} WHERE run_id = ${literal(runId)}),
    roots AS (
      SELECT *, dense_rank() OVER (ORDER BY source, entity, rule, field, reason, waiting) AS cause,
        row_number() OVER (PARTITION BY source, entity, rule, field, reason, waiting ORDER BY reject_id) AS place
      FROM here WHERE root_id IS NULL),
    causes AS (
      SELECT cause, source, entity, rule, field, reason, waiting, count(*) AS count, count(*) OVER () AS causes
      FROM roots GROUP BY cause, source, entity, rule, field, reason, waiting
      ORDER BY count DESC, source, entity, rule, field, reason LIMIT ${MOST_CAUSES}),
    took AS (
      SELECT r.cause, c.entity, count(*) AS count
      FROM here c JOIN roots r ON r.reject_id = c.root_id
      WHERE c.root_id IS NOT NULL GROUP BY r.cause, c.entity)
    SELECT g.source, g.entity, g.rule, g.field, g.reason, g.waiting, g.count, g.causes,
      (SELECT json_object_agg(t.entity, t.count ORDER BY t.entity) FROM took t WHERE t.cause = g.cause) AS took,
      (SELECT json_agg(json_build_object('file', s.file, 'line', s.line, 'ordinal', s.ordinal,
          'value', left(s.value, ${LONGEST_VALUE})) ORDER BY s.place)
        FROM roots s WHERE s.cause = g.cause AND s.place <= ${SAMPLES}) AS samples
    FROM causes g ORDER BY g.count DESC, g.source, g.entity, g.rule, g.field, g.reason`;
}

function masked(
  sample: RejectSample,
  { entities }: Project,
  { entity, field }: Pick<GroupRow, 'entity' | 'field'>,
  names: boolean,
): RejectSample {
  if (sample.value === null || names) return sample;
  const owner = entities.find((each) => each.name === entity);
  const found = owner === undefined || field === null ? undefined : fieldOf(owner, field);
  // What is meant for no field of ours, as a key is, may be anything.
  const known: MaskedField | null =
    found === undefined ? null : { type: found.type, personal: found.personal === true };
  return { ...sample, value: maskValue(sample.value, known) };
}

/** What rules blanked, mended or doubted, in counts. */
export async function readReportFindings(
  postgres: Postgres,
  project: Project,
  runId: string,
): Promise<ReportFindings> {
  const findings = ident(project.bookkeeping, 'findings');
  const here = sql`run_id = ${literal(runId)}`;
  const { total } = await postgres.row<{ total: number }>(
    sql`SELECT count(*) AS total FROM ${findings} WHERE ${here}`,
  );
  const found = await postgres.query<ReportFindings['groups'][number]>(sql`
    SELECT severity, source, entity, rule, field, reason, count(*) AS count FROM ${findings} WHERE ${here}
    GROUP BY severity, source, entity, rule, field, reason
    ORDER BY count DESC, source, entity, rule, field, reason, severity LIMIT ${MOST_CAUSES}`);
  return { total, groups: found };
}
