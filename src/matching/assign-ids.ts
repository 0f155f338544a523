import type { Workspace } from '../engine/workspace.js';
import { ident, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { rankRows } from '../model/ranks.js';
import { tables } from '../model/tables.js';

/**
 * Gives every cluster of a master its golden id: `clusters(rec, id)`. A cluster keeps the smallest id that its
 * records had, of those that are still in the table before others; an id that two clusters could claim goes to the one
 * that has it now before one that had it once, then to the one with more of its records, then to the one with no other
 * to claim; the rest are new, in the order of the sources, from `next`. Gives the next free id.
 */
export async function assignMasterIds(workspace: Workspace, entity: Entity, next: number): Promise<number> {
  const { name } = entity;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE membership AS
    SELECT n.rec, coalesce(l.label, n.node) AS label FROM nodes n LEFT JOIN labels l ON l.node = n.node`);
  await keepIds(workspace, entity);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE new_ids AS
    SELECT label, ${next} - 1 + row_number() OVER (ORDER BY label) AS id
    FROM (SELECT DISTINCT label FROM membership) WHERE label NOT IN (SELECT label FROM kept_ids)`);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.clusters(name)} AS
    SELECT m.rec, coalesce(k.id, n.id) AS id FROM membership m
    LEFT JOIN kept_ids k ON k.label = m.label LEFT JOIN new_ids n ON n.label = m.label`);
  const fresh = await workspace.size(sql`new_ids`);
  // As long as the records, and of no more use.
  await workspace.drop(
    'nodes',
    'edges',
    'labels',
    'apart',
    'merged',
    'shared',
    'full_names',
    'short_names',
    'meant_names',
    'several_names',
    'name_words',
    'rare_words',
    'sharing',
    'membership',
    'claims',
    'new_ids',
  );
  return next + fresh;
}

/** Makes `kept_ids(label, id)`: which cluster keeps which of the ids that its records had. */
async function keepIds(workspace: Workspace, entity: Entity): Promise<void> {
  const links = tables.priorLinks(entity.name);
  if ((await workspace.size(links)) === 0) {
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE kept_ids (label BIGINT, id BIGINT)`);
    return;
  }
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE claims AS
    SELECT m.label, p.id, count(*) AS records, bool_or(NOT p.deleted) AS live,
      bool_or(NOT p.deleted OR r.id IS NOT NULL) AS there, min({source: f.source, key: f.key}) AS first
    FROM membership m JOIN ${tables.inForce(entity.name)} f ON f.rec = m.rec
    JOIN ${links} p ON p.source = f.source AND p.key = f.key AND NOT p.placeholder
    LEFT JOIN (SELECT ${ident(entity.id)} AS id FROM ${tables.priorRows(entity.name)}) r ON r.id = p.id GROUP BY ALL`);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE kept_ids AS
    SELECT label, arg_min(id, {later: NOT there, id: id}) AS id FROM (
      FROM (SELECT *, count(*) OVER (PARTITION BY label) AS claimed FROM claims)
      QUALIFY row_number() OVER (PARTITION BY id ORDER BY live DESC, records DESC, claimed, first) = 1) GROUP BY label`);
}

/**
 * Gives every document that stands its id: that of its link, also of a tombstone, `known(seq, id)`, else a new one, in
 * the order of the sources, `ranks`. Gives the next free id.
 */
export async function assignDocumentIds(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
  next: number,
): Promise<number> {
  const { name } = entity;
  const [known, ranks] = [tables.known(name), tables.ranks(name)];
  const standing = sql`FROM ${tables.linked(name)} l ANTI JOIN ${tables.refused(name)} r ON r.seq = l.seq`;
  await workspace.run(sql`CREATE OR REPLACE TABLE ${known} AS
    SELECT l.seq, p.id FROM (SELECT l.seq, ${sourceOf(feeds, sql`l.feed`)} AS source, l.key ${standing}) l
    JOIN ${tables.priorLinks(name)} p ON p.source = l.source AND p.key = l.key AND NOT p.placeholder`);
  const fresh = sql`SELECT l.seq ${standing} ANTI JOIN ${known} k ON k.seq = l.seq`;
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ranks} AS ${rankRows(fresh, next)}`);
  const { after } = await workspace.row<{ after: number }>(
    sql`SELECT greatest((SELECT coalesce(max(base + bit_count(members)), 0) FROM ${ranks}),
      (SELECT coalesce(max(id), 0) + 1 FROM ${known}))::BIGINT AS after`,
  );
  return Math.max(next, after);
}
