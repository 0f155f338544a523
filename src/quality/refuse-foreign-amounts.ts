import type { Workspace } from '../engine/workspace.js';
import { any, ident, joined, literal, sql } from '../kernel/sql.js';
import { currencyOfWhole } from '../model/currency-of-whole.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import type { FeedPlan } from './feed-plan.js';
import { hasBit } from './map-records.js';
import { rawValue } from './refuse-records.js';

/**
 * Refuses parts of which an amount names another currency than their whole has: what could not be asked of their row.
 * Only those are looked at that name any. Needs their references resolved.
 */
export async function refuseForeignAmounts(
  workspace: Workspace,
  entity: Entity,
  entities: readonly Entity[],
  plans: readonly FeedPlan[],
): Promise<void> {
  const told = currencyOfWhole(entity, entities);
  if (told === undefined) return;
  const { reference, whole, field } = told;
  for (const plan of plans) {
    const asked = plan.rules.flatMap((rule, bit) => (rule.brokenBeside === undefined ? [] : [bit]));
    if (asked.length === 0) continue;
    const named = sql`SELECT rowid AS seq, rec FROM ${tables.mapped(entity.name)}
      WHERE feed = ${plan.index} AND mask <> 0 AND ${any(asked.map(hasBit))}`;
    if ((await workspace.count(sql`SELECT count(*) FROM (${named})`)) === 0) continue;
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE naming AS
      SELECT m.seq, m.rec, CASE WHEN w.rowid IS NULL THEN p.${ident(field)} ELSE w.${ident(field)} END AS told
      FROM (${named}) m JOIN ${tables.resolved(entity.name, reference)} r ON r.seq = m.seq
      LEFT JOIN ${tables.mapped(whole.name)} w ON w.rowid = r.target_seq
      LEFT JOIN ${tables.priorRows(whole.name)} p ON p.${ident(whole.id)} = r.id
      WHERE r.state = 'found'`);
    await refuseNaming(workspace, plan);
    await workspace.drop('naming');
  }
}

/** Refuses of the candidates `naming(seq, rec, told)` those whose text speaks against the currency that is told. */
async function refuseNaming(workspace: Workspace, plan: FeedPlan): Promise<void> {
  const raw = ident(plan.raw);
  const texts = joined(plan.compiled.map((each) => each.texts));
  const written = sql`(SELECT rowid AS rec, ${texts} FROM ${raw} WHERE rowid IN (SELECT rec FROM naming)) t
    JOIN (SELECT seq, rec AS of, told FROM naming) n ON n.of = t.rec`;
  for (const { brokenBeside, ...rule } of plan.rules) {
    if (brokenBeside === undefined) continue;
    const broken = sql`SELECT seq, rec FROM ${written} WHERE ${brokenBeside(sql`n.told`)}`;
    await workspace.run(sql`INSERT INTO ${tables.refused(plan.entity.name)}
      SELECT b.seq, ${literal(rule.code)}, ${literal(rule.field)}, ${rawValue(plan, rule)}, ${literal(rule.reason)}, NULL, NULL, false
      FROM (${broken}) b JOIN ${raw} raw ON raw.rowid = b.rec
      WHERE b.seq NOT IN (SELECT seq FROM ${tables.refused(plan.entity.name)})`);
  }
}
