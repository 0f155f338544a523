import type { Workspace } from '../engine/workspace.js';
import { ident, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';

/**
 * Lists where references to an entity lead: source and key → golden id (masters, and documents published before),
 * or the candidate of this run (documents), or the refused candidate where nothing better has that key. A published
 * document whose new version was refused has both its id and that candidate: its parts share its fate.
 */
export async function listTargets(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
): Promise<void> {
  const name = entity.name;
  const found = entity.kind === 'master' ? masterTargets(entity) : documentTargets(name, feeds);
  const targets = tables.targets(name);
  const some = (await workspace.size(tables.refused(name))) > 0;
  await workspace.run(
    some
      ? sql`CREATE OR REPLACE TEMP TABLE fallen AS SELECT ${sourceOf(feeds, sql`m.feed`)} AS source, m.key, min(r.seq) AS seq
        FROM ${tables.refused(name)} r JOIN ${tables.mapped(name)} m ON m.rowid = r.seq WHERE m.key IS NOT NULL GROUP BY ALL`
      : sql`CREATE OR REPLACE TEMP TABLE fallen (source VARCHAR, key VARCHAR, seq BIGINT)`,
  );
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${targets} AS SELECT source, key, id, seq, false AS refused FROM (${found})`,
  );
  // Of millions that stand only those are remembered whose key a refused one has too.
  if (some)
    await workspace.run(sql`INSERT INTO ${targets}
      SELECT f.source, f.key, NULL, f.seq, true FROM fallen f ANTI JOIN
        (SELECT source, key FROM ${targets} SEMI JOIN fallen USING (source, key)) s USING (source, key)`);
  await workspace.drop('fallen');
}

/** Records in force; and those that vanished while their row stays: another record gives it, or a document speaks of it. */
function masterTargets({ name, id }: Entity): Sql {
  const links = tables.priorLinks(name);
  return sql`SELECT f.source, f.key, c.id, NULL::BIGINT AS seq
    FROM ${tables.inForce(name)} f JOIN ${tables.clusters(name)} c ON c.rec = f.rec WHERE f.variant = 0
    UNION ALL
    SELECT l.source, l.key, l.id, NULL FROM ${links} l JOIN ${tables.priorRows(name)} p ON p.${ident(id)} = l.id
    WHERE NOT l.placeholder AND (l.source, l.key) NOT IN (SELECT (source, key) FROM ${tables.inForce(name)})`;
}

function documentTargets(name: string, feeds: readonly FeedRef[]): Sql {
  return sql`SELECT coalesce(a.source, p.source) AS source, coalesce(a.key, p.key) AS key, p.id, coalesce(a.seq, r.seq) AS seq
    FROM (SELECT ${sourceOf(feeds)} AS source, key, seq FROM ${tables.accepted(name)}) a
    FULL JOIN (FROM ${tables.priorLinks(name)} WHERE NOT deleted AND NOT placeholder) p
      ON p.source = a.source AND p.key = a.key
    LEFT JOIN fallen r ON r.source = p.source AND r.key = p.key`;
}

/** Adds the settled records of a master to what references may lead to. */
export async function addSettledTargets(workspace: Workspace, { name }: Entity): Promise<void> {
  await workspace.run(sql`INSERT INTO ${tables.targets(name)}
    SELECT source, key, id, NULL, false FROM ${tables.settledTargets(name)}`);
}
