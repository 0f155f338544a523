import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, literals, type Sql, sql } from '../kernel/sql.js';
import { type Entity, type Equation, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { brokenReason } from '../model/say-equation.js';
import { tables } from '../model/tables.js';
import { partSums, rightSide, wholeEquations } from '../model/whole-equation.js';

/**
 * Adds to `reported_findings` the wholes published before that this run does not give, and whose total, which their
 * source gave, is not what their parts come to: parts came later. No record of this run speaks of them, so they have no
 * file. Needs `changes`. With integrity `lines` only those that get parts in this run: others may lack refused ones.
 */
export async function tellUnbalanced(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  for (const entity of entities) {
    for (const equation of wholeEquations(entity)) {
      const sources = feeds
        .filter(
          ({ entity: { name }, feed }) =>
            name === entity.name && equation.needs.every((field) => feed.fields[field] !== undefined),
        )
        .map(({ source }) => source.name);
      const parts = partSums(equation).map(({ part }) => entities.find((each) => each.name === part));
      if (sources.length === 0 || !parts.every((part) => part !== undefined)) continue;
      await tellStanding(workspace, entity, equation, parts, sources, integrity);
    }
  }
}

async function tellStanding(
  workspace: Workspace,
  entity: Entity,
  equation: Equation,
  parts: readonly Entity[],
  sources: readonly string[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  if ((await workspace.size(tables.priorRows(entity.name))) === 0) return;
  const id = ident(entity.id);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE staying AS SELECT p.* FROM ${tables.priorRows(entity.name)} p
    JOIN ${tables.changes(entity.name)} c ON c.id = p.${id} AND c.action IN ('kept', 'updated')
    ANTI JOIN (SELECT id FROM ${tables.golden(entity.name)} WHERE lead IS NOT NULL) g ON g.id = p.${id}
    WHERE p.source_system IN ${literals(sources)}`);
  if ((await workspace.size(sql`staying`)) === 0) return;
  const joins = partSums(equation).map(({ field }, i) => {
    const rows = partsOfStaying(entity, parts[i] as Entity, field);
    return sql`JOIN (SELECT whole, sum(value) AS ${ident(`sum_${i}`)}, bool_or(given) AS given FROM (${rows}) GROUP BY whole) ${ident(`s${i}`)}
      ON ${ident(`s${i}`)}.whole = w.${id}`;
  });
  const given = joined(
    joins.map((_, i) => sql`${ident(`s${i}`)}.given`),
    ' OR ',
  );
  const value = sql`w.${ident(equation.field)}`;
  await workspace.run(sql`INSERT INTO reported_findings
    SELECT 'warn', w.source_system, '', ${literal(entity.name)}, NULL, w.source_key, ${literal(`equation:${equation.name}`)},
      ${literal(equation.field)}, ${value}::VARCHAR, ${literal(brokenReason(equation))}
    FROM staying w ${joined(joins, ' ')}
    WHERE abs(${value} - (${rightSide(equation)})) > ${equation.tolerance} ${integrity === 'lines' ? sql`AND (${given})` : sql``}`);
  await workspace.drop('staying');
}

/** The parts that staying wholes have when this run is published: `(whole, value, given)`. */
function partsOfStaying(entity: Entity, part: Entity, field: string): Sql {
  const { name, id } = part;
  const [whole, value] = [ident(wholeOf(part)?.name ?? ''), ident(field)];
  const golden = tables.golden(name);
  return sql`SELECT whole, value, given FROM (
      SELECT ${whole} AS whole, ${value} AS value, lead IS NOT NULL AS given FROM ${golden}
      UNION ALL SELECT p.${whole}, p.${value}, false FROM ${tables.priorRows(name)} p
        JOIN ${tables.changes(name)} c ON c.id = p.${ident(id)} AND c.action = 'kept'
        ANTI JOIN ${golden} g ON g.id = p.${ident(id)})
    SEMI JOIN staying w ON w.${ident(entity.id)} = whole`;
}
