import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { currencyOfWhole } from '../model/currency-of-whole.js';
import type { Entity, Measure } from '../model/entity.js';
import type { Check, LedgerLine } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { currencyCode, NO_CURRENCY } from './currency-of-amounts.js';
import type { StoredSums, Sum } from './stored-sums.js';
import { measureName } from './sum-amounts.js';

/** How a check says that rows stay which its run did not write. */
export const KEPT = 'kept from before';

/**
 * Compares the money in the database with what was accepted, per source, measure and currency: accepted now plus
 * what stays from earlier runs must be exactly what PostgreSQL sums up.
 */
export async function checkAmounts(
  workspace: Workspace,
  stored: StoredSums,
  project: Project,
  ledger: readonly LedgerLine[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const entity of project.entities.filter((each) => each.kind === 'document')) {
    for (const measure of entity.measures ?? []) {
      const name = measureName({ entity }, measure);
      const told = ledger.filter((line) => line.amounts.some((amount) => amount.measure === name));
      for (const source of new Set(told.map((line) => line.source))) {
        const accepted = told
          .filter((line) => line.source === source)
          .flatMap((line) => line.amounts.filter((amount) => amount.measure === name))
          .map(({ currency, accepted: sum }) => ({ currency, sum }));
        const fallback = project.sources.find((each) => each.name === source)?.currency || NO_CURRENCY;
        const asked = { entity, measure, source, fallback };
        const kept = await keptAmounts(workspace, project, asked);
        const there = await stored.sumsOf(entity, measure, source, fallback);
        checks.push(await compareAmounts(workspace, `${name}: ${source}`, accepted, kept, there));
      }
    }
  }
  return checks;
}

interface Asked {
  entity: Entity;
  measure: Measure;
  source: string;
  /** The currency where nothing tells one. */
  fallback: string;
}

/** Currency by currency: what two of them come to together means nothing, and could hide a difference. */
async function compareAmounts(
  workspace: Workspace,
  name: string,
  accepted: readonly Sum[],
  kept: readonly Sum[],
  found: readonly Sum[],
): Promise<Check> {
  const currencies = [...new Set([...accepted, ...kept, ...found].map((each) => each.currency))].sort();
  const told: string[] = [];
  const wrong: string[] = [];
  for (const currency of currencies) {
    const amounts = [accepted, kept, [...accepted, ...kept], found].map((sums) =>
      sums.filter((each) => each.currency === currency).map((each) => each.sum),
    );
    const [now = '', before = '', wanted = '', there = ''] = await addExactly(workspace, amounts);
    const label = currency === NO_CURRENCY ? '' : `${currency} `;
    const sources = Number(before) === 0 ? '' : `${money(now)} in source, ${money(before)} ${KEPT}`;
    if (wanted !== there)
      wrong.push(
        `${label}${sources === '' ? `${money(wanted)} in source` : sources}, ${money(there)} in database`,
      );
    else
      told.push(
        `${label}${money(there)} in ${sources === '' ? 'source and database' : `database: ${sources}`}`,
      );
  }
  return { name, passed: wrong.length === 0, detail: (wrong.length === 0 ? told : wrong).join('; ') };
}

/** The sums over rows of a source that this run did not speak of and that stay. */
async function keptAmounts(
  workspace: Workspace,
  project: Project,
  { entity, measure, source, fallback }: Asked,
): Promise<Sum[]> {
  // What was never published is not kept either.
  if ((await workspace.size(tables.priorRows(entity.name))) === 0) return [];
  const whole = currencyOfWhole(entity, project.entities);
  const [currency, join] =
    measure.currency !== undefined
      ? [currencyCode(sql`p.${ident(measure.currency)}`), sql``]
      : whole === undefined
        ? [literal(fallback), sql``]
        : [
            currencyCode(sql`coalesce(w.${ident(whole.field)}, v.${ident(whole.field)})`),
            sql`LEFT JOIN ${tables.golden(whole.whole.name)} w ON w.id = p.${ident(whole.reference)}
              LEFT JOIN ${tables.priorRows(whole.whole.name)} v ON v.${ident(whole.whole.id)} = p.${ident(whole.reference)}`,
          ];
  return workspace.rows<Sum>(sql`
    SELECT ${currency} AS currency, coalesce(sum(p.${ident(measure.field)}), 0)::VARCHAR AS sum
    FROM ${tables.priorRows(entity.name)} p JOIN ${tables.changes(entity.name)} c ON c.id = p.${ident(entity.id)}
    LEFT JOIN ${tables.golden(entity.name)} g ON g.id = c.id ${join}
    WHERE p.source_system = ${literal(source)} AND c.action <> 'deleted' AND g.lead IS NULL GROUP BY 1`);
}

/** The sum of each list, exactly; to four decimals also what a column of floats, which somebody else made, comes to. */
async function addExactly(workspace: Workspace, lists: readonly string[][]): Promise<string[]> {
  const sums = lists.map((amounts, i) => {
    const values = joined(['0', ...amounts].map((amount) => sql`${literal(amount)}::DECIMAL(38,4)`));
    return sql`list_sum([${values}])::DECIMAL(38,4)::VARCHAR AS ${ident(`sum_${i}`)}`;
  });
  return Object.values(await workspace.row<Record<string, string>>(sql`SELECT ${joined(sums)}`));
}

function money(value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  const cents = fraction.replace(/0+$/, '').padEnd(2, '0');
  return `${BigInt(whole).toLocaleString('en')}.${cents}`.replace(
    /^0\./,
    whole.startsWith('-') ? '-0.' : '0.',
  );
}
