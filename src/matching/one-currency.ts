import type { Workspace } from '../engine/workspace.js';
import { all, ident, joined, type Sql, sql } from '../kernel/sql.js';
import { pricedFields } from '../model/currency-field.js';
import type { Entity } from '../model/entity.js';

/**
 * Leaves of the members of each row the amounts in one currency: that of the first record that gives an amount, by
 * `ranked`, and within it by frequency. Were amounts and currency weighed apart, a price of the second list would stand
 * in the currency of the first, which has no price.
 */
export async function keepOneCurrency(
  workspace: Workspace,
  entity: Entity,
  ranked: { before: Sql; lastly: Sql },
): Promise<void> {
  const priced = pricedFields(entity);
  if (priced === undefined) return;
  const currency = ident(priced.currency.name);
  const none = all(priced.amounts.map((field) => sql`${ident(field.name)} IS NULL`));
  const rank = sql`{none: none, blank: none AND told IS NULL, ${ranked.before}, n: -n, ${ranked.lastly}}`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE one_currency AS
    SELECT id, arg_min({told: told}, ${rank}).told AS told FROM (
      SELECT *, count(*) OVER (PARTITION BY id, told, none) AS n FROM (
        SELECT *, ${currency} AS told, ${none} AS none FROM members WHERE id IN (SELECT id FROM members
          GROUP BY id HAVING min(${currency}) <> max(${currency}) OR count(${currency}) NOT IN (0, count(*))))) GROUP BY id`);
  if ((await workspace.size(sql`one_currency`)) > 0) {
    const kept = priced.amounts.map((field) => {
      const amount = ident(field.name);
      return sql`${amount} = CASE WHEN members.${currency} IS NOT DISTINCT FROM c.told THEN members.${amount} END`;
    });
    await workspace.run(
      sql`UPDATE members SET ${joined(kept)}, ${currency} = c.told FROM one_currency c WHERE c.id = members.id`,
    );
  }
  await workspace.drop('one_currency');
}
