import { PamojaError } from '../kernel/errors.js';
import { all, ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Feed, FieldMapping, Project, Source } from '../model/config.js';
import { currencyField } from '../model/currency-field.js';
import {
  duckdbType,
  type Entity,
  type Equation,
  type Field,
  fieldOf,
  type Reference,
  references,
} from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { brokenReason, plainRightSide } from '../model/say-equation.js';
import { cleanText } from './clean/text.js';
import { compileField } from './compile-field.js';
import type { CleanContext, CompiledField, Rule } from './compiled-field.js';
import { inIsoCode, inSourceCurrency, toldCurrency } from './currency-of-feed.js';
import { currencyOf, currencyRules } from './currency-rule.js';
import { identifierRules, keyRules } from './key-rules.js';
import { totalsRules } from './totals-rule.js';

/** Everything that is known of a feed before its rows are: its SQL, and its rules with the bit of each. */
export interface FeedPlan extends FeedRef {
  /** The table of its raw records. */
  raw: string;
  /** Names of the files, by their index. */
  files: string[];
  compiled: CompiledField[];
  /** Fields of its whole that stand in the same row, and that rules ask for. */
  beside: CompiledField[];
  /** The rule at position i has bit i in the mask of a candidate. */
  rules: Rule[];
  /** Fields that no column gives, and the SQL that fills them. */
  derived: Map<string, Sql>;
  /** For each file the period it speaks of, where ids restart in each. */
  periods: string[] | undefined;
  /** Files that are, byte for byte, another one of the source under a second name: their records are filtered. */
  copies: number[];
  /** From this file on, records were brought back from an earlier run: nobody delivered it. */
  returnedFrom?: number;
  /** SQL of the number of a raw record, where the next run shall know it again. */
  print?: Sql | undefined;
}

export interface FeedInput {
  index: number;
  raw: string;
  files: string[];
  columns: readonly string[];
  copies: number[];
}

/** Compiles a feed. Errors: PAM-CFG-004 and 005 from the mappings. */
export function planFeed(project: Project, source: Source, feed: Feed, input: FeedInput): FeedPlan {
  const entity = project.entities.find((each) => each.name === feed.entity) as Entity;
  const compiled = Object.entries(feed.fields).map(([name, given]) => {
    const mapping = inSourceCurrency(entity, source, name, given);
    const field = fieldOf(entity, name) as Field;
    const path = `sources.${source.name}.entities.${entity.name}.fields.${name}`;
    const context = cleanContext(project, source, input.columns, path);
    const plain = () => compileField(field, mapping, context);
    if (name === currencyField(entity)) return inIsoCode(mapping, plain());
    if (field.type !== 'reference') return plain();
    // A reference by attribute is cleaned as the attribute is, so that both sides read alike.
    const target = project.entities.find((each) => each.name === field.entity);
    const like = mapping.by === undefined || target === undefined ? undefined : fieldOf(target, mapping.by);
    const reference = strict(
      compileField({ ...field, type: like?.type ?? 'reference' }, mapping, context),
      mapping,
    );
    const composite = Array.isArray(mapping.from) && mapping.from.length > 1 && mapping.by === undefined;
    if (!composite) return reference;
    const text = joinKey(mapping.from as string[], source.nulls);
    return { ...reference, text, texts: sql`${text} AS ${ident(reference.textColumn)}` };
  });
  const derived = derivedFields(entity, feed, source, compiled);
  const { told, beside } = toldCurrency(project, source, feed, (path) =>
    cleanContext(project, source, input.columns, path),
  );
  const rules = [
    ...totalsRules(entity, feed, source),
    ...keyRules(entity, feed, source),
    longRule(compiled),
    ...compiled.flatMap((each) => each.rules),
    ...identifierRules(entity, feed, compiled),
    ...currencyRules(source, compiled, told),
    ...equationRules(entity, feed),
    ...fillingRules(entity, feed, compiled),
  ];
  demandFewRules(rules, source, entity);
  return {
    index: input.index,
    feed,
    source,
    entity,
    raw: input.raw,
    files: input.files,
    copies: input.copies,
    compiled,
    beside,
    rules,
    derived,
    periods: source.period === undefined ? undefined : input.files.map((file) => periodOf(source, file)),
  };
}

/** A candidate has one bit a rule, and 126 of them. */
function demandFewRules(rules: readonly Rule[], source: Source, entity: Entity): void {
  if (rules.length <= 126) return;
  throw new PamojaError('PAM-CFG-003', `has ${rules.length} rules, and a mapping may have 126.`, {
    where: `sources.${source.name}.entities.${entity.name}`,
    next: 'Map fewer fields from one source, or ask less of each.',
  });
}

/** A reference that was given but cannot be read must not pass for one that was never given. */
function strict(compiled: CompiledField, mapping: FieldMapping): CompiledField {
  if (mapping.severity !== undefined) return compiled;
  const rules = compiled.rules.map((rule) =>
    rule.severity === 'blank' ? { ...rule, severity: 'reject' as const } : rule,
  );
  return { ...compiled, rules };
}

function cleanContext(
  project: Project,
  source: Source,
  columns: readonly string[],
  path: string,
): CleanContext {
  return {
    columns,
    path,
    nulls: source.nulls,
    decimal: source.decimal,
    timezone: source.timezone,
    projectTimezone: project.timezone,
    country: source.country,
    doubles: source.type === 'json' || source.type === 'ndjson' || source.type === 'rest',
  };
}

/**
 * The period that a file speaks of: the first group of the pattern in its name. Errors: PAM-CFG-003 where the name has
 * none, as its records would pass for those of a period of their own.
 */
export function periodOf(source: Source, file: string): string {
  const period = periodIn(source, file);
  if (period !== undefined) return period;
  throw new PamojaError('PAM-CFG-003', `the name of the file does not tell its period by ${source.period}.`, {
    where: `${source.name}: ${file}`,
    next: `Rename the file like the others, or correct sources.${source.name}.period.`,
  });
}

/** The same, or undefined where the name has none. */
export function periodIn(source: Source, file: string): string | undefined {
  const found = new RegExp(source.period as string, 'u').exec(file);
  return found?.[1] ?? found?.[0];
}

/** Equations over one row; those over the parts of a whole are asked when both are known. */
export function rowEquations(entity: Entity): Equation[] {
  return (entity.equations ?? []).filter((equation) => !equation.equals.includes('{'));
}

/** Whether a feed gives an equation all that it needs. */
function given(feed: Feed, equation: Equation): boolean {
  return equation.needs.every((name) => feed.fields[name] !== undefined);
}

function equationRules(entity: Entity, feed: Feed): Rule[] {
  return rowEquations(entity)
    .filter((equation) => given(feed, equation))
    .map((equation) => ({
      code: `equation:${equation.name}`,
      field: equation.field,
      severity: equation.severity,
      broken: brokenEquation(equation),
      reason: brokenReason(equation),
    }));
}

/**
 * What a record leaves empty follows from the rest, as where no column gives it: the sum of an order would lack a line
 * whose amount nobody knows. Not what is required.
 */
function fillingRules(entity: Entity, feed: Feed, compiled: readonly CompiledField[]): Rule[] {
  return rowEquations(entity)
    .filter((equation) => given(feed, equation))
    .flatMap((equation) => {
      const own = compiled.find(({ field }) => field.name === equation.field);
      if (own === undefined || (feed.fields[equation.field]?.required ?? own.field.required)) return [];
      const filling = resultOf(entity, equation);
      return {
        code: `equation:${equation.name}`,
        field: equation.field,
        severity: 'fix',
        filling,
        // A CASE is asked for those few rows alone, an AND for all.
        broken: sql`CASE WHEN ${ident(own.textColumn)} IS NULL THEN (${filling}) IS NOT NULL ELSE false END`,
        reason: `was not given, and is taken for ${plainRightSide(equation)}`,
      };
    });
}

/** What an equation says of its field, over the others; NULL where it cannot be told. */
function resultOf(entity: Entity, { field, equals }: Equation): Sql {
  return sql`TRY_CAST((${raw(equals)}) AS ${raw(duckdbType((fieldOf(entity, field) as Field).type))})`;
}

function brokenEquation(equation: Equation): Sql {
  const needed = all(equation.needs.map((name) => sql`${ident(name)} IS NOT NULL`));
  return sql`${needed} AND abs(${ident(equation.field)} - (${raw(equation.equals)})) > ${equation.tolerance}`;
}

/** In bytes. Written as CSV with all its quotes doubled, a row of so many can still be read back from PostgreSQL. */
export const LONGEST_TEXTS = 32_000_000;

/** Only what is text has no limit of its own. */
function longRule(compiled: readonly CompiledField[]): Rule {
  const texts = compiled.filter(({ field }) => field.type === 'text');
  const bytes = ['key', ...texts.map((each) => each.textColumn)].map(
    (column) => sql`coalesce(strlen(${ident(column)}), 0)`,
  );
  return {
    code: 'length',
    field: '',
    severity: 'reject',
    broken: sql`${joined(bytes, ' + ')} > ${LONGEST_TEXTS}`,
    reason: 'is longer than 32 MB',
  };
}

/** What a source does not give and follows from the rest: an equation's field, and the currency of its amounts. */
function derivedFields(
  entity: Entity,
  feed: Feed,
  source: Source,
  compiled: readonly CompiledField[],
): Map<string, Sql> {
  const derived = new Map<string, Sql>();
  for (const equation of rowEquations(entity)) {
    const others = equation.needs.filter((name) => name !== equation.field);
    if (
      feed.fields[equation.field] === undefined &&
      others.every((name) => feed.fields[name] !== undefined)
    ) {
      derived.set(equation.field, resultOf(entity, equation));
    }
  }
  const currency = currencyField(entity);
  if (currency !== undefined && feed.fields[currency] === undefined) {
    // What the amount itself says goes before what the project says: `USD 5` is not five shillings.
    const written = compiled
      .filter(({ field }) => field.type === 'money')
      .map(({ textColumn }) => currencyOf(ident(textColumn)));
    const told = source.currency === '' ? [] : [literal(source.currency)];
    const sayings = [...written, ...told];
    if (sayings.length > 0) derived.set(currency, sql`coalesce(${joined(sayings)})`);
  }
  return derived;
}

/** The key of a candidate as SQL over its raw columns, cleaned as references to it are; NULL where a part is missing. */
export function keySql(plan: FeedPlan): Sql {
  const { feed, source, periods } = plan;
  const key = joinKey(feed.key, source.nulls);
  return periods !== undefined && plan.entity.kind === 'document' ? inPeriod(periods, key) : key;
}

/** Several columns as one key, so that no value can pass for the border between two. */
function joinKey(columns: readonly string[], nulls: readonly string[]): Sql {
  const parts = columns.map((column) => cleanText(ident(column), nulls));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return joined(parts.map(escapeBorder), ` || '|' || `);
}

/** A part of a key in which no sign passes for a border; nearly none has one, and to look costs less than to replace. */
export function escapeBorder(part: Sql): Sql {
  return sql`CASE WHEN contains(${part}, '|') OR contains(${part}, '\\') THEN replace(replace(${part}, '\\', '\\\\'), '|', '\\|') ELSE ${part} END`;
}

/** Prefixes a key with the period of its file. */
export function inPeriod(periods: readonly string[], key: Sql): Sql {
  return sql`([${joined(periods.map((period) => literal(period)))}])[_file + 1] || '/' || ${key}`;
}

/** References of the entity that this feed fills. */
export function filledReferences(plan: FeedPlan): Reference[] {
  return references(plan.entity).filter((field) => plan.feed.fields[field.name] !== undefined);
}
