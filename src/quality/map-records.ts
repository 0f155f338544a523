import type { Workspace } from '../engine/workspace.js';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { withoutValues } from '../kernel/log.js';
import { any, ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { duckdbType, type Entity, wholeOf } from '../model/entity.js';
import { tables } from '../model/tables.js';
import type { CompiledField, Rule } from './compiled-field.js';
import { contentText, keepsHash } from './content-hash.js';
import {
  escapeBorder,
  type FeedPlan,
  filledReferences,
  inPeriod,
  keySql,
  rowEquations,
} from './feed-plan.js';
import { makeRepeatedLines, numberLines } from './number-lines.js';

/** Makes the mapped table of an entity, and fills it feed by feed in the order of the sources. */
export async function mapRecords(
  workspace: Workspace,
  entity: Entity,
  plans: readonly FeedPlan[],
): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.mapped(entity.name)} (
    feed INTEGER, file INTEGER, ordinal BIGINT, rec BIGINT, print UHUGEINT, filtered BOOLEAN, mask HUGEINT, key VARCHAR,
    ${joined(entity.fields.map((field) => sql`${ident(field.name)} ${mappedType(field.type)}`))}${keepsHash(entity) ? sql`, hash VARCHAR` : sql``})`);
  await makeRepeatedLines(workspace, entity);
  for (const plan of plans) {
    if (await isSettled(workspace, plan)) continue;
    await explained(workspace, plan, () => workspace.run(mapFeed(plan)));
    if (plan.feed.key.length === 0) await numberLines(workspace, plan);
  }
}

/** Whether no record of a feed is looked at: what maps none of them takes as long to be planned. */
async function isSettled(workspace: Workspace, { affected }: FeedPlan): Promise<boolean> {
  return affected !== undefined && (await workspace.size(affected)) === 0;
}

/** References hold the text of a key until they are linked. */
function mappedType(type: Entity['fields'][number]['type']): Sql {
  return type === 'reference' ? sql`VARCHAR` : raw(duckdbType(type));
}

/** One INSERT: raw columns → texts → values → rules → candidates. */
function mapFeed(plan: FeedPlan): Sql {
  const { entity, compiled, rules, derived } = plan;
  const mappedNames = new Set(compiled.map((each) => each.field.name));
  const told = [...compiled, ...plan.beside];
  const texts = told.map((each) => each.texts);
  const values = told.map((each) => sql`${each.value} AS ${ident(each.field.name)}`);
  const absent = entity.fields
    .filter((field) => !mappedNames.has(field.name) && !derived.has(field.name))
    .map((field) => sql`NULL::${mappedType(field.type)} AS ${ident(field.name)}`);
  const filled = [...derived].map(([name, value]) => sql`${value} AS ${ident(name)}`);
  const emptied = emptiedFirst(plan);
  const declared = plan.feed.where === undefined ? [] : [sql`NOT coalesce((${raw(plan.feed.where)}), false)`];
  const filter = any([...declared, ...plan.copies.map((file) => sql`_file = ${file}`)]);
  const key = plan.feed.key.length > 0 ? keySql(plan) : sql`NULL::VARCHAR`;
  const isFirst = (rule: Rule) => emptied.some((each) => each.rules.includes(rule));
  const others = maskOf(rules, (rule) => !isFirst(rule));
  const mask = emptied.length === 0 ? others : sql`${others} + "mask:first"`;
  const affected =
    plan.affected === undefined ? sql`` : sql` WHERE rowid IN (SELECT rec FROM ${plan.affected})`;
  const texted = sql`SELECT rowid AS rec, ${plan.print ?? sql`NULL`} AS print, _file, _ordinal, ${filter} AS filtered, ${key} AS key${list(texts)} FROM ${ident(plan.raw)}${affected}`;
  const valued = sql`SELECT *${list([...values, ...absent])} FROM (${texted})`;
  const left = emptied.map(
    ({ field, rules: own }) => sql`${emptiedBy(own, ident(field.name))} AS ${ident(field.name)}`,
  );
  const emptiedSql =
    emptied.length === 0
      ? valued
      : sql`SELECT * REPLACE (${joined(left)}), ${maskOf(rules, isFirst)} AS "mask:first" FROM (${valued})`;
  const derivedSql = sql`SELECT *${list(filled)} FROM (${emptiedSql})`;
  const ruled = sql`SELECT *, ${mask} AS mask FROM (${derivedSql})`;
  const kept = entity.fields.map((field) => sql`${keptValue(plan, field.name)} AS ${ident(field.name)}`);
  const named = sql`SELECT _file, _ordinal, rec, print, ${leftOut(plan)} AS filtered, mask, ${lineKey(plan)} AS key, ${joined(kept)} FROM (${ruled})`;
  const fields = joined(entity.fields.map((field) => ident(field.name)));
  return sql`INSERT INTO ${tables.mapped(entity.name)}
    SELECT ${plan.index}, _file, _ordinal, rec, print, filtered, mask, key, ${fields}${keepsHash(entity) ? sql`, md5(${contentText(entity)})` : sql``} FROM (${named})`;
}

function list(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? sql`` : sql`, ${joined(parts)}`;
}

// 62 rules fit a BIGINT, whose arithmetic is several times faster than that of a HUGEINT.
function maskType(rules: number): Sql {
  return rules <= 62 ? sql`BIGINT` : sql`HUGEINT`;
}

/**
 * The bits of the broken rules among those to be asked. What a value cannot break is not asked, a field at a time, where
 * there is one.
 */
function maskOf(rules: readonly Rule[], isAsked: (rule: Rule) => boolean): Sql {
  if (rules.length === 0) return sql`0::HUGEINT`;
  const none = sql`0::${maskType(rules.length)}`;
  const asked = rules.flatMap((rule, bit) =>
    isAsked(rule) ? [{ rule, bit: sql`CASE WHEN ${rule.broken} THEN ${bitOf(bit)} ELSE ${none} END` }] : [],
  );
  const always = asked.filter(({ rule }) => !rule.keptByValue).map(({ bit }) => bit);
  const fields = new Set(asked.filter(({ rule }) => rule.keptByValue).map(({ rule }) => rule.field));
  const seldom = [...fields].map((name) => {
    const own = asked.filter(({ rule }) => rule.keptByValue && rule.field === name).map(({ bit }) => bit);
    return sql`CASE WHEN ${ident(name)} IS NOT NULL THEN ${none} ELSE ${joined(own, ' + ')} END`;
  });
  return joined([none, ...always, ...seldom], ' + ');
}

/** Fields that a rule of their own may empty and an equation counts with: it counts with what stays of them. */
function emptiedFirst({ entity, compiled }: FeedPlan): CompiledField[] {
  const isCounted = (name: string) =>
    rowEquations(entity).some(({ field, equals }) => field !== name && wordsOf(equals).includes(name));
  return compiled.filter(({ field, rules }) => rules.some(isEmptying) && isCounted(field.name));
}

function wordsOf(equals: string): string[] {
  return equals.match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** A value that is empty where a rule says so. */
function emptiedBy(rules: readonly Rule[], value: Sql): Sql {
  const emptying = rules.filter(isEmptying);
  return emptying.length === 0
    ? value
    : sql`CASE WHEN ${any(emptying.map(({ broken }) => broken))} THEN NULL ELSE ${value} END`;
}

/** What cannot be read is empty from the beginning. */
function isEmptying({ severity, code }: Rule): boolean {
  return severity === 'blank' && code !== 'type';
}

/** The bit of a rule in the mask. */
function bitOf(position: number): Sql {
  return position <= 62 ? sql`${2n ** BigInt(position)}::BIGINT` : sql`${2n ** BigInt(position)}::HUGEINT`;
}

/** Whether the bit at a position is set in the column `mask`. */
export function hasBit(position: number): Sql {
  return sql`(mask // ${2n ** BigInt(position)}::HUGEINT) % 2 = 1`;
}

/** A value as it stays: blanked where a rule says so, mended or filled where an equation does, in its period where ids restart. */
function keptValue(plan: FeedPlan, name: string): Sql {
  const mending = rowEquations(plan.entity).filter(
    (equation) => equation.field === name && equation.severity === 'fix',
  );
  let value = ident(name);
  const reference = filledReferences(plan).find((field) => field.name === name);
  if (reference !== undefined && plan.periods !== undefined && refersToDocument(plan, name)) {
    value = inPeriod(plan.periods, value);
  }
  value = emptiedBy(
    plan.rules.filter((rule) => rule.field === name),
    value,
  );
  for (const equation of mending) {
    const rule = plan.rules.find((each) => each.code === `equation:${equation.name}`);
    if (rule !== undefined)
      value = sql`CASE WHEN ${rule.broken} THEN ${raw(equation.equals)} ELSE ${value} END`;
  }
  for (const { field, broken, filling } of plan.rules)
    if (field === name && filling !== undefined)
      value = sql`CASE WHEN ${broken} THEN ${filling} ELSE ${value} END`;
  return value;
}

function refersToDocument(plan: FeedPlan, name: string): boolean {
  // Only documents restart their ids; a product keeps its own from file to file.
  return wholeOf(plan.entity)?.name === name && plan.feed.fields[name]?.by === undefined;
}

/**
 * What the filter leaves out, and where several entities share a row those of which it holds nothing: a sale over
 * the counter names no customer, which is no fault.
 */
function leftOut({ source, feed, entity, compiled }: FeedPlan): Sql {
  const shared = source.feeds.some((other) => other !== feed && other.each === feed.each);
  if (!shared || entity.kind !== 'master' || feed.key.length === 0) return sql`filtered`;
  const given = compiled.filter(({ field }) => {
    const mapping = feed.fields[field.name];
    return mapping?.from !== undefined && mapping.default === undefined;
  });
  const nothing = [sql`key IS NULL`, ...given.map(({ textColumn }) => sql`${ident(textColumn)} IS NULL`)];
  return sql`(filtered OR (${joined(nothing, ' AND ')}))`;
}

/** A line without a key of its own is the nth of its whole and its other references, never its position in the file. */
function lineKey(plan: FeedPlan): Sql {
  const whole = wholeOf(plan.entity);
  if (plan.feed.key.length > 0 || whole === undefined) return sql`key`;
  const parts = filledReferences(plan).map((field) => {
    const value = escapeBorder(sql`coalesce(${ident(field.name)}, '')`);
    return field.name === whole.name && plan.periods !== undefined ? inPeriod(plan.periods, value) : value;
  });
  return sql`${joined(parts, ` || '|' || `)} || '|1'`;
}

/** The pattern of a mapping that DuckDB cannot take, as an error: `\u00e9` and `{2000}` are not of RE2. */
async function refusedPattern(workspace: Workspace, plan: FeedPlan): Promise<PamojaError | undefined> {
  for (const { field } of plan.compiled) {
    const pattern = plan.feed.fields[field.name]?.pattern ?? field.pattern;
    if (pattern === undefined) continue;
    try {
      await workspace.run(sql`SELECT regexp_matches('', ${literal(pattern)})`);
    } catch (cause) {
      const why = messageOf(cause).replace(/^Invalid Input Error: /, '');
      return new PamojaError('PAM-CFG-005', `The pattern does not work: ${why}.`, {
        where: `sources.${plan.source.name}.entities.${plan.entity.name}.fields.${field.name}`,
        next: 'Patterns are RE2 regular expressions; they may match anywhere, unless ^ and $ hold them.',
        cause,
      });
    }
  }
  return undefined;
}

/** An expression in SQL of a configuration, and what it is asked of. */
interface Expression {
  where: string;
  text: string;
  from: Sql;
}

function expressionsOf({ source, feed, entity, raw: records }: FeedPlan): Expression[] {
  const place = `sources.${source.name}.entities.${entity.name}`;
  const asked = [
    { where: `${place}.where`, text: feed.where, from: ident(records) },
    ...Object.entries(feed.fields).map(([name, { sql: text }]) => ({
      where: `${place}.fields.${name}.sql`,
      text,
      from: ident(records),
    })),
    ...rowEquations(entity).map(({ name, equals }) => ({
      where: `entities.${entity.name}.equations.${name}`,
      text: equals,
      from: tables.mapped(entity.name),
    })),
  ];
  return asked.flatMap(({ text, ...rest }) => (text === undefined ? [] : [{ ...rest, text }]));
}

/** The first expression that does not work by itself, and what is said of it. */
async function refusedExpression(
  workspace: Workspace,
  plan: FeedPlan,
): Promise<{ where: string; cause: unknown } | undefined> {
  for (const { where, text, from } of expressionsOf(plan)) {
    try {
      await workspace.run(sql`SELECT count(value) FROM (SELECT (${raw(text)}\n) AS value FROM ${from})`);
    } catch (cause) {
      return { where, cause };
    }
  }
  return undefined;
}

async function explained(workspace: Workspace, plan: FeedPlan, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const pattern = /^Invalid Input Error/.test(messageOf(error)) && (await refusedPattern(workspace, plan));
    if (pattern) throw pattern;
    if (error instanceof PamojaError) throw error;
    const refused = await refusedExpression(workspace, plan);
    const custom = [plan.feed.where, ...Object.values(plan.feed.fields).map((mapping) => mapping.sql)];
    if (refused === undefined && custom.every((text) => text === undefined)) throw error;
    const said = withoutValues(messageOf(refused?.cause ?? error)).split('\n', 1)[0];
    throw new PamojaError('PAM-CFG-005', `An SQL expression of this mapping does not work: ${said}.`, {
      where: refused?.where ?? `sources.${plan.source.name}.entities.${plan.entity.name}`,
      next: 'Column names with blanks or capitals stand in double quotes, texts in single ones.',
      cause: error,
    });
  }
}
