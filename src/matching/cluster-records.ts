import type { Workspace } from '../engine/workspace.js';
import { ident, joined, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { plainName, sortedWords } from './plain-name.js';

/**
 * Joins paired records into clusters: `labels(node, label)`, the label being the smallest node, so that a re-run
 * names a cluster the same. Clusters in which full names contradict each other lose the pairs that rest on partial
 * names, and are joined anew without them.
 */
export async function clusterRecords(workspace: Workspace, entity: Entity): Promise<void> {
  await connect(workspace);
  const guard = [...new Set((entity.identifiers ?? []).flatMap((identifier) => identifier.guard ?? []))];
  const partial = await workspace.count(sql`SELECT count(*) FROM edges WHERE partial`);
  if (guard.length === 0 || partial === 0) return;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE contradicting AS
    SELECT l.label FROM labels l JOIN nodes n ON n.node = l.node JOIN ${tables.inForce(entity.name)} f ON f.rec = n.rec
    WHERE ${fullName(guard)} IS NOT NULL GROUP BY l.label HAVING count(DISTINCT ${fullName(guard)}) > 1`);
  await workspace.run(sql`DELETE FROM edges WHERE partial AND a IN
    (SELECT l.node FROM labels l JOIN contradicting c ON c.label = l.label)`);
  await connect(workspace);
}

/** Names as written apart from case, accents and order of words, where at least two whole words are given. */
function fullName(fields: readonly string[]): Sql {
  const text = plainName(sql`concat_ws(' ', ${joined(fields.map((field) => sql`f.${ident(field)}`))})`);
  return sql`CASE WHEN regexp_matches(${text}, '\\pL{2,} .*\\pL{2,}') AND NOT regexp_matches(${text}, '(^| )\\pL( |$)')
    THEN ${sortedWords(text)} END`;
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
