import type { Workspace } from '../engine/workspace.js';
import { ident, literal, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { findPartNames } from './part-names.js';
import { firstWord, isShort, wordsOf } from './plain-name.js';
import { tellShared } from './tell-shared.js';

/**
 * Joins paired records into clusters: `labels(node, label)`, the label being the smallest node, so that a re-run
 * names a cluster the same. Clusters in which full names contradict each other lose the pairs that rest on partial
 * names, those that would make two records of one source one lose the pairs that may not; they are joined anew.
 */
export async function clusterRecords(workspace: Workspace, entity: Entity): Promise<void> {
  await connect(workspace);
  if ((await workspace.size(sql`edges`)) === 0) return;
  await keepNamesApart(workspace, entity);
  await keepSourcesApart(workspace, entity);
}

async function keepNamesApart(workspace: Workspace, entity: Entity): Promise<void> {
  const fields = new Set((entity.identifiers ?? []).flatMap((identifier) => identifier.guard ?? []));
  const guard = [...fields].map((field) => sql`f.${ident(field)}`);
  const partial = await workspace.count(sql`SELECT count(*) FROM edges WHERE partial`);
  if (guard.length === 0 || partial === 0) return;
  await findPartNames(
    workspace,
    sql`SELECT owner, words, [min(first), max(first)] AS firsts
      FROM (SELECT l.label AS owner, ${wordsOf(guard)} AS words, ${firstWord(guard)} AS first
        FROM labels l JOIN nodes n ON n.node = l.node JOIN ${tables.inForce(entity.name)} f ON f.rec = n.rec)
      WHERE NOT ${isShort(sql`words`)} GROUP BY owner, words QUALIFY count(*) OVER (PARTITION BY owner) > 1`,
  );
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE contradicting AS
    SELECT n.owner AS label FROM several_names n ANTI JOIN part_names p ON p.owner = n.owner AND p.words = n.words
    GROUP BY n.owner HAVING count(*) > 1`);
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
    if ((await workspace.size(sql`doubled`)) === 0) return;
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

/**
 * Connected components, each labelled with its smallest node. In each round every node that has a smaller neighbour is
 * merged with it, and what was merged is one node of the next: two rounds at least halve those that are still apart,
 * however long a chain is and in whatever order it was read.
 */
async function connect(workspace: Workspace): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE labels AS
    SELECT node, node AS label FROM (SELECT a AS node FROM edges UNION SELECT b FROM edges)`);
  if ((await workspace.size(sql`labels`)) === 0) return;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE apart AS SELECT DISTINCT a, b FROM edges`);
  while ((await workspace.size(sql`apart`)) > 0) {
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE merged AS SELECT node, min(label) AS label FROM (
      SELECT a AS node, least(a, b) AS label FROM apart UNION ALL SELECT b, least(a, b) FROM apart) GROUP BY node`);
    await shortenPaths(workspace);
    await workspace.run(sql`CREATE OR REPLACE TABLE labels AS
      SELECT l.node, coalesce(m.label, l.label) AS label FROM labels l LEFT JOIN merged m ON m.node = l.label`);
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE apart AS SELECT DISTINCT a.label AS a, b.label AS b
      FROM apart e JOIN merged a ON a.node = e.a JOIN merged b ON b.node = e.b WHERE a.label <> b.label`);
  }
}

/** A node that was merged with one that was itself merged is led to where that one ends. */
async function shortenPaths(workspace: Workspace): Promise<void> {
  const further = sql`merged m JOIN merged n ON n.node = m.label WHERE n.label <> m.label`;
  while ((await workspace.count(sql`SELECT count(*) FROM ${further}`)) > 0) {
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE merged AS
      SELECT m.node, n.label FROM merged m JOIN merged n ON n.node = m.label`);
  }
}
