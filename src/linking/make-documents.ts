import type { Workspace } from '../engine/workspace.js';
import { ident, joined, raw, type Sql, sql } from '../kernel/sql.js';
import {
  duckdbType,
  type Entity,
  type Equation,
  type Field,
  type Reference,
  references,
} from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { rankOf } from '../model/ranks.js';
import { tables, targetColumns } from '../model/tables.js';
import { partSums, rightSide, wholeEquations } from '../model/whole-equation.js';
import { renewTotals } from './renew-totals.js';
import { type LinkedFeed, linkedRows } from './resolve-references.js';
import { sumParts } from './whole-equations.js';

/**
 * Names the placeholders that references without a value lead to: those published before, and one a source that
 * needs one now, with ids from `next`. Gives the next free id.
 */
export async function namePlaceholders(
  workspace: Workspace,
  entity: Entity,
  documents: readonly Entity[],
  feeds: readonly FeedRef[],
  next: number,
): Promise<number> {
  const placeholders = tables.placeholders(entity.name);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${placeholders} AS
    SELECT source, id FROM ${tables.priorLinks(entity.name)} WHERE placeholder AND NOT deleted`);
  if (entity.placeholder === undefined) return next;
  const needing = documents.flatMap((document) =>
    references(document)
      .filter((reference) => reference.entity === entity.name)
      .map(
        (
          reference,
        ) => sql`SELECT DISTINCT ${sourceOf(feeds, sql`l.feed`)} AS source FROM ${tables.linked(document.name)} l
          ANTI JOIN ${tables.refused(document.name)} r ON r.seq = l.seq
          WHERE l.${targetColumns(reference.name).state} = 'absent'`,
      ),
  );
  if (needing.length === 0) return next;
  const before = await workspace.size(placeholders);
  await workspace.run(sql`INSERT INTO ${placeholders}
    SELECT source, ${next} - 1 + row_number() OVER (ORDER BY source) FROM (
      SELECT DISTINCT source FROM (${joined(needing, ' UNION ')}) WHERE source NOT IN (SELECT source FROM ${placeholders}))`);
  return next + (await workspace.size(placeholders)) - before;
}

/**
 * Makes the golden rows of a document: its accepted records with references as ids, totals that no source gave
 * computed from the parts, and `lead`. Rows published before whose reference moved to another golden row, or whose
 * total parts of this run change, come along.
 * Where nothing is published they are a view: they go nowhere but to PostgreSQL.
 */
export async function makeDocuments(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
): Promise<void> {
  const { name } = entity;
  const equation = summedEquation(entity, entities, feeds);
  const sums = await summedParts(workspace, equation, entities, feeds);
  const walkIns = await placeholderIds(workspace, entity, entities, feeds);
  const lookups = await lookUpIds(workspace, entity, entities);
  const values = entity.fields.map((field) => {
    const value =
      field.type === 'reference'
        ? referenceValue(field as Reference, walkIns, lookups.ids)
        : documentValue(entity, field, feeds, entities);
    return sql`${value} AS ${ident(field.name)}`;
  });
  const [standing, golden] = [tables.standing(name), tables.golden(name)];
  await workspace.run(sql`CREATE OR REPLACE VIEW ${standing} AS
    SELECT ${lookups.own} AS id, ${joined(values)}, l.seq AS lead, l.feed, l.print, l.key
    FROM ${linkedRows(entity, feeds)} l ANTI JOIN ${tables.refused(name)} r ON r.seq = l.seq ${joined([...lookups.joins, ...sums], ' ')}`);
  const published = await workspace.size(tables.priorRows(name));
  const rows = sql`SELECT id, ${joined(entity.fields.map((field) => ident(field.name)))}, lead FROM ${standing}`;
  await workspace.make(sums.length > 0 || published > 0 ? 'table' : 'view', golden, rows);
  if (published === 0) return;
  await moveReferences(workspace, entity, entities);
  if (equation !== undefined) await renewTotals(workspace, entity, equation, entities, feeds);
}

/** For each entity referred to the placeholder of a candidate's source, as SQL over its feed: a handful of constants. */
async function placeholderIds(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Promise<Map<string, Sql>> {
  const ids = new Map<string, Sql>();
  for (const { entity: name } of references(entity)) {
    if (entities.find((each) => each.name === name)?.placeholder === undefined) continue;
    const placeholders = tables.placeholders(name);
    const none = (await workspace.size(placeholders)) === 0;
    const rows = none ? [] : await workspace.rows<{ source: string; id: number }>(sql`FROM ${placeholders}`);
    const whens = feeds.flatMap((feed) =>
      rows
        .filter((row) => row.source === feed.source.name)
        .map((row) => sql`WHEN ${feed.index} THEN ${row.id}`),
    );
    ids.set(name, whens.length === 0 ? sql`NULL` : sql`CASE l.feed ${joined(whens, ' ')} END`);
  }
  return ids;
}

interface Lookups {
  /** SQL of a document's own id. */
  own: Sql;
  /** SQL of the id to which a reference to a candidate of this run leads, by the name of the reference. */
  ids: Map<string, Sql>;
  joins: Sql[];
}

/** How the ids of documents are found, over a row `l` of `linked`: those had before, and the ranks of the others. */
async function lookUpIds(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
): Promise<Lookups> {
  const joins: Sql[] = [];
  const idOf = async (document: string, seq: Sql, i: number): Promise<Sql> => {
    const [known, ranks] = [ident(`known${i}`), ident(`ranks${i}`)];
    joins.push(sql`LEFT JOIN ${tables.ranks(document)} ${ranks} ON ${ranks}.block = ${seq} >> 6`);
    const id = rankOf(ranks, seq);
    if ((await workspace.size(tables.known(document))) === 0) return id;
    joins.push(sql`LEFT JOIN ${tables.known(document)} ${known} ON ${known}.seq = ${seq}`);
    return sql`coalesce(${known}.id, ${id})`;
  };
  const own = await idOf(entity.name, sql`l.seq`, 0);
  const ids = new Map<string, Sql>();
  for (const [i, reference] of references(entity).entries()) {
    if (entities.find((each) => each.name === reference.entity)?.kind !== 'document') continue;
    const { seq } = targetColumns(reference.name);
    ids.set(reference.name, await idOf(reference.entity, sql`l.${seq}`, i + 1));
  }
  return { own, ids, joins };
}

function documentValue(
  entity: Entity,
  field: Field,
  feeds: readonly LinkedFeed[],
  entities: readonly Entity[],
): Sql {
  if (field.provenance === 'source') return sourceOf(feeds, sql`l.feed`);
  if (field.provenance === 'key') return sql`l.key`;
  const own = sql`l.${ident(field.name)}`;
  const equation = summedEquation(entity, entities, feeds);
  if (equation?.field !== field.name) return own;
  const type = raw(duckdbType(field.type));
  const without = feedsWithout(entity, equation, feeds).map((feed) => feed.index);
  return sql`CASE WHEN l.feed IN (${raw(without.join(', '))})
    THEN CAST(${rightSide(equation)} AS ${type}) ELSE ${own} END`;
}

function referenceValue(
  field: Reference,
  walkIns: ReadonlyMap<string, Sql>,
  ids: ReadonlyMap<string, Sql>,
): Sql {
  const { state, id } = targetColumns(field.name);
  const leads = ids.get(field.name);
  const found = leads === undefined ? sql`l.${id}` : sql`coalesce(l.${id}, ${leads})`;
  return sql`CASE WHEN l.${state} = 'absent' THEN ${walkIns.get(field.entity) ?? sql`NULL`} ELSE ${found} END`;
}

/** The first equation by which a field that some feed does not give follows from the parts. */
function summedEquation(
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Equation | undefined {
  const [equation] = wholeEquations(entity).filter((each) =>
    partSums(each).every(
      ({ part }) =>
        entities.some(({ name }) => name === part) && feeds.some(({ entity: { name } }) => name === part),
    ),
  );
  if (equation === undefined || feedsWithout(entity, equation, feeds).length === 0) return undefined;
  return equation;
}

function feedsWithout(entity: Entity, { field }: Equation, feeds: readonly FeedRef[]): FeedRef[] {
  return feeds.filter((feed) => feed.entity.name === entity.name && feed.feed.fields[field] === undefined);
}

/** Sums of parts, joined where a total follows from them. */
async function summedParts(
  workspace: Workspace,
  equation: Equation | undefined,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
): Promise<Sql[]> {
  const joins: Sql[] = [];
  for (const [i, { part, field }] of equation === undefined ? [] : partSums(equation).entries()) {
    const partEntity = entities.find((each) => each.name === part) as Entity;
    joins.push(sql`LEFT JOIN (${await sumParts(workspace, partEntity, field, `sum_${i}`, feeds, 'all')}) ${ident(`s${i}`)}
      ON ${ident(`s${i}`)}.target_seq = l.seq`);
  }
  return joins;
}

/** Where two golden records became one, what was published with the id that went moves to the one that stays. */
async function moveReferences(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
): Promise<void> {
  const masters = references(entity).filter(
    (each) => entities.find((target) => target.name === each.entity)?.kind === 'master',
  );
  if (masters.length === 0) return;
  const moved = masters.map((each) => ident(`moved_${each.name}`));
  const value = (field: Field) => {
    const at = masters.findIndex((each) => each.name === field.name);
    return at < 0
      ? sql`p.${ident(field.name)}`
      : sql`coalesce(${moved[at] as Sql}.now, p.${ident(field.name)})`;
  };
  const joins = masters.map(
    (each, i) =>
      sql`LEFT JOIN (${movedIds(each.entity)}) ${moved[i] as Sql} ON ${moved[i] as Sql}.old = p.${ident(each.name)}`,
  );
  await workspace.run(sql`INSERT INTO ${tables.golden(entity.name)}
    SELECT p.${ident(entity.id)}, ${joined(entity.fields.map(value))}, NULL
    FROM ${tables.priorRows(entity.name)} p ${joined(joins, ' ')}
    WHERE p.${ident(entity.id)} NOT IN (SELECT id FROM ${tables.golden(entity.name)})
      AND (${joined(
        moved.map((alias) => sql`${alias}.now IS NOT NULL`),
        ' OR ',
      )})`);
}

function movedIds(master: string): Sql {
  return sql`SELECT l.id AS old, min(c.id) AS now FROM ${tables.priorLinks(master)} l
    JOIN ${tables.inForce(master)} f ON f.source = l.source AND f.key = l.key JOIN ${tables.clusters(master)} c ON c.rec = f.rec
    WHERE NOT l.placeholder AND l.id NOT IN (SELECT id FROM ${tables.clusters(master)}) GROUP BY l.id`;
}
