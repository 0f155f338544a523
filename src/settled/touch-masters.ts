import type { Workspace } from '../engine/workspace.js';
import { ident, joined, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { snapshot, tables } from '../model/tables.js';
import { attributesOf, keyNumber, numberColumn, numberedFields, valueNumber } from './numbers.js';

/**
 * Lists the golden rows of a master that a change can reach, `touched(id)`: those of records that are new, changed or
 * gone, that share a key or an identifier with one of them, and so on until no more come. Names may yet keep them apart;
 * that is for matching to say. Needs the affected records mapped.
 */
export async function touchMasters(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
): Promise<void> {
  const own = feeds.filter((feed) => feed.entity.name === entity.name);
  const records = snapshot.records(entity.name);
  const mapped = tables.mapped(entity.name);
  const touched = tables.touched(entity.name);
  const identifiers = [...new Set((entity.identifiers ?? []).map((identifier) => identifier.field))];
  const shared = (field: string, values: Sql) =>
    sql`SELECT id FROM ${records} WHERE ${numberColumn(field)} IN (SELECT number FROM (${values}) WHERE number IS NOT NULL)`;
  const seeds = [
    ...own.map((feed) => sql`SELECT id FROM ${tables.stale(feed.index)}`),
    // In force, though no file gives it any more: every run asks anew what becomes of it.
    sql`SELECT id FROM ${records} WHERE live AND NOT given`,
    sql`SELECT id FROM ${records} WHERE own IN (
      SELECT ${keyNumber(sourceOf(own), ident('key'))} FROM ${mapped} WHERE key IS NOT NULL)`,
    ...identifiers.map((field) =>
      shared(field, sql`SELECT ${valueNumber(ident(field))} AS number FROM ${mapped}`),
    ),
  ];
  await workspace.run(sql`CREATE OR REPLACE TABLE ${touched} AS
    SELECT DISTINCT id FROM (${joined(seeds, ' UNION ALL ')}) WHERE id IS NOT NULL`);
  if (identifiers.length === 0) return;
  const size = () => workspace.size(touched);
  for (let before = -1, now = await size(); now !== before; ) {
    before = now;
    const more = identifiers.map((field) =>
      shared(
        field,
        sql`SELECT ${numberColumn(field)} AS number FROM ${records} WHERE id IN (SELECT id FROM ${touched})`,
      ),
    );
    await workspace.run(sql`INSERT INTO ${touched} SELECT DISTINCT id FROM (${joined(more, ' UNION ALL ')})
      WHERE id NOT IN (SELECT id FROM ${touched})`);
    now = await size();
  }
}

/**
 * Lists the golden rows to which a reference may no longer lead, `moved(id)`: a record of theirs came, went, or belongs
 * to another row now, or such a record has the value by which documents refer to them. Needs the touched records matched.
 */
export async function findMoved(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly FeedRef[],
): Promise<void> {
  const { inForce, clusters, touched, moved } = tables;
  const { name } = entity;
  const attributes = attributesOf(entity, feeds);
  const columns = joined([sql`own`, sql`id`, ...attributes.map(numberColumn)]);
  const values = attributes.map(
    (field) => sql`, ${valueNumber(sql`f.${ident(field)}`)} AS ${numberColumn(field)}`,
  );
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE led_now AS
    SELECT ${keyNumber(sql`f.source`, sql`f.key`)} AS own, c.id${joined(values, '')}
    FROM ${inForce(name)} f JOIN ${clusters(name)} c ON c.rec = f.rec`);
  const before = sql`SELECT ${columns} FROM ${snapshot.records(name)} WHERE live AND id IN (SELECT id FROM ${touched(name)})`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE differing AS
    (${before} EXCEPT FROM led_now) UNION ALL (FROM led_now EXCEPT ${before})`);
  const alike = attributes.map((field) => {
    const values = sql`SELECT ${numberColumn(field)} FROM differing WHERE ${numberColumn(field)} IS NOT NULL`;
    return sql` UNION SELECT id FROM ${snapshot.records(name)} WHERE ${numberColumn(field)} IN (${values})
      UNION SELECT id FROM led_now WHERE ${numberColumn(field)} IN (${values})`;
  });
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${moved(name)} AS SELECT id FROM differing${joined(alike, '')}`,
  );
  await workspace.drop('led_now', 'differing');
}

/** The snapshot's records of a master, of those in force now and of links that have ended: `(own, id, live, given, …numbers)`. */
export function recordsNow(entity: Entity, feeds: readonly FeedRef[]): Sql {
  const { inForce, clusters, priorLinks } = tables;
  const { name } = entity;
  const fields = numberedFields(entity, feeds);
  const numbers = fields.map(
    (field) => sql`, ${valueNumber(sql`f.${ident(field)}`)} AS ${numberColumn(field)}`,
  );
  const none = fields.map(() => sql`, NULL`);
  return sql`SELECT ${keyNumber(sql`f.source`, sql`f.key`)} AS own, c.id, true AS live, f.seq IS NOT NULL AS given${joined(numbers, '')}
      FROM ${inForce(name)} f JOIN ${clusters(name)} c ON c.rec = f.rec
    UNION ALL SELECT ${keyNumber(sql`l.source`, sql`l.key`)}, l.id, false, false${joined(none, '')}
      FROM ${priorLinks(name)} l ANTI JOIN ${inForce(name)} f ON f.source = l.source AND f.key = l.key WHERE NOT l.placeholder`;
}
