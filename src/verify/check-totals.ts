import type { Workspace } from '../engine/workspace.js';
import { sayCount, sayMany } from '../kernel/say-number.js';
import { ident, joined, literals, sql } from '../kernel/sql.js';
import { type Entity, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import type { Check } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { partSums, rightSide, summingSources, wholeEquations } from '../model/whole-equation.js';

/**
 * Holds totals that no source gives against the parts from which they follow, also those of earlier runs. Asks the
 * published rows alone.
 */
export async function checkTotals(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Promise<Check[]> {
  const [equation] = wholeEquations(entity).filter((each) =>
    partSums(each).every(({ part }) => feeds.some((feed) => feed.entity.name === part)),
  );
  if (equation === undefined) return [];
  const sources = summingSources(entity, equation, feeds);
  if (sources.length === 0) return [];
  const id = ident(entity.id);
  const sums = partSums(equation).map(({ part, field }, i) => {
    const whole = ident(wholeOf(entities.find((each) => each.name === part) as Entity)?.name ?? '');
    return sql`JOIN (SELECT ${whole} AS whole, sum(${ident(field)}) AS ${ident(`sum_${i}`)}
      FROM ${tables.priorRows(part)} GROUP BY 1) ${ident(`s${i}`)} ON ${ident(`s${i}`)}.whole = w.${id}`;
  });
  const total = sql`w.${ident(equation.field)}`;
  const { all, wrong, first } = await workspace.row<{ all: number; wrong: number; first: string | null }>(sql`
    SELECT count(*) AS all, count(*) FILTER (wrong) AS wrong,
      array_to_string(min(id, 3) FILTER (wrong), ', ') AS first
    FROM (SELECT w.${id} AS id, ${rightSide(equation)} IS NOT NULL
        AND (${total} IS NULL OR abs(${total} - (${rightSide(equation)})) > ${equation.tolerance}) AS wrong
      FROM ${tables.priorRows(entity.name)} w ${joined(sums, ' ')} WHERE w.source_system IN ${literals(sources)})`);
  const detail =
    wrong === 0
      ? `${sayMany(all, 'row')} added up`
      : `${sayCount(wrong)} of ${sayMany(all, 'row')} do not add up (${entity.id} ${first}${wrong > 3 ? ', …' : ''})`;
  return [{ name: `${entity.name}: ${equation.field} follows from the parts`, passed: wrong === 0, detail }];
}
