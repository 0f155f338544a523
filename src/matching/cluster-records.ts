import type { Workspace } from '../engine/workspace.js';
import { ident, literal, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { firstWord, isPartOf, isShort, wordsOf } from './plain-name.js';
import { tellShared } from './tell-shared.js';

/**
 * Joins paired records into clusters: `labels(node, label)`, the label being the smallest node, so that a re-run
 * names a cluster the same. Clusters in which full names contradict each other lose the pairs that rest on partial
 * names, those that would make two records of one source one lose the pairs that may not; they are joined anew.
 */
export async function clusterRecords(workspace: Workspace, entity: Entity): Promise<void> {
  await connect(workspace);
  await keepNamesApart(workspace, entity);
  await keepSourcesApart(workspace, entity);
}

async function keepNamesApart(workspace: Workspace, entity: Entity): Promise<void> {
  const fields = new Set((entity.identifiers ?? []).flatMap((identifier) => identifier.guard ?? []));
  const guard = [...fields].map((field) => sql`f.${ident(field)}`);
  const partial = await workspace.count(sql`SELECT count(*) FROM edges WHERE partial`);
  if (guard.length === 0 || partial === 0) return;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE contradicting AS
    WITH named AS (SELECT l.label, ${wordsOf(guard)} AS words, ${firstWord(guard)} AS first
      FROM labels l JOIN nodes n ON n.node = l.node JOIN ${tables.inForce(entity.name)} f ON f.rec = n.rec),
    names AS (SELECT label, words, [min(first), max(first)] AS firsts FROM named WHERE NOT ${isShort(sql`words`)}
      GROUP BY label, words QUALIFY count(*) OVER (PARTITION BY label) > 1)
    SELECT n.label FROM names n ANTI JOIN names l ON l.label = n.label AND l.words <> n.words AND ${isPartOf('n', 'l')}
    GROUP BY n.label HAVING count(*) > 1`);
  await workspace.run(sql`DELETE FROM edges WHERE partial AND a IN
    (SELECT l.node FROM labels l JOIN contradicting c ON c.label = l.label)`);
  await connect(workspace);
}

/**
 * Where all identifiers join across sources only, a chain of them may still lead back to the same source: then the first
 * of them counts alone, and where that does not help, none.
 */
async function keepSourcesApart(
  workspace: Workspace,
  { identifiers = [], ...entity }: Entity,
): Promise<void> {
  if (identifiers.some((identifier) => identifier.within)) return;
  for (const dropped of [identifiers.slice(1), identifiers.slice(0, 1)]) {
    if (dropped.length === 0) continue;
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE doubled AS
      SELECT DISTINCT l.label FROM labels l JOIN ${tables.inForce(entity.name)} f ON f.rec = l.node
      GROUP BY l.label, f.source HAVING count(*) > 1`);
    if ((await workspace.count(sql`SELECT count(*) FROM doubled`)) === 0) return;
    for (const { field } of dropped) await dropPairs(workspace, entity, field);
    await connect(workspace);
  }
}

/** Takes the pairs by an identifier out of the clusters in `doubled`, and tells the records that they joined. */
async function dropPairs(workspace: Workspace, entity: Entity, field: string): Promise<void> {
  const within = sql`rule = ${literal(field)} AND a IN (SELECT node FROM labels SEMI JOIN doubled USING (label))`;
  const records = sql`SELECT a AS rec FROM edges WHERE ${within} UNION SELECT b FROM edges WHERE ${within}`;
  const why = 'leads by other records to two of one source, so it joins nobody';
  await tellShared(workspace, entity, field, records, why);
  await workspace.run(sql`DELETE FROM edges WHERE ${within}`);
}

/** Connected components by the smallest label: each round passes labels along the edges, and doubles the reach. */
async function connect(workspace: Workspace): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE labels AS
    SELECT node, node AS label FROM (SELECT a AS node FROM edges UNION SELECT b FROM edges)`);
  for (let changed = -1; changed !== 0; ) {
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE next_labels AS
      WITH seen AS (
        SELECT e.a AS node, l.label FROM edges e JOIN labels l ON l.node = e.b
        UNION ALL SELECT e.b, l.label FROM edges e JOIN labels l ON l.node = e.a
        UNION ALL FROM labels),
      least AS (SELECT node, min(label) AS label FROM seen GROUP BY node)
      SELECT n.node, least(n.label, coalesce(l.label, n.label)) AS label FROM least n LEFT JOIN labels l ON l.node = n.label`);
    changed = await workspace.count(
      sql`SELECT count(*) FROM next_labels n JOIN labels l ON l.node = n.node WHERE l.label <> n.label`,
    );
    await workspace.run(sql`CREATE OR REPLACE TABLE labels AS FROM next_labels`);
  }
}
