import { acceptedRows } from '../engine/accepted-rows.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { type Entity, type Equation, fieldOf, wholeOf } from '../model/entity.js';
import { tables, targetColumns } from '../model/tables.js';
import { type LinkedFeed, linkedRows } from './resolve-references.js';

/** Equations between a whole and its parts, as a total is over lines. */
export function wholeEquations(entity: Entity): Equation[] {
  return (entity.equations ?? []).filter((equation) => equation.equals.includes('{'));
}

/** The entities and fields that an equation sums over: `{order_items.subtotal}`. */
export function partSums(equation: Equation): { part: string; field: string; written: string }[] {
  return [...equation.equals.matchAll(/\{(\w+)\.(\w+)\}/g)].map((found) => ({
    part: found[1] as string,
    field: found[2] as string,
    written: found[0],
  }));
}

/** The right side of an equation, its sums replaced by columns `sum_0`, `sum_1`, …. */
export function rightSide(equation: Equation): Sql {
  let text = equation.equals;
  partSums(equation).forEach(({ written }, i) => {
    text = text.replace(written, `sum_${i}`);
  });
  return raw(text);
}

/** Sums of a field over the parts that stand, by the candidate that is their whole. */
export function sumParts(
  part: Entity,
  reference: string,
  field: string,
  name: string,
  feeds: readonly LinkedFeed[],
): Sql {
  return sql`SELECT l.${targetColumns(reference).seq} AS target_seq, sum(l.${ident(field)}) AS ${ident(name)}
    FROM ${linkedRows(part, feeds)} l ANTI JOIN ${tables.refused(part.name)} x ON x.seq = l.seq GROUP BY 1`;
}

/** Accepted wholes of this run with the sums of their accepted parts; wholes without parts have none to compare. */
async function summedWholes(
  workspace: Workspace,
  entity: Entity,
  equation: Equation,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
): Promise<Sql | undefined> {
  const sums = partSums(equation);
  const joins = sums.map(({ part, field }, i) => {
    const partEntity = entities.find((each) => each.name === part);
    const reference = partEntity === undefined ? undefined : wholeOf(partEntity);
    if (partEntity === undefined || reference === undefined || fieldOf(partEntity, field) === undefined)
      return undefined;
    return sql`JOIN (${sumParts(partEntity, reference.name, field, `sum_${i}`, feeds)}) ${ident(`s${i}`)}
      ON ${ident(`s${i}`)}.target_seq = w.seq`;
  });
  if (joins.some((join) => join === undefined)) return undefined;
  return sql`SELECT w.*, ${raw(sums.map((_, i) => `s${i}.sum_${i}`).join(', '))}
    FROM (${await acceptedRows(workspace, entity.name)}) w ${raw(joins.join(' '))}`;
}

/** Asks one equation of the wholes whose feed gives all it needs: refuses, tells or mends those that break it. */
export async function askWhole(
  workspace: Workspace,
  entity: Entity,
  equation: Equation,
  feeds: readonly LinkedFeed[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  const asked = feeds.filter(
    (each) =>
      each.entity.name === entity.name &&
      equation.needs.every((name) => each.feed.fields[name] !== undefined),
  );
  const entities = [...new Map(feeds.map((each) => [each.entity.name, each.entity])).values()];
  const summed =
    asked.length === 0 ? undefined : await summedWholes(workspace, entity, equation, entities, feeds);
  if (
    summed === undefined ||
    !partSums(equation).every(({ part }) => entities.some((each) => each.name === part))
  )
    return;
  // Where lines may be missing from an order, its total cannot be held against them.
  const incomplete = partSums(equation).map(({ part }) => {
    const name = wholeOf(entities.find((each) => each.name === part) as Entity)?.name ?? '';
    // A line that was refused before it was linked is known by the key that it names.
    return sql`AND w.seq NOT IN (SELECT r.target_seq FROM ${tables.resolved(part, name)} r
      JOIN ${tables.refused(part)} x ON x.seq = r.seq WHERE r.target_seq IS NOT NULL)
      AND w.seq NOT IN (SELECT own.seq FROM ${tables.refused(part)} x JOIN ${tables.mapped(part)} m ON m.rowid = x.seq
        JOIN ${ident('feed_wholes')} fw ON fw.feed = m.feed
        JOIN ${tables.accepted(entity.name)} own ON own.key = m.${ident(name)} AND list_contains(fw.wholes, own.feed))`;
  });
  const excused = integrity === 'lines' ? raw(incomplete.join(' ')) : sql``;
  const feedsAsked = raw(asked.map((each) => each.index).join(', '));
  const broken = sql`SELECT w.seq, w.${ident(equation.field)}::VARCHAR AS value FROM (${summed}) w
    WHERE w.feed IN (${feedsAsked}) AND abs(w.${ident(equation.field)} - (${rightSide(equation)})) > ${equation.tolerance} ${excused}`;
  const reason = literal(
    `is not ${equation.equals.replace(/coalesce\((\w+), 0\)/g, '$1').replace(/\{(\w+)\.(\w+)\}/g, 'the sum of $1.$2')}`,
  );
  const rule = literal(`equation:${equation.name}`);
  const field = literal(equation.field);
  await workspace.run(
    equation.severity === 'reject'
      ? sql`INSERT INTO ${tables.refused(entity.name)} SELECT seq, ${rule}, ${field}, value, ${reason}, NULL, NULL, false FROM (${broken})`
      : sql`INSERT INTO ${tables.findings} SELECT ${literal(entity.name)}, m.feed, b.seq, ${literal(equation.severity)},
          ${rule}, ${field}, b.value, ${reason} FROM (${broken}) b JOIN ${tables.mapped(entity.name)} m ON m.rowid = b.seq`,
  );
  if (equation.severity === 'fix') {
    const [mapped, linked] = [tables.mapped(entity.name), tables.linked(entity.name)];
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE mended AS
      SELECT w.seq, ${rightSide(equation)} AS fixed FROM (${summed}) w WHERE w.seq IN (SELECT seq FROM ${tables.findings}
        WHERE entity = ${literal(entity.name)} AND rule = ${rule} AND severity = 'fix')`);
    for (const [table, seq] of [
      [mapped, ident('rowid')],
      [linked, ident('seq')],
    ] as const) {
      await workspace.run(sql`UPDATE ${table} SET ${ident(equation.field)} = x.fixed FROM mended x
        WHERE x.seq = ${table}.${seq}`);
    }
  }
}
