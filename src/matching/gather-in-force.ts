import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { type FeedRef, priorityOf, sourceOf } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';

/**
 * Gathers the source records of a master that are in force: those accepted now, and those published before whose
 * key was not delivered anew and did not vanish. rowid is the order; `node` is the same for all variants of a key.
 */
export async function gatherInForce(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
): Promise<void> {
  const { name } = entity;
  const fields = joined(entity.fields.map((field) => ident(field.name)));
  const accepted = tables.accepted(name);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE delivered AS
    SELECT seq, ${sourceOf(feeds)} AS source, ${priorityOf(feeds)} AS priority, key, hash, ${fields} FROM ${accepted}`);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE variants AS
    SELECT seq, row_number() OVER (PARTITION BY source, key ORDER BY seq) - 1 AS variant FROM delivered
    WHERE (source, key) IN (SELECT (source, key) FROM delivered GROUP BY source, key HAVING count(*) > 1)`);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.inForce(name)} AS
    SELECT d.source, d.key, coalesce(v.variant, 0) AS variant, d.hash, d.seq, d.priority, ${fields}
    FROM delivered d LEFT JOIN variants v ON v.seq = d.seq ORDER BY d.seq`);
  const known = [...new Map(feeds.map((feed) => [feed.source.name, feed])).values()];
  const priority = known.length === 0 ? sql`1000` : sql`coalesce(${priorityByName(known)}, 1000)`;
  await workspace.run(sql`INSERT INTO ${tables.inForce(name)}
    SELECT p.source, p.key, p.variant, p.hash, NULL, ${priority}, ${fields} FROM ${tables.priorRecords(name)} p
    WHERE (p.source, p.key) NOT IN (SELECT (source, key) FROM delivered)
      AND (p.source, p.key) NOT IN (SELECT (source, key) FROM ${tables.vanished(name)} WHERE policy = 'delete')
    ORDER BY p.source, p.key, p.variant`);
  await workspace.run(sql`DROP TABLE delivered`);
}

function priorityByName(feeds: readonly FeedRef[]): Sql {
  return sql`CASE p.source ${joined(
    feeds.map((feed) => sql`WHEN ${literal(feed.source.name)} THEN ${feed.source.priority}`),
    ' ',
  )} END`;
}
