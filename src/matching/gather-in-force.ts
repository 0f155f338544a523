import { acceptedRows } from '../engine/accepted-rows.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { type FeedRef, priorityOf, sourceOf } from '../model/feed-ref.js';
import { bare, tables } from '../model/tables.js';

/**
 * Gathers the source records of a master that are in force: those accepted now, and those published before whose
 * key was not delivered anew and did not vanish. `rec` is the order: that of the sources, then that of the keys.
 */
export async function gatherInForce(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
): Promise<void> {
  const { name } = entity;
  const variants = tables.variants(name);
  if ((await workspace.size(tables.sameKey(name))) === 0)
    await workspace.run(sql`CREATE OR REPLACE TABLE ${variants} (seq BIGINT, variant BIGINT)`);
  else
    await workspace.run(sql`CREATE OR REPLACE TABLE ${variants} AS FROM (
      SELECT s.seq, row_number() OVER (PARTITION BY s.source, s.key ORDER BY s.seq) - 1 AS variant
      FROM ${tables.sameKey(name)} s SEMI JOIN ${tables.accepted(name)} a ON a.seq = s.seq) WHERE variant > 0`);
  const several = (await workspace.size(variants)) > 0;
  const [variant, join] = several
    ? [sql`coalesce(v.variant, 0)`, sql`LEFT JOIN ${variants} v ON v.seq = a.seq`]
    : [sql`0`, sql``];
  await workspace.run(sql`CREATE OR REPLACE VIEW ${tables.inForce(name)} AS
    SELECT a.seq AS rec, ${sourceOf(feeds, sql`a.feed`)} AS source, a.key, ${variant} AS variant, a.hash, a.seq,
      ${priorityOf(feeds, sql`a.feed`)} AS priority, ${joined(entity.fields.map((field) => sql`a.${ident(field.name)}`))}
    FROM (${await acceptedRows(workspace, name)}) a ${join}
    ${(await keepStill(workspace, entity, feeds)) ? sql`UNION ALL FROM ${tables.stillInForce(name)}` : sql``}`);
}

/** Makes the table of records published before that are still in force, where there are any. */
async function keepStill(workspace: Workspace, entity: Entity, feeds: readonly FeedRef[]): Promise<boolean> {
  const { name } = entity;
  const [prior, still] = [tables.priorRecords(name), tables.stillInForce(name)];
  const known = [...new Map(feeds.map((feed) => [feed.source.name, feed])).values()];
  const priority = known.length === 0 ? sql`1000` : sql`coalesce(${priorityByName(known)}, 1000)`;
  const first = await workspace.size(tables.mapped(name));
  if ((await workspace.size(prior)) > 0)
    await workspace.run(sql`CREATE OR REPLACE TABLE ${still} AS
      SELECT ${first} - 1 + row_number() OVER (ORDER BY p.source, p.key, p.variant) AS rec,
        p.source, p.key, p.variant, p.hash, NULL::BIGINT AS seq, ${priority} AS priority,
        ${joined(entity.fields.map((field) => ident(field.name)))}
      FROM ${prior} p
      WHERE (p.source, p.key) NOT IN (SELECT (${sourceOf(feeds)}, key) FROM ${tables.accepted(name)} WHERE key IS NOT NULL)
        AND (p.source, p.key) NOT IN (SELECT (source, key) FROM ${tables.vanished(name)} WHERE policy = 'delete')`);
  const some = workspace.exists(bare(still)) && (await workspace.size(still)) > 0;
  if (!some) await workspace.drop(bare(still));
  return some;
}

function priorityByName(feeds: readonly FeedRef[]): Sql {
  return sql`CASE p.source ${joined(
    feeds.map((feed) => sql`WHEN ${literal(feed.source.name)} THEN ${feed.source.priority}`),
    ' ',
  )} END`;
}
