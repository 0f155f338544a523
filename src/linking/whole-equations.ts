import { acceptedRows } from '../engine/accepted-rows.js';
import type { Workspace } from '../engine/workspace.js';
import { all, ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
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

/** Accepted wholes of this run with the sums of their accepted parts, and whether they are `alone`, without any. */
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
    return sql`LEFT JOIN (${sumParts(partEntity, reference.name, field, `sum_${i}`, feeds)}) ${ident(`s${i}`)}
      ON ${ident(`s${i}`)}.target_seq = w.seq`;
  });
  if (joins.some((join) => join === undefined)) return undefined;
  const alone = all(sums.map((_, i) => sql`${ident(`s${i}`)}.target_seq IS NULL`));
  return sql`SELECT w.*, ${raw(sums.map((_, i) => `s${i}.sum_${i}`).join(', '))}, ${alone} AS alone
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
  await listUnbalanced(workspace, equation, asked, summed, excused);
  const broken = sql`SELECT seq, value FROM unbalanced WHERE NOT alone`;
  const rule = `equation:${equation.name}`;
  const reason = `is not ${equation.equals.replace(/coalesce\((\w+), 0\)/g, '$1').replace(/\{(\w+)\.(\w+)\}/g, 'the sum of $1.$2')}`;
  const tell = (severity: string, why: string, which: Sql) =>
    workspace.run(sql`INSERT INTO ${tables.findings}
      SELECT ${literal(entity.name)}, m.feed, b.seq, ${literal(severity)}, ${literal(rule)}, ${literal(equation.field)}, b.value, ${literal(why)}
      FROM (${which}) b JOIN ${tables.mapped(entity.name)} m ON m.rowid = b.seq`);
  const parts = [...new Set(partSums(equation).map(({ part }) => part.replaceAll('_', ' ')))];
  await tell('warn', `has no ${parts.join(' and no ')}`, sql`SELECT seq, value FROM unbalanced WHERE alone`);
  if (equation.severity === 'reject') {
    await workspace.run(sql`INSERT INTO ${tables.refused(entity.name)}
      SELECT seq, ${literal(rule)}, ${literal(equation.field)}, value, ${literal(reason)}, NULL, NULL, false FROM (${broken})`);
  } else await tell(equation.severity, reason, broken);
  if (equation.severity !== 'fix' && equation.severity !== 'blank') return;
  const mended = equation.severity === 'fix' ? sql`x.sum` : sql`NULL`;
  for (const [table, seq] of [
    [tables.mapped(entity.name), ident('rowid')],
    [tables.linked(entity.name), ident('seq')],
  ] as const) {
    await workspace.run(sql`UPDATE ${table} SET ${ident(equation.field)} = ${mended} FROM unbalanced x
      WHERE x.seq = ${table}.${seq} AND NOT x.alone`);
  }
}

/**
 * Lists the wholes that break an equation, `unbalanced(seq, value, sum, alone)`, where `sum` is what it should be. One that names an amount and is `alone`,
 * without any part where its source gives parts, has nothing that the amount could be held against.
 */
async function listUnbalanced(
  workspace: Workspace,
  equation: Equation,
  asked: readonly LinkedFeed[],
  summed: Sql,
  excused: Sql,
): Promise<void> {
  const value = ident(equation.field);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE unbalanced AS
    SELECT w.seq, w.${value}::VARCHAR AS value, ${rightSide(equation)} AS sum, alone FROM (${summed}) w
    WHERE w.feed IN (${joined(asked.map(({ index }) => sql`${index}`))}) AND CASE
      WHEN alone THEN abs(w.${value}) > ${equation.tolerance} AND w.feed IN (SELECT unnest(wholes) FROM feed_wholes)
      ELSE abs(w.${value} - (${rightSide(equation)})) > ${equation.tolerance} END ${excused}`);
}
