-- Data quality by source
-- What became of the records of each source in the run that the database stands at: how many were refused, what was
-- the most frequent cause, and in how many fields something was blanked, mended or doubted.
-- chart bar x=source y=rejected_percent by=entity
WITH run AS (
  SELECT last_run FROM {bookkeeping}.state
),
read AS (
  SELECT source, entity, sum(read) AS read, sum(accepted) AS accepted, sum(rejected) AS rejected,
    sum(filtered) AS filtered, sum(repeated) AS repeated, sum(merged) AS merged
  FROM {bookkeeping}.ledger
  WHERE run_id = (SELECT last_run FROM run)
  GROUP BY source, entity
),
causes AS (
  SELECT DISTINCT ON (source, entity) source, entity, rule, field, count(*) AS records
  FROM {bookkeeping}.rejects
  WHERE run_id = (SELECT last_run FROM run) AND root_id IS NULL
  GROUP BY source, entity, rule, field
  ORDER BY source, entity, records DESC, rule, field
),
found AS (
  SELECT source, entity, count(*) AS findings
  FROM {bookkeeping}.findings
  WHERE run_id = (SELECT last_run FROM run)
  GROUP BY source, entity
)
SELECT r.source, r.entity, r.read::bigint AS read, r.accepted::bigint AS accepted, r.rejected::bigint AS rejected,
  round(100 * r.rejected / nullif(r.read, 0), 1) AS rejected_percent,
  concat_ws(': ', c.field, c.rule) AS most_frequent_cause, coalesce(f.findings, 0) AS findings,
  r.merged::bigint AS merged, r.repeated::bigint AS repeated, r.filtered::bigint AS filtered
FROM read r
LEFT JOIN causes c USING (source, entity)
LEFT JOIN found f USING (source, entity)
ORDER BY r.rejected DESC, r.source, r.entity;
