import { PamojaError } from '../../kernel/errors.js';
import { any, ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import type { FieldMapping } from '../../model/config.js';
import type { Field, Severity } from '../../model/entity.js';
import type { CleanContext, Rule } from '../compiled-field.js';
import { checkPattern } from './check-pattern.js';
import type { Reader } from './reader.js';

/** What a rule looks at. */
export interface Judged {
  field: Field;
  mapping: FieldMapping;
  context: CleanContext;
  textColumn: Sql;
  reader: Reader;
}

/** What a broken rule of the field does. */
export function severityOf(field: Field, mapping: FieldMapping): Severity {
  const required = mapping.required ?? field.required ?? false;
  return mapping.severity ?? field.severity ?? (required ? 'reject' : 'blank');
}

/**
 * Rules for a text that was given and could not be read: one a reason, and never two of them broken at once.
 * `unlisted` leaves out the texts that a vocabulary does not know, which have a rule of their own.
 */
export function refusalRules({ field, mapping, textColumn, reader }: Judged, unlisted?: Sql): Rule[] {
  const read = sql`${textColumn} IS NULL OR ${ident(field.name)} IS NOT NULL`;
  const fine = unlisted === undefined ? read : any([read, unlisted]);
  const refusals = reader.refusals(textColumn);
  return refusals.map(({ when, reason, code }, i) => {
    const others = refusals.slice(0, i).map((other) => sql` WHEN ${other.when} THEN false`);
    return {
      code: code ?? 'type',
      field: field.name,
      severity: code === 'masked' ? 'blank' : severityOf(field, mapping),
      // A CASE asks no regular expression of the rows that were read, which are nearly all.
      broken: sql`CASE WHEN ${fine} THEN false${joined(others, '')} ELSE ${when} END`,
      keptByValue: true,
      reason,
    };
  });
}

/** `required`, `range`, `length`, `pattern` and `allowed`, as far as field and mapping ask for them. */
export function valueRules(judged: Judged): Rule[] {
  const { field, mapping, context } = judged;
  const severity = severityOf(field, mapping);
  const rule = (code: string, broken: Sql, reason: string): Rule => ({
    code,
    field: field.name,
    severity,
    broken,
    reason,
  });
  const value = ident(field.name);
  const rules: Rule[] = [];
  if (mapping.required ?? field.required) {
    const required = rule('required', isMissing(judged), 'is required and was not given');
    rules.push({ ...required, keptByValue: true });
  }

  const [min, max] = [mapping.min ?? field.min, mapping.max ?? field.max];
  if (min !== undefined || max !== undefined) {
    if (!isNumber(field)) throw notFor('min and max', field, context);
    const below = min === undefined ? [] : [sql`${value} < ${finite(min, context)}`];
    const above = max === undefined ? [] : [sql`${value} > ${finite(max, context)}`];
    rules.push(rule('range', any([...below, ...above]), rangeReason(min, max)));
  }

  const maxLength = mapping.maxLength ?? field.maxLength;
  const shown = isText(field) ? value : judged.textColumn;
  if (maxLength !== undefined) {
    rules.push(
      rule(
        'length',
        sql`length(${shown}) > ${finite(maxLength, context)}`,
        `has more than ${maxLength} characters`,
      ),
    );
  }

  const pattern = mapping.pattern ?? field.pattern;
  if (pattern !== undefined) {
    checkPattern(pattern, context.path);
    const broken = sql`NOT regexp_matches(${shown}, ${literal(pattern)})`;
    rules.push(rule('pattern', broken, `does not have the form ${pattern}`));
  }

  const allowed = mapping.allowed ?? field.allowed;
  if (allowed !== undefined) {
    const values = allowed.map((each) => judged.reader.read(literal(each)));
    const broken = values.length === 0 ? sql`${value} IS NOT NULL` : sql`${value} NOT IN (${joined(values)})`;
    rules.push(rule('allowed', broken, `is not one of: ${allowed.join(', ')}`));
  }
  return rules;
}

/** Nothing was given, or something masked. What was given and not understood is told by its own rule. */
function isMissing({ field, textColumn, reader }: Judged): Sql {
  const masked = reader.refusals(textColumn).filter((refusal) => refusal.code === 'masked');
  const nothing = sql`${textColumn} IS NULL`;
  return sql`CASE WHEN ${ident(field.name)} IS NOT NULL THEN false ELSE ${any([nothing, ...masked.map(({ when }) => when)])} END`;
}

function rangeReason(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `is more than ${max}`;
  return max === undefined ? `is less than ${min}` : `is not between ${min} and ${max}`;
}

function finite(number: number, { path }: CleanContext): number {
  if (Number.isFinite(number)) return number;
  throw new PamojaError('PAM-CFG-003', 'A limit is not a number.', { where: path });
}

function notFor(setting: string, field: Field, { path }: CleanContext): PamojaError {
  return new PamojaError('PAM-CFG-003', `${setting} are for numbers, and "${field.name}" is ${field.type}.`, {
    where: path,
    next: 'For texts there are maxLength, pattern and allowed.',
  });
}

function isNumber({ type }: Field): boolean {
  return type === 'integer' || type === 'decimal' || type === 'money';
}

function isText({ type }: Field): boolean {
  return type === 'text' || type === 'email' || type === 'phone' || type === 'reference';
}
