import type { Workspace } from '../engine/workspace.js';
import { joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { sourceOf } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';
import { hashType } from './content-hash.js';
import type { FeedPlan } from './feed-plan.js';
import { settleLines } from './number-lines.js';

/**
 * Settles candidates that carry the same key in the same source. Same content: repeated, the first stands.
 * Different content: documents are all refused as a conflict; of masters all stand, as variants that survivorship
 * weighs, and the conflict is told as a finding.
 */
export async function settleKeys(
  workspace: Workspace,
  entity: Entity,
  plans: readonly FeedPlan[],
): Promise<void> {
  const sameKey = tables.sameKey(entity.name);
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${sameKey} (seq BIGINT, source VARCHAR, key VARCHAR, hash ${hashType(entity)})`,
  );
  if (plans.some((plan) => plan.feed.key.length === 0)) await settleLines(workspace, entity);
  const keyed = plans.filter((plan) => plan.feed.key.length > 0);
  if (keyed.length === 0) return;
  if (entity.kind === 'document') await refuseBesideRefused(workspace, entity, keyed);
  const sources = sourceOf(keyed);
  const candidates = sql`FROM ${tables.accepted(entity.name)} WHERE feed IN (${joined(keyed.map((plan) => raw(String(plan.index))))})`;
  // Sorted out by a number first: of millions of keys hardly any comes twice. What collides is compared in full below.
  const number =
    new Set(keyed.map((plan) => plan.source.name)).size > 1 ? sql`hash(${sources}, key)` : sql`hash(key)`;
  await workspace.run(
    sql`CREATE OR REPLACE TEMP TABLE same_number AS SELECT ${number} AS number ${candidates} GROUP BY 1 HAVING count(*) > 1`,
  );
  if ((await workspace.size(sql`same_number`)) === 0) return;
  await workspace.run(sql`INSERT INTO ${sameKey} SELECT seq, ${sources}, key, hash ${candidates}
    AND ${number} IN (SELECT number FROM same_number)`);
  await workspace.run(sql`INSERT INTO ${tables.repeated(entity.name)}
    SELECT seq FROM ${sameKey} QUALIFY row_number() OVER (PARTITION BY source, key, hash ORDER BY seq) > 1`);
  const contradicting = sql`SELECT seq, source, key FROM ${sameKey}
    QUALIFY count(DISTINCT hash) OVER (PARTITION BY source, key) > 1
      AND row_number() OVER (PARTITION BY source, key, hash ORDER BY seq) = 1`;
  if (entity.kind === 'document') {
    await workspace.run(sql`INSERT INTO ${tables.refused(entity.name)}
      SELECT c.seq, 'conflict', ${keyField(keyed, sql`c.source`)}, c.key, 'has the same key as another record that says something else',
        NULL, NULL, false FROM (${contradicting}) c`);
    // A repetition of a refused record is refused with it: else the count would tell of a record that stands.
    await workspace.run(sql`INSERT INTO ${tables.refused(entity.name)}
      SELECT s.seq, 'conflict', ${keyField(keyed, sql`s.source`)}, s.key, 'has the same key as another record that says something else',
        NULL, NULL, false
      FROM ${sameKey} s JOIN ${tables.repeated(entity.name)} p ON p.seq = s.seq
      WHERE (s.source, s.key) IN (SELECT (source, key) FROM ${sameKey} GROUP BY ALL HAVING count(DISTINCT hash) > 1)`);
    await workspace.run(
      sql`DELETE FROM ${tables.repeated(entity.name)} WHERE seq IN (SELECT seq FROM ${tables.refused(entity.name)})`,
    );
  } else {
    await workspace.run(sql`INSERT INTO ${tables.findings}
      SELECT ${literal(entity.name)}, m.feed, c.seq, 'warn', 'conflict', ${keyField(keyed, sql`c.source`)}, c.key,
        'has the same key as another record that says something else; one value of each field was chosen'
      FROM (${contradicting}) c JOIN ${tables.mapped(entity.name)} m ON m.rowid = c.seq`);
  }
}

/**
 * Lines nested in a record know their order by its key alone. Where a rule refused one record of a key and another one
 * stands, that one would get the lines of both: it is refused, as all are that contradict each other.
 */
async function refuseBesideRefused(
  workspace: Workspace,
  entity: Entity,
  plans: readonly FeedPlan[],
): Promise<void> {
  const [accepted, refused, mapped] = [
    tables.accepted(entity.name),
    tables.refused(entity.name),
    tables.mapped(entity.name),
  ];
  const nesting = plans.filter(({ source }) =>
    source.feeds.some((each) => each.each !== undefined && each.entity !== entity.name),
  );
  if (nesting.length === 0 || (await workspace.size(refused)) === 0) return;
  for (const { feed, index } of nesting) {
    await workspace.run(sql`INSERT INTO ${refused}
      SELECT a.seq, 'conflict', ${literal(feed.key.join(', '))}, a.key, 'has the same key as another record that says something else',
        NULL, NULL, false FROM ${accepted} a WHERE a.feed = ${index} AND a.key IN
        (SELECT m.key FROM ${refused} r JOIN ${mapped} m ON m.rowid = r.seq WHERE m.feed = ${index} AND m.key IS NOT NULL)`);
  }
}

/** The columns of the key in the source of a record. */
function keyField(plans: readonly FeedPlan[], source: Sql): Sql {
  const whens = plans.map(
    (plan) => sql`WHEN ${literal(plan.source.name)} THEN ${literal(plan.feed.key.join(', '))}`,
  );
  return sql`CASE ${source} ${joined(whens, ' ')} END`;
}
