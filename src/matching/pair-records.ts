import type { Workspace } from '../engine/workspace.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import { alike } from '../model/alike.js';
import type { Entity, Identifier } from '../model/entity.js';
import { bare, tables } from '../model/tables.js';
import { findLoneNames, findPartNames } from './part-names.js';
import { firstWord, isShort, mayMean, wordsOf } from './plain-name.js';
import { tellShared } from './tell-shared.js';

/** An identifier that stands on more differing names than this belongs to nobody: a shop's own e-mail address. */
const MANY_NAMES = 2;

/**
 * Pairs records that share an identifier, as edges between nodes: `edges(a, b, rule)` with a < b, each record tied
 * to the first of its group, so that there are never more edges than records. Guards: the same identifier joins
 * only names that do not contradict each other, and one that carries many names joins nobody.
 */
export async function pairRecords(workspace: Workspace, entity: Entity): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE edges (a BIGINT, b BIGINT, rule VARCHAR, partial BOOLEAN)`);
  const inForce = tables.inForce(entity.name);
  const versions = sql`UNION ALL
    SELECT f.rec, first.rec FROM ${inForce} f JOIN ${inForce} first ON first.source = f.source AND first.key = f.key
    WHERE f.variant > 0 AND first.variant = 0`;
  await workspace.run(sql`CREATE OR REPLACE TABLE nodes AS
    SELECT rec, rec AS node FROM ${inForce} WHERE variant = 0 ${(await mayVary(workspace, entity)) ? versions : sql``}`);
  for (const identifier of entity.identifiers ?? []) await pairBy(workspace, entity, identifier);
}

/** Whether a source may give several versions of a record, now or of earlier runs. */
async function mayVary(workspace: Workspace, { name }: Entity): Promise<boolean> {
  return (
    (await workspace.size(tables.variants(name))) > 0 || workspace.exists(bare(tables.stillInForce(name)))
  );
}

async function pairBy(workspace: Workspace, entity: Entity, identifier: Identifier): Promise<void> {
  const value = normalised(ident(identifier.field));
  const guard = identifier.guard ?? [];
  const name = guard.length === 0 ? sql`''` : wordsOf(guard.map((field) => ident(field)));
  // Sorted out by a number first: what collides is compared in full below.
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE same_number AS
    SELECT hash(${value}) AS number FROM ${tables.inForce(entity.name)} WHERE ${value} <> '' GROUP BY 1 HAVING count(*) > 1`);
  if ((await workspace.size(sql`same_number`)) === 0) return;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE shared AS
    SELECT *, ${isShort(sql`name`)} AS short FROM (SELECT f.rec, n.node, f.source, ${value} AS value, ${name} AS name
      FROM ${tables.inForce(entity.name)} f JOIN nodes n ON n.rec = f.rec
      WHERE hash(${value}) IN (SELECT number FROM same_number))`);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE full_names AS
    SELECT value, name, min(node) AS node FROM shared WHERE NOT short GROUP BY ALL`);
  if (guard.length > 0) await shortenNames(workspace, entity, guard);
  // A short name is one more where it cannot mean a full one.
  await findLoneNames(workspace);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE sharing AS
    SELECT value, coalesce(f.names, 0) AS full_names, coalesce(f.names, 0) + coalesce(l.names, 0) AS names, doubled
    FROM (SELECT value, count(DISTINCT node) > count(DISTINCT source) AS doubled
      FROM shared WHERE value <> '' GROUP BY value HAVING count(DISTINCT node) > 1)
    LEFT JOIN (SELECT value, count(*) AS names FROM full_names GROUP BY value) f USING (value)
    LEFT JOIN (SELECT value, count(*) AS names FROM lone_names GROUP BY value) l USING (value)`);
  const rule = literal(identifier.field);
  const usable = identifier.within ? sql`g.names <= ${MANY_NAMES}` : sql`NOT g.doubled`;
  // Equal full names (or, without a guard, all) are tied to their first record.
  await workspace.run(sql`INSERT INTO edges
    SELECT first, node, ${rule}, false FROM (
      SELECT s.node, min(s.node) OVER (PARTITION BY s.value, s.name) AS first
      FROM shared s JOIN sharing g ON g.value = s.value WHERE ${usable}${guard.length === 0 ? sql`` : sql` AND s.name <> ''`})
    WHERE first <> node`);
  if (guard.length > 0) await pairPartialNames(workspace, rule, usable);
  await tellUnusable(workspace, entity, identifier, usable);
}

/** A full name that is part of a longer one of its group is a short one there. */
async function shortenNames(workspace: Workspace, entity: Entity, guard: readonly string[]): Promise<void> {
  const first = firstWord(guard.map((field) => sql`f.${ident(field)}`));
  await findPartNames(
    workspace,
    sql`SELECT s.value AS owner, s.name AS words, [min(${first}), max(${first})] AS firsts
      FROM shared s JOIN ${tables.inForce(entity.name)} f ON f.rec = s.rec
      WHERE NOT s.short AND s.value IN (SELECT value FROM full_names GROUP BY value HAVING count(*) > 1) GROUP BY ALL`,
  );
  if ((await workspace.size(sql`part_names`)) === 0) return;
  const isPart = (table: string) => sql`p.owner = ${ident(table)}.value AND p.words = ${ident(table)}.name`;
  await workspace.run(sql`UPDATE shared SET short = true FROM part_names p WHERE ${isPart('shared')}`);
  await workspace.run(sql`DELETE FROM full_names USING part_names p WHERE ${isPart('full_names')}`);
}

/** A missing name, or one of initials or a single word, joins a group only where it can mean no other. */
async function pairPartialNames(workspace: Workspace, rule: Sql, usable: Sql): Promise<void> {
  await workspace.run(sql`INSERT INTO edges
    SELECT DISTINCT least(f.node, p.node), greatest(f.node, p.node), ${rule}, true FROM (
      SELECT s.node, s.value, s.name FROM shared s JOIN sharing g ON g.value = s.value
      WHERE s.short AND ${usable}) p
    JOIN full_names f ON f.value = p.value AND (p.name = '' OR ${mayMean(sql`p.name`, sql`f.name`)})
    WHERE f.node <> p.node
    QUALIFY count(DISTINCT f.name) OVER (PARTITION BY p.value, p.node) = 1`);
  // Where nobody gives a full name, equal scraps of names, or none at all, are no contradiction.
  await workspace.run(sql`INSERT INTO edges
    SELECT first, node, ${rule}, true FROM (
      SELECT s.node, min(s.node) OVER (PARTITION BY s.value) AS first FROM shared s JOIN sharing g ON g.value = s.value
      WHERE g.full_names = 0 QUALIFY count(DISTINCT nullif(s.name, '')) OVER (PARTITION BY s.value) <= 1)
    WHERE first <> node`);
}

/** Identifiers that join nobody are told: they are a mistake in a source, or an address that many share. */
async function tellUnusable(
  workspace: Workspace,
  entity: Entity,
  identifier: Identifier,
  usable: Sql,
): Promise<void> {
  const why = identifier.within
    ? 'stands on records with several different names, so it joins nobody'
    : 'stands on several records of one source, so it joins nobody';
  const records = sql`SELECT n.rec FROM shared s JOIN sharing g ON g.value = s.value JOIN nodes n ON n.node = s.node
    WHERE NOT (${usable})`;
  await tellShared(workspace, entity, identifier.field, records, why);
}

/** An identifier as it is compared, and nothing where there is none. */
function normalised(value: Sql): Sql {
  return sql`coalesce(${alike(value)}, '')`;
}
