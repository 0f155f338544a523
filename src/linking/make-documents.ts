import type { Workspace } from '../engine/workspace.js';
import { ident, joined, raw, type Sql, sql } from '../kernel/sql.js';
import { duckdbType, type Entity, type Field, references } from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { bare, tables } from '../model/tables.js';
import { partSums, rightSide, wholeEquations } from './whole-equations.js';

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
        ) => sql`SELECT DISTINCT ${sourceOf(feeds, sql`a.feed`)} AS source FROM ${tables.accepted(document.name)} a
          LEFT JOIN ${tables.resolved(document.name, reference.name)} r ON r.seq = a.seq
          WHERE coalesce(r.state, 'absent') = 'absent'`,
      ),
  );
  if (needing.length === 0) return next;
  const before = await workspace.count(sql`SELECT count(*) FROM ${placeholders}`);
  await workspace.run(sql`INSERT INTO ${placeholders}
    SELECT source, ${next} - 1 + row_number() OVER (ORDER BY source) FROM (
      SELECT DISTINCT source FROM (${joined(needing, ' UNION ')}) WHERE source NOT IN (SELECT source FROM ${placeholders}))`);
  return next + (await workspace.count(sql`SELECT count(*) FROM ${placeholders}`)) - before;
}

/**
 * Makes the golden rows of a document: its accepted records with references as ids, totals that no source gave
 * computed from the parts, and `lead`. Rows published before whose reference moved to another golden row come along.
 */
export async function makeDocuments(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Promise<void> {
  const { name } = entity;
  const sums = summedParts(entity, entities, feeds);
  const walkIns = await placeholderIds(workspace, entity, entities, feeds);
  const values = entity.fields.map(
    (field) => sql`${documentValue(entity, field, feeds, entities, walkIns)} AS ${ident(field.name)}`,
  );
  const linked = await linkReferences(workspace, entity, entities);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.golden(name)} AS
    SELECT l.id, ${joined(values)}, a.seq AS lead
    FROM ${tables.accepted(name)} a JOIN ${linked} l ON l.seq = a.seq ${joined(sums, ' ')}`);
  await workspace.drop(...references(entity).map((_, i) => `linked_${i}`));
  await moveReferences(workspace, entity, entities);
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
    const rows = await workspace.rows<{ source: string; id: number }>(sql`FROM ${tables.placeholders(name)}`);
    const whens = feeds.flatMap((feed) =>
      rows
        .filter((row) => row.source === feed.source.name)
        .map((row) => sql`WHEN ${feed.index} THEN ${row.id}`),
    );
    ids.set(name, whens.length === 0 ? sql`NULL` : sql`CASE a.feed ${joined(whens, ' ')} END`);
  }
  return ids;
}

/**
 * Makes a table of `seq`, `id`, and of each reference the golden id it leads to and whether it was absent. One reference
 * at a time: of millions of candidates several joins at once would not fit into memory, and one does.
 */
async function linkReferences(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
): Promise<Sql> {
  let linked = tables.clusters(entity.name);
  for (const [i, reference] of references(entity).entries()) {
    const isDocument = entities.find((each) => each.name === reference.entity)?.kind === 'document';
    const now = isDocument
      ? sql`LEFT JOIN ${tables.clusters(reference.entity)} c ON c.seq = r.target_seq`
      : sql``;
    const next = ident(`linked_${i}`);
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE ${next} AS
      SELECT l.*, coalesce(r.id${isDocument ? sql`, c.id` : sql``}) AS ${linkedId(reference)},
        coalesce(r.state, 'absent') = 'absent' AS ${linkedAbsent(reference)}
      FROM ${linked} l LEFT JOIN ${tables.resolved(entity.name, reference.name)} r ON r.seq = l.seq ${now}`);
    if (i > 0) await workspace.drop(bare(linked));
    linked = next;
  }
  return linked;
}

function linkedId({ name }: Field): Sql {
  return ident(`${name}:id`);
}

function linkedAbsent({ name }: Field): Sql {
  return ident(`${name}:absent`);
}

function documentValue(
  entity: Entity,
  field: Field,
  feeds: readonly FeedRef[],
  entities: readonly Entity[],
  walkIns: ReadonlyMap<string, Sql>,
): Sql {
  if (field.provenance === 'source') return sourceOf(feeds, sql`a.feed`);
  if (field.provenance === 'key') return sql`a.key`;
  if (field.type === 'reference') return referenceValue(field as Field & { entity: string }, walkIns);
  const own = sql`a.${ident(field.name)}`;
  const equation = wholeEquations(entity).find((each) => each.field === field.name);
  const feedsWithout = feeds.filter(
    (feed) => feed.entity.name === entity.name && feed.feed.fields[field.name] === undefined,
  );
  if (equation === undefined || feedsWithout.length === 0 || !summable(entity, field.name, entities, feeds))
    return own;
  const type = raw(duckdbType(field.type));
  return sql`CASE WHEN a.feed IN (${raw(feedsWithout.map((feed) => feed.index).join(', '))})
    THEN CAST(${rightSide(equation)} AS ${type}) ELSE ${own} END`;
}

function referenceValue(field: Field & { entity: string }, walkIns: ReadonlyMap<string, Sql>): Sql {
  const absent = walkIns.get(field.entity) ?? sql`NULL`;
  return sql`CASE WHEN l.${linkedAbsent(field)} THEN ${absent} ELSE l.${linkedId(field)} END`;
}

function summable(
  entity: Entity,
  field: string,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): boolean {
  const equation = wholeEquations(entity).find((each) => each.field === field);
  if (equation === undefined) return false;
  return partSums(equation).every(
    ({ part }) =>
      entities.some((each) => each.name === part) && feeds.some((each) => each.entity.name === part),
  );
}

/** Sums of parts, joined for equations whose field some feed does not give. */
function summedParts(entity: Entity, entities: readonly Entity[], feeds: readonly FeedRef[]): Sql[] {
  return wholeEquations(entity)
    .filter((equation) => summable(entity, equation.field, entities, feeds))
    .slice(0, 1)
    .flatMap((equation) =>
      partSums(equation).map(({ part, field }, i) => {
        const partEntity = entities.find((each) => each.name === part) as Entity;
        const reference = references(partEntity).find((each) => each.part && each.entity === entity.name);
        return sql`LEFT JOIN (SELECT r.target_seq, sum(p.${ident(field)}) AS ${ident(`sum_${i}`)}
          FROM ${tables.accepted(part)} p JOIN ${tables.resolved(part, reference?.name ?? '')} r ON r.seq = p.seq
          GROUP BY r.target_seq) ${ident(`s${i}`)} ON ${ident(`s${i}`)}.target_seq = a.seq`;
      }),
    );
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
  const published = await workspace.count(sql`SELECT count(*) FROM ${tables.priorRows(entity.name)}`);
  if (masters.length === 0 || published === 0) return;
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
    JOIN ${tables.inForce(master)} f ON f.source = l.source AND f.key = l.key JOIN ${tables.clusters(master)} c ON c.rec = f.rowid
    WHERE NOT l.placeholder AND l.id NOT IN (SELECT id FROM ${tables.clusters(master)}) GROUP BY l.id`;
}
