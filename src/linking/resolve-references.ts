import { acceptedRows } from '../engine/accepted-rows.js';
import type { Workspace } from '../engine/workspace.js';
import { sayOne } from '../kernel/say-number.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { alike } from '../model/alike.js';
import { duckdbType, type Entity, type Field, fieldOf, type Reference, references } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { bare, tables, targetColumns } from '../model/tables.js';

/**
 * Finds where each reference of an entity's candidates leads. Makes `linked`: the candidates that stand, and of each
 * reference its `state` (absent, found, unknown, ambiguous, refused), `id` of a golden row that is known already, `seq`
 * of a candidate of this run. All references are looked up in one passage: nobody has to bring millions of rows together
 * again. Then refuses candidates whose reference leads nowhere; unknown and ambiguous ones wait for a later run.
 */
export async function resolveReferences(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
): Promise<void> {
  const found = references(entity);
  if (found.length === 0 && entity.kind === 'master') return;
  const linked = tables.linked(entity.name);
  const fields = entity.fields.filter((field) => isLinked(field, feeds)).map(({ name }) => ident(name));
  await workspace.run(sql`CREATE OR REPLACE TABLE ${linked} AS
    SELECT ${joined([...OWN, ...fields])}${joined(found.map(noTarget), '')} FROM ${tables.accepted(entity.name)} WHERE false`);
  const candidates = await acceptedRows(workspace, entity.name);
  for (const feed of feeds) {
    const lookups: Lookup[] = [];
    for (const reference of found)
      lookups.push(await lookUp(workspace, feed, reference, ident(`t${lookups.length}`), entities));
    const columns = [...OWN, ...fields].map((name) => sql`a.${name}`);
    const [targets, joins] = [lookups.map(({ target }) => target), lookups.map(({ join }) => join)];
    const own = feeds.length > 1 ? sql` WHERE a.feed = ${feed.index}` : sql``;
    await workspace.run(sql`INSERT INTO ${linked}
      SELECT ${joined(columns)}${joined(targets, '')} FROM (${candidates}) a ${joined(joins, ' ')}${own}`);
  }
  for (const reference of found) {
    const target = entities.find((each) => each.name === reference.entity) as Entity;
    const table = tables.resolved(entity.name, reference.name);
    const columns = targetColumns(reference.name);
    await workspace.run(sql`CREATE OR REPLACE VIEW ${table} AS
      SELECT seq, ${columns.state} AS state, ${columns.id} AS id, ${columns.seq} AS target_seq FROM ${linked}`);
    await workspace.run(refuseUnresolved(entity, reference, target, table));
  }
}

/** How a reference of the candidates `a` is looked up: where it leads, with a comma before it, and the join for that. */
interface Lookup {
  target: Sql;
  join: Sql;
}

async function lookUp(
  workspace: Workspace,
  feed: FeedRef,
  reference: Reference,
  at: Sql,
  entities: readonly Entity[],
): Promise<Lookup> {
  const mapping = feed.feed.fields[reference.name];
  if (mapping === undefined) return { target: noTarget(reference), join: sql`` };
  const value = sql`a.${ident(reference.name)}`;
  const target = entities.find((each) => each.name === reference.entity) as Entity;
  const among =
    mapping.by === undefined
      ? keyTargets(feed, reference)
      : await attributeTargets(workspace, target, mapping.by);
  return {
    target: sql`, CASE WHEN ${value} IS NULL THEN ${state('absent')} WHEN ${at}.value IS NULL THEN ${state('unknown')}
      WHEN ${at}.ambiguous THEN ${state('ambiguous')} WHEN ${at}.refused THEN ${state('refused')} ELSE ${state('found')} END, ${at}.id, ${at}.seq`,
    join: sql`LEFT JOIN (${among}) ${at} ON ${at}.value = ${mapping.by === undefined ? value : alike(value)}`,
  };
}

/** The rows of `linked` with every field but references: those that no feed gives are NULL. */
export function linkedRows(entity: Entity, feeds: readonly LinkedFeed[]): Sql {
  const own = feeds.filter((feed) => feed.entity.name === entity.name);
  const absent = entity.fields
    .filter((field) => field.type !== 'reference' && !isLinked(field, own))
    .map(({ name, type }) => sql`, NULL::${raw(duckdbType(type))} AS ${ident(name)}`);
  return sql`(SELECT *${joined(absent, '')} FROM ${tables.linked(entity.name)})`;
}

/** Whether a field comes along: one that a feed gives, but for the text of a reference, which is of no more use. */
function isLinked({ name, type }: Field, feeds: readonly LinkedFeed[]): boolean {
  return (
    type !== 'reference' &&
    feeds.some((feed) => feed.feed.fields[name] !== undefined || feed.derived.has(name))
  );
}

/** A feed with the fields that follow from those that it gives. */
export interface LinkedFeed extends FeedRef {
  derived: ReadonlyMap<string, Sql>;
}

/** What of a candidate comes along beside its fields. */
const OWN = [ident('seq'), ident('feed'), ident('print'), ident('key')];

/** A constant of the column's own type: a text would be made one of it row by row. */
function state(word: 'absent' | 'found' | 'unknown' | 'ambiguous' | 'refused'): Sql {
  return sql`${literal(word)}::ENUM ('absent', 'found', 'unknown', 'ambiguous', 'refused')`;
}

function noTarget({ name }: Field): Sql {
  const columns = targetColumns(name);
  return sql`, ${state('absent')} AS ${columns.state}, NULL::BIGINT AS ${columns.id}, NULL::BIGINT AS ${columns.seq}`;
}

function keyTargets(feed: FeedRef, reference: Reference): Sql {
  const source = feed.feed.fields[reference.name]?.source ?? feed.source.name;
  // A whole that goes takes its parts along; whatever else speaks of it keeps it.
  const going = sql`SELECT key FROM ${tables.vanished(reference.entity)} WHERE source = ${literal(source)} AND policy = 'delete'`;
  const staying = reference.part ? sql` AND key NOT IN (${going})` : sql``;
  return sql`SELECT key AS value, id, seq, refused, false AS ambiguous FROM ${tables.targets(reference.entity)}
    WHERE source = ${literal(source)}${staying}`;
}

/** One value may stand on several records of the same golden row, but not on several golden rows. */
async function attributeTargets(workspace: Workspace, target: Entity, by: string): Promise<Sql> {
  const table = ident(`attribute_${target.name}_${by}`);
  const value = (alias: string) => alike(sql`${ident(alias)}.${ident(by)}`);
  const apart = tables.settledValues(target.name, by);
  const settled = workspace.exists(bare(apart))
    ? sql` UNION ALL SELECT value, id, NULL FROM ${apart}`
    : sql``;
  const standing =
    target.kind === 'master'
      ? sql`SELECT ${value('f')} AS value, c.id, NULL::BIGINT AS seq
          FROM ${tables.inForce(target.name)} f JOIN ${tables.clusters(target.name)} c ON c.rec = f.rec${settled}`
      : sql`SELECT ${value('a')} AS value, p.id, a.seq FROM ${tables.accepted(target.name)} a
          LEFT JOIN ${tables.targets(target.name)} p ON p.seq = a.seq
          UNION ALL SELECT ${value('r')}, r.${ident(target.id)}, NULL FROM ${tables.priorRows(target.name)} r
          WHERE r.${ident(target.id)} NOT IN (SELECT t.id FROM ${tables.targets(target.name)} t
            JOIN ${tables.accepted(target.name)} a ON a.seq = t.seq WHERE t.id IS NOT NULL)`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE ${table} AS
    WITH standing AS (FROM (${standing}) WHERE value IS NOT NULL),
    settled AS (SELECT value, min(id) AS id, min(seq) AS seq, false AS refused,
      greatest(count(DISTINCT id), count(DISTINCT seq)) > 1 AS ambiguous FROM standing GROUP BY value)
    FROM settled UNION ALL
    SELECT ${value('m')}, NULL, min(r.seq), true, false
    FROM ${tables.refused(target.name)} r JOIN ${tables.mapped(target.name)} m ON m.rowid = r.seq
    WHERE ${value('m')} IS NOT NULL AND ${value('m')} NOT IN (SELECT value FROM settled) GROUP BY ALL`);
  return sql`SELECT value, id, seq, refused, ambiguous FROM ${table}`;
}

function refuseUnresolved(entity: Entity, reference: Reference, target: Entity, table: Sql): Sql {
  const one = sayOne(target.name);
  const unknown = literal(
    `refers to one of ${target.name} that no source gives; it waits and is tried again at every run`,
  );
  const ambiguous = literal(`could mean several of ${target.name}; it waits and is tried again at every run`);
  const field = fieldOf(entity, reference.name) as Field;
  return sql`INSERT INTO ${tables.refused(entity.name)}
    SELECT r.seq, CASE r.state WHEN 'unknown' THEN 'reference' WHEN 'ambiguous' THEN 'ambiguous' ELSE 'cascade' END,
      ${literal(field.name)}, m.${ident(reference.name)},
      CASE r.state WHEN 'unknown' THEN ${unknown} WHEN 'ambiguous' THEN ${ambiguous} ELSE ${literal(`its ${one} was refused`)} END,
      CASE WHEN r.state = 'refused' THEN coalesce(t.root_entity, ${literal(target.name)}) END,
      CASE WHEN r.state = 'refused' THEN coalesce(t.root_seq, r.target_seq) END,
      r.state <> 'refused'
    FROM ${table} r JOIN ${tables.mapped(entity.name)} m ON m.rowid = r.seq
    LEFT JOIN ${tables.refused(target.name)} t ON t.seq = CASE WHEN r.state = 'refused' THEN r.target_seq END
    WHERE r.state IN ('unknown', 'ambiguous', 'refused') AND r.seq NOT IN (SELECT seq FROM ${tables.refused(entity.name)})`;
}
