import { acceptedRows } from '../engine/accepted-rows.js';
import type { Workspace } from '../engine/workspace.js';
import { all, ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { type Entity, type Equation, fieldOf, type Reference, wholeOf } from '../model/entity.js';
import { brokenReason } from '../model/say-equation.js';
import { tables, targetColumns } from '../model/tables.js';
import { partSums, rightSide } from '../model/whole-equation.js';
import { keptParts } from './kept-parts.js';
import { type LinkedFeed, linkedRows } from './resolve-references.js';

/**
 * Sums of a field over the parts that stand, by the candidate that is their whole, and whether this run gives one of
 * them: `(target_seq, given, name)`. Parts that were published before, and stay, count too.
 */
export async function sumParts(
  workspace: Workspace,
  part: Entity,
  field: string,
  name: string,
  feeds: readonly LinkedFeed[],
  which: 'all' | 'named',
): Promise<Sql> {
  const whole = wholeOf(part) as Reference;
  const [value, sum] = [ident(field), ident(name)];
  const now = sql`SELECT l.${targetColumns(whole.name).seq} AS target_seq, l.${value}, true AS given
    FROM ${linkedRows(part, feeds)} l ANTI JOIN ${tables.refused(part.name)} x ON x.seq = l.seq`;
  const kept = await keptParts(workspace, part, feeds, which);
  if (kept === undefined)
    return sql`SELECT target_seq, true AS given, sum(${value}) AS ${sum} FROM (${now}) GROUP BY 1`;
  return sql`SELECT target_seq, bool_or(given) AS given, sum(${value}) AS ${sum} FROM (${now}
    UNION ALL SELECT t.seq, k.${value}, false FROM (${kept}) k
    JOIN ${tables.targets(whole.entity)} t ON t.id = k.${ident(whole.name)} WHERE t.seq IS NOT NULL) GROUP BY 1`;
}

/** Accepted wholes of this run with the sums of their parts, and whether they are `alone`: this run gives none of them. */
async function summedWholes(
  workspace: Workspace,
  entity: Entity,
  equation: Equation,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
): Promise<Sql | undefined> {
  const sums = partSums(equation);
  const joins: Sql[] = [];
  for (const [i, { part, field }] of sums.entries()) {
    const partEntity = entities.find((each) => each.name === part);
    if (
      partEntity === undefined ||
      wholeOf(partEntity) === undefined ||
      fieldOf(partEntity, field) === undefined
    )
      return undefined;
    joins.push(sql`LEFT JOIN (${await sumParts(workspace, partEntity, field, `sum_${i}`, feeds, 'named')}) ${ident(`s${i}`)}
      ON ${ident(`s${i}`)}.target_seq = w.seq`);
  }
  const alone = all(sums.map((_, i) => sql`${ident(`s${i}`)}.given IS NOT TRUE`));
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
  if ((await workspace.size(sql`unbalanced`)) === 0) return;
  const broken = sql`SELECT seq, value FROM unbalanced WHERE NOT alone`;
  const rule = `equation:${equation.name}`;
  const reason = brokenReason(equation);
  const tell = (severity: string, why: string, which: Sql) =>
    workspace.run(sql`INSERT INTO ${tables.findings}
      SELECT ${literal(entity.name)}, m.feed, b.seq, ${literal(severity)}, ${literal(rule)}, ${literal(equation.field)}, b.value, ${literal(why)}
      FROM (${which}) b JOIN ${tables.mapped(entity.name)} m ON m.rowid = b.seq`);
  const parts = [...new Set(partSums(equation).map(({ part }) => part.replaceAll('_', ' ')))];
  const alone = (which: Sql) => sql`SELECT seq, value FROM unbalanced WHERE alone AND sum IS ${which}`;
  await tell('warn', `has no ${parts.join(' and no ')}`, alone(sql`NULL`));
  await tell('warn', reason, alone(sql`NOT NULL`));
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
 * Lists the wholes that break an equation, `unbalanced(seq, value, sum, alone)`, where `sum` is what it should be. For one that names an amount and is `alone`,
 * where its source gives parts, they may yet come.
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
      WHEN alone THEN abs(w.${value} - coalesce(${rightSide(equation)}, 0)) > ${equation.tolerance} AND w.feed IN (SELECT unnest(wholes) FROM feed_wholes)
      ELSE abs(w.${value} - (${rightSide(equation)})) > ${equation.tolerance} END ${excused}`);
}
