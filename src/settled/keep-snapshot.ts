import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { type Entity, references } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { snapshot, tables } from '../model/tables.js';
import type { RawFeed } from './match-rows.js';
import { keyNumber, referenceColumn } from './numbers.js';
import type { SnapshotAbout } from './snapshot.js';
import { documentNumber } from './touch-documents.js';
import { recordsNow } from './touch-masters.js';

/**
 * Writes what this run made of its records into the snapshot: of all of them, or in place of what it looked at. In one
 * transaction of the snapshot, beside whatever else the workspace does, which ends as `published` does.
 */
export async function keepSnapshot(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly RawFeed[],
  about: SnapshotAbout,
  published: Promise<unknown>,
): Promise<void> {
  await workspace.aside(sql`BEGIN TRANSACTION`);
  try {
    for (const feed of feeds) await keepRows(workspace, feed);
    for (const entity of entities.filter((each) => each.kind === 'master'))
      await keepRecords(workspace, entity, feeds);
    await workspace.aside(sql`CREATE OR REPLACE TABLE ${snapshot.about} AS
      SELECT ${literal(about.runId)} AS run_id, ${literal(JSON.stringify(about.currencies))} AS currencies, version() AS engine`);
    await published;
    await workspace.aside(sql`COMMIT`);
  } catch (error) {
    await workspace.aside(sql`ROLLBACK`);
    throw error;
  }
}

/** Forgets the snapshot: what the run made does not fit into one. */
export async function dropSnapshot(workspace: Workspace): Promise<void> {
  await workspace.aside(sql`DROP TABLE IF EXISTS ${snapshot.about}`);
}

/**
 * `rows(print, outcome, id, own, …references)`. Outcome: 0 refused, or something was found in it, so it is looked at
 * again in every run; 1 accepted and counting for its golden row; 2 accepted; 3 repeated; 4 filtered.
 */
async function keepRows(workspace: Workspace, feed: RawFeed): Promise<void> {
  const rows = snapshot.rows(feed.index);
  const repeats = (await workspace.size(tables.repeated(feed.entity.name))) > 0;
  const now = feed.entity.kind === 'document' ? documentsNow(feed, repeats) : mastersNow(feed, repeats);
  if (feed.affected === undefined) {
    await workspace.aside(sql`CREATE OR REPLACE TABLE ${rows} AS ${now}`);
    return;
  }
  await workspace.aside(
    sql`DELETE FROM ${rows} WHERE rowid IN (SELECT srow FROM ${tables.stale(feed.index)})`,
  );
  await workspace.aside(sql`INSERT INTO ${rows} ${now}`);
}

/** Candidates of which something is to be told again, or that do not stand. */
function found({ name }: Entity): Sql {
  return sql`SELECT DISTINCT seq FROM (SELECT seq FROM ${tables.refused(name)}
    UNION ALL SELECT seq FROM ${tables.findings} WHERE entity = ${literal(name)})`;
}

function mastersNow({ entity, index, source }: RawFeed, repeats: boolean): Sql {
  const { name } = entity;
  const { mapped, golden, clusters } = tables;
  const records = sql`SELECT i.key, k.id FROM ${tables.inForce(name)} i JOIN ${clusters(name)} k ON k.rec = i.rec
    WHERE i.source = ${literal(source.name)}`;
  return sql`SELECT m.print, CASE WHEN f.seq IS NOT NULL THEN 0 WHEN m.filtered THEN 4
      WHEN q.seq IS NOT NULL THEN CASE WHEN q.id IS NULL THEN 0 ELSE 3 END
      WHEN c.id IS NULL THEN 0 WHEN g.lead IS NULL THEN 2 ELSE 1 END::UTINYINT AS outcome,
      coalesce(c.id, q.id) AS id, ${keyNumber(literal(source.name), sql`m.key`)} AS own
    FROM (SELECT rowid AS seq, * FROM ${mapped(name)} WHERE feed = ${index}) m
    LEFT JOIN ${golden(name)} g ON g.lead = m.seq LEFT JOIN ${clusters(name)} c ON c.rec = m.seq
    LEFT JOIN (${found(entity)}) f ON f.seq = m.seq
    LEFT JOIN (${repeats ? idsOfRepeated(entity, index, records) : NO_IDS}) q ON q.seq = m.seq`;
}

/** Those that stand are known with everything; of the others there are few. */
function documentsNow({ entity, index, source }: RawFeed, repeats: boolean): Sql {
  const { name } = entity;
  const { mapped, refused, repeated, golden, standing } = tables;
  const own = documentNumber(literal(source.name), sql`m.key`);
  const referring = references(entity);
  const columns = referring.map((field) => sql`, m.${ident(field.name)} AS ${referenceColumn(field.name)}`);
  const none = referring.map(() => sql`, NULL`);
  const standingIds = sql`SELECT source_key AS key, id FROM ${golden(name)} WHERE source_system = ${literal(source.name)}`;
  return sql`SELECT m.print, CASE WHEN f.seq IS NULL THEN 1 ELSE 0 END::UTINYINT AS outcome, m.id, ${own} AS own${joined(columns, '')}
    FROM ${standing(name)} m LEFT JOIN (${found(entity)}) f ON f.seq = m.lead WHERE m.feed = ${index}
    UNION ALL
    SELECT m.print, CASE WHEN f.seq IS NOT NULL THEN 0 WHEN m.filtered THEN 4 WHEN q.id IS NULL THEN 0 ELSE 3 END, q.id, ${own}${joined(none, '')}
    FROM (SELECT rowid AS seq, * FROM ${mapped(name)} WHERE feed = ${index} AND rowid IN (SELECT seq FROM ${refused(name)}
      UNION ALL SELECT seq FROM ${repeated(name)} UNION ALL SELECT rowid FROM ${mapped(name)} WHERE filtered)) m
    LEFT JOIN (${found(entity)}) f ON f.seq = m.seq
    LEFT JOIN (${repeats ? idsOfRepeated(entity, index, standingIds) : NO_IDS}) q ON q.seq = m.seq`;
}

const NO_IDS = sql`SELECT NULL::BIGINT AS seq, NULL::BIGINT AS id WHERE false`;

/** Of the millions that stand only those are brought along whose key a repetition has. */
function idsOfRepeated({ name }: Entity, feed: number, standing: Sql): Sql {
  const again = sql`SELECT r.seq, t.key FROM ${tables.repeated(name)} r
    JOIN ${tables.mapped(name)} t ON t.rowid = r.seq WHERE t.feed = ${feed}`;
  return sql`SELECT r.seq, min(s.id) AS id FROM (${again}) r
    LEFT JOIN (SELECT * FROM (${standing}) WHERE key IN (SELECT key FROM (${again}))) s ON s.key = r.key GROUP BY r.seq`;
}

/** `records(own, id, live, given, …numbers)`: the source records of a master in force, and the links that have ended. */
async function keepRecords(workspace: Workspace, entity: Entity, feeds: readonly FeedRef[]): Promise<void> {
  const records = snapshot.records(entity.name);
  const now = recordsNow(entity, feeds);
  if (feeds.every((feed) => feed.affected === undefined)) {
    await workspace.aside(sql`CREATE OR REPLACE TABLE ${records} AS ${now}`);
    return;
  }
  await workspace.aside(
    sql`DELETE FROM ${records} WHERE id IN (SELECT id FROM ${tables.touched(entity.name)})`,
  );
  await workspace.aside(sql`INSERT INTO ${records} ${now}`);
}
