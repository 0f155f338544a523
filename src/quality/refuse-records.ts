import type { Workspace } from '../engine/workspace.js';
import { any, ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { acceptedOf } from '../model/accepted.js';
import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import type { Rule } from './compiled-field.js';
import { hashOf } from './content-hash.js';
import type { FeedPlan } from './feed-plan.js';
import { hasBit } from './map-records.js';
import { isOfTotals, OF_TOTALS } from './totals-rule.js';

/** Makes the table of what rules find in records that stay. */
export async function makeFindings(workspace: Workspace): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.findings} (
    entity VARCHAR, feed INTEGER, seq BIGINT, severity VARCHAR, rule VARCHAR, field VARCHAR, value VARCHAR, reason VARCHAR)`);
}

/**
 * Asks the rules of single records: fills `refused` with those that a rule refuses (the first rule that does is
 * the reason), `findings` with what was blanked, mended or warned of, and makes the view `accepted`.
 */
export async function refuseRecords(
  workspace: Workspace,
  entity: Entity,
  plans: readonly FeedPlan[],
): Promise<void> {
  await makeRefused(workspace, entity);
  for (const plan of plans) {
    if (plan.feed.key.length > 0) await refuseKeyless(workspace, plan);
    await applyRules(workspace, plan);
  }
}

async function makeRefused(workspace: Workspace, entity: Entity): Promise<void> {
  const { refused, repeated, accepted } = tables;
  const name = entity.name;
  await workspace.run(sql`CREATE OR REPLACE TABLE ${refused(name)} (seq BIGINT, rule VARCHAR, field VARCHAR,
    value VARCHAR, reason VARCHAR, root_entity VARCHAR, root_seq BIGINT, waiting BOOLEAN)`);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${repeated(name)} (seq BIGINT)`);
  const hash = entity.kind === 'document' ? sql`, ${hashOf(entity, ident('m'))} AS hash` : sql``;
  const all = acceptedOf(name, { refused: true, repeated: true, filtered: true }, hash);
  await workspace.run(sql`CREATE OR REPLACE VIEW ${accepted(name)} AS ${all}`);
}

async function refuseKeyless(workspace: Workspace, plan: FeedPlan): Promise<void> {
  const name = plan.entity.name;
  const keyless = sql`FROM ${tables.mapped(name)} m WHERE m.feed = ${plan.index} AND NOT m.filtered AND m.key IS NULL`;
  if ((await workspace.count(sql`SELECT count(*) ${keyless}`)) === 0) return;
  const columns = plan.feed.key.join(', ');
  const totals = isOfTotals(plan);
  const empty =
    plan.feed.key.length === 1 ? 'is empty, and is the key' : 'are the key, and one of them is empty';
  await workspace.run(sql`INSERT INTO ${tables.refused(name)}
    SELECT m.seq, CASE WHEN ${totals} THEN 'totals' ELSE 'key' END, ${literal(columns)}, NULL,
      CASE WHEN ${totals} THEN ${literal(OF_TOTALS)} ELSE ${literal(empty)} END, NULL, NULL, false
    FROM (SELECT m.rowid AS seq, m.rec ${keyless}) m LEFT JOIN ${ident(plan.raw)} raw ON raw.rowid = m.rec`);
}

/** Only candidates with a broken rule are looked at again, and only for rules that somebody broke. */
async function applyRules(workspace: Workspace, plan: FeedPlan): Promise<void> {
  const { entity, rules } = plan;
  const flagged = sql`${ident('flagged')}`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE ${flagged} AS SELECT rowid AS seq, rec, mask
    FROM ${tables.mapped(entity.name)} WHERE feed = ${plan.index} AND NOT filtered AND mask <> 0 AND
      (key IS NOT NULL OR ${raw(String(plan.feed.key.length === 0))})`);
  if ((await workspace.size(flagged)) === 0) return;
  const broken = rules.map((rule, bit) => ({ rule, bit })).filter(({ rule }) => !rule.brokenBeside);
  const refusing = broken.filter(({ rule }) => rule.severity === 'reject');
  if (refusing.length > 0) {
    const sum = refusing.map(({ bit }) => sql`WHEN ${hasBit(bit)} THEN ${bit}`);
    await workspace.run(sql`CREATE OR REPLACE TEMP TABLE first_broken AS
      SELECT seq, rec, CASE ${joined(sum, ' ')} END AS bit FROM ${flagged} WHERE CASE ${joined(sum, ' ')} END IS NOT NULL`);
    for (const { rule, bit } of refusing) {
      await workspace.run(sql`INSERT INTO ${tables.refused(entity.name)}
        SELECT b.seq, ${literal(rule.code)}, ${literal(rule.field)}, ${rawValue(plan, rule)}, ${literal(rule.reason)}, NULL, NULL, false
        FROM first_broken b JOIN ${ident(plan.raw)} raw ON raw.rowid = b.rec WHERE b.bit = ${bit}`);
    }
    await workspace.run(sql`DELETE FROM ${flagged} WHERE seq IN (SELECT seq FROM first_broken)`);
  }
  for (const { rule, bit } of broken.filter(({ rule }) => rule.severity !== 'reject')) {
    await workspace.run(sql`INSERT INTO ${tables.findings}
      SELECT ${literal(entity.name)}, ${plan.index}, f.seq, ${literal(rule.severity)}, ${literal(rule.code)},
        ${literal(rule.field)}, ${rawValue(plan, rule)}, ${literal(rule.reason)}
      FROM ${flagged} f JOIN ${ident(plan.raw)} raw ON raw.rowid = f.rec WHERE ${hasBit(bit)}`);
  }
}

/** SQL over the mapped table, true of candidates of which a rule mended or emptied a field, also where another refused them. */
export function isMended({ entity, rules }: FeedPlan, field: string): Sql {
  const changing = (severity: string) => severity === 'fix' || severity === 'blank';
  const bits = rules.flatMap((rule, bit) =>
    rule.field === field && changing(rule.severity) ? [hasBit(bit)] : [],
  );
  const found = sql`rowid IN (SELECT seq FROM ${tables.findings}
    WHERE entity = ${literal(entity.name)} AND field = ${literal(field)} AND severity IN ('fix', 'blank'))`;
  return any([...bits, found]);
}

/** What the source says for the field of a rule, as written, over its records `raw`. */
export function rawValue(plan: FeedPlan, rule: Rule): Sql {
  const mapping = plan.feed.fields[rule.field];
  const columns = mapping === undefined ? [] : columnsOfMapping(mapping);
  if (columns.length === 0) return sql`NULL`;
  return sql`concat_ws(' ', ${joined(columns.map((column) => sql`raw.${ident(column)}`))})`;
}

/** Values that may stand once only in a source: every candidate that shares one breaks the rule. */
export async function refuseShared(
  workspace: Workspace,
  entity: Entity,
  plans: readonly FeedPlan[],
): Promise<void> {
  for (const plan of plans) {
    for (const { field } of plan.compiled) {
      const mapping = plan.feed.fields[field.name];
      if (!(mapping?.unique ?? field.unique)) continue;
      const severity = mapping?.severity ?? field.severity ?? 'reject';
      const column = ident(field.name);
      const shared = sql`SELECT a.seq, a.${column}::VARCHAR AS value FROM ${tables.accepted(entity.name)} a
        WHERE a.feed = ${plan.index} AND a.${column} IN (SELECT ${column} FROM ${tables.accepted(entity.name)}
          WHERE feed = ${plan.index} AND ${column} IS NOT NULL GROUP BY ${column} HAVING count(DISTINCT key) > 1)`;
      const reason = literal('stands on several records and may stand on one only');
      await workspace.run(
        severity === 'reject'
          ? sql`INSERT INTO ${tables.refused(entity.name)}
              SELECT seq, 'unique', ${literal(field.name)}, value, ${reason}, NULL, NULL, false FROM (${shared})`
          : sql`INSERT INTO ${tables.findings} SELECT ${literal(entity.name)}, ${plan.index}, seq,
              ${literal(severity)}, 'unique', ${literal(field.name)}, value, ${reason} FROM (${shared})`,
      );
      if (severity === 'blank') {
        await workspace.run(sql`UPDATE ${tables.mapped(entity.name)} SET ${column} = NULL WHERE rowid IN
          (SELECT seq FROM ${tables.findings} WHERE entity = ${literal(entity.name)} AND rule = 'unique' AND field = ${literal(field.name)})`);
      }
    }
  }
}
