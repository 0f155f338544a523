import type { Workspace } from '../engine/workspace.js';
import { any, ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { type Entity, references, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { comesWith, givenWhole } from '../model/gives-all-parts.js';
import type { EntityOutcome } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { guardVanishing } from '../model/vanished-guard.js';

/**
 * Compares what shall be with what is published: `changes(id, action)` per entity, what points at others last. Errors:
 * PAM-SRC-012 and PAM-SRC-013 where documents come without the parts that they had; `maxShare` may.
 */
export async function compareAll(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
  maxShare: number,
): Promise<void> {
  for (const entity of entities) await compare(workspace, entity);
  const published: Entity[] = [];
  for (const entity of entities) if (await isPublished(workspace, entity)) published.push(entity);
  const documents = published.filter((entity) => entity.kind === 'document');
  // What speaks of a document before it, wholes before their parts, and documents before the masters they keep alive.
  const wholes = documents.filter((entity) => wholeOf(entity) === undefined);
  for (const entity of wholes.reverse()) await endDocuments(workspace, entity, feeds, entities);
  for (const entity of documents.filter((each) => wholeOf(each) !== undefined)) {
    await endDocuments(workspace, entity, feeds, entities);
    await guardParts(workspace, entity, feeds, maxShare);
    await forgetEnded(workspace, entity.name);
  }
  for (const entity of published.filter((each) => each.kind === 'master'))
    await endMasters(workspace, entity, entities);
}

/** What was never published has nothing to be compared with, and nothing that could end. */
export async function isPublished(workspace: Workspace, { name }: Entity): Promise<boolean> {
  return (await workspace.size(tables.priorRows(name))) > 0;
}

/** Whether neither this run nor an earlier one gives any of a document. A master may get placeholders all the same. */
export async function isIdle(workspace: Workspace, entity: Entity): Promise<boolean> {
  if (entity.kind === 'master' || (await isPublished(workspace, entity))) return false;
  return (await workspace.size(tables.mapped(entity.name))) === 0;
}

async function compare(workspace: Workspace, entity: Entity): Promise<void> {
  // Where no record tells when something was first seen, the time of its publication stays.
  const differs = any(
    entity.fields
      .filter((field) => !field.untold)
      .map(
        ({ name, firstSeen }) =>
          sql`g.${ident(name)} ${firstSeen ? sql`<>` : sql`IS DISTINCT FROM`} p.${ident(name)}`,
      ),
  );
  const id = ident(entity.id);
  if (!(await isPublished(workspace, entity))) {
    const all = sql`SELECT id, 'created' AS action FROM ${tables.golden(entity.name)}`;
    await workspace.make('view', tables.changes(entity.name), all);
    return;
  }
  const changes = sql`
    SELECT coalesce(g.id, p.${id}) AS id, CASE WHEN p.${id} IS NULL THEN 'created' WHEN g.id IS NULL THEN 'kept'
      WHEN ${differs} THEN 'updated' WHEN g.lead IS NULL THEN 'kept' ELSE 'unchanged' END AS action
    FROM ${tables.golden(entity.name)} g FULL JOIN ${tables.priorRows(entity.name)} p ON p.${id} = g.id`;
  await workspace.make('table', tables.changes(entity.name), changes);
}

/**
 * A document goes where its record vanished and its source says so, unless another document that is no part of it
 * speaks of it; a part with its whole, or where its whole came without it.
 */
async function endDocuments(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
  entities: readonly Entity[],
): Promise<void> {
  const { name } = entity;
  const changes = tables.changes(name);
  const whole = wholeOf(entity);
  // A row whose reference moved counts as updated, but no record of this run speaks of it.
  const unspoken = sql`action IN ('kept', 'updated') AND id NOT IN (SELECT id FROM ${tables.golden(name)} WHERE lead IS NOT NULL)`;
  if (whole === undefined) {
    await workspace.run(sql`UPDATE ${changes} SET action = 'deleted' WHERE ${unspoken} AND id IN (
      SELECT l.id FROM ${tables.priorLinks(name)} l JOIN ${tables.vanished(name)} v ON v.source = l.source AND v.key = l.key
      WHERE v.policy = 'delete') AND id NOT IN (SELECT id FROM (${spokenIds(name, entities)}) WHERE id IS NOT NULL)`);
    await forgetEnded(workspace, name);
    return;
  }
  const restated = sql`${givenWhole(name, whole.entity, feeds)} AND p.${ident(whole.name)} IN
    (SELECT id FROM ${tables.golden(whole.entity)} WHERE lead IS NOT NULL)`;
  await workspace.run(sql`UPDATE ${changes} SET action = 'deleted' WHERE ${unspoken} AND id IN (
    SELECT p.${ident(entity.id)} FROM ${tables.priorRows(name)} p WHERE (${restated})
      OR p.${ident(whole.name)} IN (SELECT id FROM ${tables.changes(whole.entity)} WHERE action = 'deleted'))`);
}

/** Where documents stay and lose more parts than they get, their source may have lost them. */
async function guardParts(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
  maxShare: number,
): Promise<void> {
  const { name, id } = entity;
  const whole = wholeOf(entity);
  if (whole === undefined) return;
  const [changes, golden, prior] = [tables.changes(name), tables.golden(name), tables.priorRows(name)];
  const lost = await workspace.rows<{ source: string; lost: number }>(sql`
    SELECT p.source_system AS source, count(*) AS lost FROM ${changes} c JOIN ${prior} p ON p.${ident(id)} = c.id
    WHERE c.action = 'deleted' AND p.${ident(whole.name)} NOT IN
      (SELECT id FROM ${tables.changes(whole.entity)} WHERE action = 'deleted') GROUP BY 1`);
  for (const { source: from, lost: gone } of lost) {
    const own = feeds.filter((feed) => feed.entity.name === name && feed.source.name === from);
    const [first] = own;
    if (first === undefined) continue;
    const settled = own.reduce((sum, feed) => sum + (feed.settled?.lead ?? 0), 0);
    const of = sql`source_system = ${literal(from)}`;
    const { held, given, created } = await workspace.row<Record<'held' | 'given' | 'created', number>>(sql`
      SELECT (SELECT count(*) FROM ${prior} WHERE ${of}) AS held,
        (SELECT count(*) FROM ${golden} WHERE ${of} AND lead IS NOT NULL) AS given,
        (SELECT count(*) FROM ${golden} g JOIN ${changes} c ON c.id = g.id WHERE g.${of} AND c.action = 'created') AS created`);
    // A source that gives the wholes too did not come empty.
    const least = comesWith(whole.entity, from, feeds) ? 1 : 0;
    guardVanishing(
      first.source,
      name,
      { held: held + settled, given: Math.max(least, given + settled), gone: Math.max(0, gone - created) },
      maxShare,
    );
  }
}

/** A row that goes shall not be among those that the table shall hold. */
async function forgetEnded(workspace: Workspace, name: string): Promise<void> {
  await workspace.run(sql`DELETE FROM ${tables.golden(name)}
    WHERE id IN (SELECT id FROM ${tables.changes(name)} WHERE action = 'deleted')`);
}

/** Golden ids of an entity that documents of this run, or those that stay, speak of; parts do not keep their whole. */
function spokenIds(name: string, entities: readonly Entity[]): Sql {
  const speaking = entities.flatMap((document) =>
    references(document)
      .filter((reference) => reference.entity === name && !reference.part)
      .flatMap((reference) => {
        const column = ident(reference.name);
        return [
          sql`SELECT ${column} AS id FROM ${tables.golden(document.name)}`,
          sql`SELECT p.${column} FROM ${tables.priorRows(document.name)} p JOIN ${tables.changes(document.name)} c
            ON c.id = p.${ident(document.id)} WHERE c.action = 'kept' AND p.${ident(document.id)} NOT IN (SELECT id FROM ${tables.golden(document.name)})`,
        ];
      }),
  );
  return speaking.length === 0 ? sql`SELECT NULL::BIGINT AS id` : joined(speaking, ' UNION ALL ');
}

/** A master goes where no record of it is in force and no document speaks of it. */
async function endMasters(workspace: Workspace, entity: Entity, entities: readonly Entity[]): Promise<void> {
  const { name } = entity;
  await workspace.run(sql`UPDATE ${tables.changes(name)} SET action = 'deleted' WHERE action = 'kept'
    AND id NOT IN (SELECT id FROM ${tables.golden(name)})
    AND id IN (SELECT id FROM ${tables.priorLinks(name)} WHERE NOT placeholder)
    AND id NOT IN (SELECT id FROM (${spokenIds(name, entities)}) WHERE id IS NOT NULL)`);
}

/** Counts what publish will do with an entity. */
export async function outcomeOf(workspace: Workspace, entity: Entity): Promise<EntityOutcome> {
  if (await isIdle(workspace, entity))
    return { created: 0, updated: 0, unchanged: 0, kept: 0, deleted: 0, placeholders: 0, total: 0 };
  const placeholders = tables.placeholders(entity.name);
  const none = (await workspace.size(placeholders)) === 0;
  // Where there are no placeholders nobody has to be told from one.
  const [join, own] = none
    ? [sql``, sql`true`]
    : [sql`LEFT JOIN ${placeholders} p ON p.id = c.id`, sql`p.id IS NULL`];
  const row = await workspace.row<Omit<EntityOutcome, 'total'>>(sql`
    SELECT count(*) FILTER (action = 'created' AND ${own}) AS created,
      count(*) FILTER (action = 'updated' AND ${own}) AS updated,
      count(*) FILTER (action = 'unchanged' AND ${own}) AS unchanged,
      count(*) FILTER (action = 'kept' AND ${own}) AS kept,
      count(*) FILTER (action = 'deleted') AS deleted,
      count(*) FILTER (action <> 'deleted' AND NOT ${own}) AS placeholders
    FROM ${tables.changes(entity.name)} c ${join}`);
  return { ...row, total: row.created + row.updated + row.unchanged + row.kept };
}

/** Plans in no time, and says the types. */
const NO_LINKS = sql`SELECT '' AS source, '' AS key, 0::BIGINT AS id, false AS placeholder, false AS deleted, false AS vanished LIMIT 0`;

/**
 * Lists the links that change: of masters those that are new, moved, marked or ended; of documents the tombstones.
 * `links(source, key, id, placeholder, deleted, vanished)` holds only what publish has to write.
 */
export async function compareLinks(workspace: Workspace, entity: Entity): Promise<void> {
  const { name } = entity;
  const links = tables.links(name);
  if (entity.kind === 'document' && !(await isPublished(workspace, entity))) {
    await workspace.make('table', links, NO_LINKS);
    return;
  }
  if (entity.kind === 'document') {
    const ended = sql`
      SELECT p.source_system AS source, p.source_key AS key, c.id, false AS placeholder, true AS deleted, true AS vanished
      FROM ${tables.changes(name)} c JOIN ${tables.priorRows(name)} p ON p.${ident(entity.id)} = c.id
      WHERE c.action = 'deleted' AND p.source_key IS NOT NULL`;
    await workspace.make('table', links, ended);
    return;
  }
  const records = sql`FROM ${tables.inForce(name)} f JOIN ${tables.clusters(name)} c ON c.rec = f.rec`;
  if ((await workspace.size(tables.priorLinks(name))) === 0) {
    const all = sql`SELECT f.source, f.key, c.id, false AS placeholder, false AS deleted, false AS vanished ${records} WHERE f.variant = 0
      UNION ALL SELECT source, '', id, true, false, false FROM ${tables.placeholders(name)}`;
    await workspace.make('view', links, all);
    return;
  }
  const changed = sql`
    WITH wanted AS (
      SELECT f.source, f.key, c.id, false AS placeholder, false AS deleted, v.key IS NOT NULL AS vanished ${records}
      LEFT JOIN ${tables.vanished(name)} v ON v.source = f.source AND v.key = f.key AND v.policy = 'mark'
      WHERE f.variant = 0
      UNION ALL SELECT source, '', id, true, false, false FROM ${tables.placeholders(name)}
      UNION ALL SELECT l.source, l.key, l.id, l.placeholder, true, true FROM ${tables.priorLinks(name)} l
        WHERE NOT l.placeholder AND (l.source, l.key) NOT IN (SELECT (source, key) FROM ${tables.inForce(name)}))
    SELECT w.* FROM wanted w LEFT JOIN ${tables.priorLinks(name)} p ON p.source = w.source AND p.key = w.key
    WHERE p.key IS NULL OR (p.id, p.deleted, p.vanished) <> (w.id, w.deleted, w.vanished)`;
  await workspace.make('table', links, changed);
}
