import type { Workspace } from '../engine/workspace.js';
import { sayCount, sayMany } from '../kernel/say-number.js';
import { any, ident, joined, type Sql, sql } from '../kernel/sql.js';
import { pricedFields } from '../model/currency-field.js';
import { type Entity, type Field, references } from '../model/entity.js';
import { type FeedRef, priorityOf, sourceOf } from '../model/feed-ref.js';
import type { Check } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { pointsElsewhere } from './check-references.js';

/** A feed with what follows from its fields without being mapped: a subtotal, a currency. */
export interface CheckedFeed extends FeedRef {
  derived: ReadonlyMap<string, Sql>;
}

/**
 * Holds what the database contains against the source records, by SQL that shares nothing with the way the rows
 * were made: every accepted record has its row, every value of a row is that of a record linked to it, and where
 * records differ the value is the winner's.
 */
export async function checkValues(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly CheckedFeed[],
): Promise<Check[]> {
  if (feeds.length === 0) return [];
  await workspace.run(linkedRecords(entity, feeds));
  const present = await checkPresent(workspace, entity);
  if (entity.kind === 'document') return [present, await checkDocuments(workspace, entity, entities, feeds)];
  return [present, await checkOrigin(workspace, entity), await checkWinners(workspace, entity)];
}

/** `linked`: accepted records with the row that their link leads to, NULL where there is none. */
function linkedRecords(entity: Entity, feeds: readonly FeedRef[]): Sql {
  const { name } = entity;
  return sql`CREATE OR REPLACE TEMP TABLE linked AS
    SELECT l.id, ${sourceOf(feeds, sql`a.feed`)} AS from_source, ${priorityOf(feeds, sql`a.feed`)} AS priority, a.*
    FROM ${tables.accepted(name)} a
    LEFT JOIN (FROM ${tables.priorLinks(name)} WHERE NOT deleted AND NOT placeholder) l
      ON l.source = ${sourceOf(feeds, sql`a.feed`)} AND l.key = a.key`;
}

async function checkPresent(workspace: Workspace, entity: Entity): Promise<Check> {
  const { records, missing } = await workspace.row<{ records: number; missing: number }>(sql`
    SELECT count(*) AS records, count(*) FILTER (p.${ident(entity.id)} IS NULL) AS missing
    FROM linked l LEFT JOIN ${tables.priorRows(entity.name)} p ON p.${ident(entity.id)} = l.id`);
  return {
    name: `${entity.name}: every record is there`,
    passed: missing === 0,
    detail:
      missing === 0
        ? `${records.toLocaleString('en')} source records, each with its row`
        : `${missing} of ${records} have no row`,
  };
}

/** Fields whose value comes from the records and is never filled in by Pamoja. */
function mappedFields(entity: Entity): Field[] {
  return entity.fields.filter(
    (field) =>
      field.provenance === undefined && !field.firstSeen && !field.untold && field.type !== 'reference',
  );
}

async function checkOrigin(workspace: Workspace, entity: Entity): Promise<Check> {
  const strange: string[] = [];
  for (const field of mappedFields(entity)) {
    const column = ident(field.name);
    // Rows that hold a record of an earlier delivery may rightly carry its value.
    const rows = await rowsOf(
      workspace,
      sql`SELECT p.${ident(entity.id)} AS id FROM ${tables.priorRows(entity.name)} p
      WHERE p.${ident(entity.id)} IN (SELECT id FROM linked) AND ${wholly(entity)}
        AND NOT EXISTS (FROM linked l WHERE l.id = p.${ident(entity.id)} AND l.${column} IS NOT DISTINCT FROM p.${column})`,
    );
    if (rows.count > 0) strange.push(`${field.name} in ${sayRows(entity, rows)}`);
  }
  return {
    name: `${entity.name}: every value has a source`,
    passed: strange.length === 0,
    detail:
      strange.length === 0
        ? 'each value is that of a linked record'
        : `values that no source record gives: ${strange.join('; ')}`,
  };
}

/** Rows all of whose links were delivered anew. */
function wholly(entity: Entity): Sql {
  return sql`p.${ident(entity.id)} NOT IN (
    SELECT k.id FROM ${tables.priorLinks(entity.name)} k WHERE NOT k.deleted AND (k.placeholder OR (k.source, k.key) NOT IN
      (SELECT (from_source, key) FROM linked)))`;
}

async function checkWinners(workspace: Workspace, entity: Entity): Promise<Check> {
  const wrong: string[] = [];
  const recent = entity.fields.some((field) => field.name === 'updated_at');
  const recency = recent ? sql`updated_at DESC NULLS LAST,` : sql``;
  for (const field of mappedFields(entity)) {
    const column = ident(field.name);
    const { counts, blank } = wordOf(entity, field);
    const rows = await rowsOf(
      workspace,
      sql`WITH ranked AS (
        SELECT id, ${column} AS value, ${blank} AS blank, priority, ${recent ? sql`updated_at,` : sql``} from_source, key, hash,
          count(*) OVER (PARTITION BY id, ${column}) AS frequency
        FROM linked WHERE id IN (SELECT id FROM linked GROUP BY id HAVING count(*) > 1) AND ${counts}),
      winner AS (SELECT id, value FROM ranked
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY blank, priority, ${recency} frequency DESC, from_source, key, hash) = 1)
      SELECT w.id FROM winner w JOIN ${tables.priorRows(entity.name)} p ON p.${ident(entity.id)} = w.id
      WHERE ${wholly(entity)} AND w.value IS DISTINCT FROM p.${column}`,
    );
    if (rows.count > 0) wrong.push(`${field.name} in ${sayRows(entity, rows)}`);
  }
  return {
    name: `${entity.name}: the right source wins`,
    passed: wrong.length === 0,
    detail:
      wrong.length === 0
        ? 'priority, then recency, then frequency'
        : `another value should stand: ${wrong.join('; ')}`,
  };
}

/**
 * Whose word `counts` for a field, and whether it is a `blank` that gives way: for an amount that of records in the
 * currency of the row; for that currency that of records with an amount, where there are such, also where they tell none.
 */
function wordOf(entity: Entity, field: Field): { counts: Sql; blank: Sql } {
  const priced = pricedFields(entity);
  const blank = sql`${ident(field.name)} IS NULL`;
  if (priced !== undefined && field.type === 'money') {
    const currency = ident(priced.currency.name);
    const counts = sql`EXISTS (FROM ${tables.priorRows(entity.name)} p
      WHERE p.${ident(entity.id)} = linked.id AND p.${currency} IS NOT DISTINCT FROM linked.${currency})`;
    return { counts, blank };
  }
  if (field.name !== priced?.currency.name) return { counts: sql`true`, blank };
  const gives = any(priced.amounts.map((amount) => sql`${ident(amount.name)} IS NOT NULL`));
  const counts = sql`(${gives} OR id NOT IN (SELECT id FROM linked WHERE ${gives} AND id IS NOT NULL))`;
  return { counts, blank: sql`(${blank} AND NOT ${gives})` };
}

async function checkDocuments(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly CheckedFeed[],
): Promise<Check> {
  const gives = (feed: CheckedFeed, name: string) =>
    feed.feed.fields[name] !== undefined || feed.derived.has(name);
  const plain = mappedFields(entity).filter((field) => feeds.some((feed) => gives(feed, field.name)));
  const differing = plain.map((field) => {
    const mapped = feeds.filter((feed) => gives(feed, field.name)).map((feed) => sql`${feed.index}`);
    return sql`(l.feed IN (${joined(mapped)}) AND l.${ident(field.name)} IS DISTINCT FROM p.${ident(field.name)})`;
  });
  const pointing = references(entity).map((field) =>
    pointsElsewhere(field, feeds, entities.find((each) => each.name === field.entity) as Entity),
  );
  const compared = sql`linked l JOIN ${tables.priorRows(entity.name)} p ON p.${ident(entity.id)} = l.id`;
  const all = await workspace.count(sql`SELECT count(*) FROM ${compared}`);
  const wrong = await rowsOf(
    workspace,
    sql`SELECT l.id FROM ${compared} WHERE ${any([...differing, ...pointing])}`,
  );
  return {
    name: `${entity.name}: every value equals its record`,
    passed: wrong.count === 0,
    detail:
      wrong.count === 0
        ? `${sayMany(all, 'row')} compared field by field`
        : `${sayCount(wrong.count)} of ${sayMany(all, 'row')} differ ${sayFirst(entity, wrong)}`,
  };
}

/** Rows that a check finds wrong: how many, and the first few, as enough to trace one. */
interface FoundRows {
  count: number;
  first: string | null;
}

function rowsOf(workspace: Workspace, ids: Sql): Promise<FoundRows> {
  return workspace.row(
    sql`SELECT count(*) AS count, array_to_string(min(id, 3), ', ') AS first FROM (${ids})`,
  );
}

function sayRows(entity: Entity, rows: FoundRows): string {
  return `${sayMany(rows.count, 'row')} ${sayFirst(entity, rows)}`;
}

function sayFirst({ id }: Entity, { count, first }: FoundRows): string {
  return `(${id} ${first}${count > 3 ? ', …' : ''})`;
}
