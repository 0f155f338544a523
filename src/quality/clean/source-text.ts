import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import { ident, literal, raw, type Sql, sql } from '../../kernel/sql.js';
import type { FieldMapping } from '../../model/config.js';
import type { Field } from '../../model/entity.js';
import type { CleanContext } from '../compiled-field.js';
import { bindOnce } from './bind-once.js';
import { familyName, givenNames, nthPart } from './names.js';
import { cleanText, emptyToNull, joinTexts } from './text.js';

/** Stands for a value that the mapping's own SQL failed to make. Cleaning leaves no control character in a text. */
export const FAILED = literal('\u001A');

/**
 * The text of a field over the raw columns: columns, constant or SQL → joined → split → default.
 * `keepsDefault` leaves the default to the caller, who has a vocabulary to ask first.
 * Errors: PAM-CFG-003 and PAM-CFG-004 from the mapping.
 */
export function sourceText(
  field: Field,
  mapping: FieldMapping,
  context: CleanContext,
  keepsDefault: boolean,
): Sql {
  const whole = taken(field, mapping, context);
  const text = mapping.split === undefined ? whole : splitText(whole, mapping, context);
  if (mapping.default === undefined || keepsDefault) return text;
  return sql`coalesce(${text}, ${literal(configText(mapping.default, field, mapping, context))})`;
}

function taken(field: Field, mapping: FieldMapping, context: CleanContext): Sql {
  if (mapping.sql !== undefined) return userSql(field, mapping, context);
  if (mapping.constant !== undefined) {
    return literal(configText(mapping.constant, field, mapping, context) || null);
  }
  const columns = mapping.from === undefined ? [] : [mapping.from].flat();
  const nulls = [...context.nulls, ...(mapping.nulls ?? [])];
  const parts = columns.map((column) => cleanText(columnOf(column, mapping, context), nulls));
  if (parts.length > 1) return joinTexts(parts, mapping.join ?? ' ');
  const [only] = parts;
  if (only !== undefined) return only;
  if (mapping.default !== undefined) return sql`NULL::VARCHAR`;
  throw new PamojaError('PAM-CFG-003', 'The mapping does not say where the value comes from.', {
    where: context.path,
    next: 'Give it one of: from, constant, sql, default.',
  });
}

function columnOf(column: string, { split }: FieldMapping, context: CleanContext): Sql {
  if (!context.columns.includes(column)) {
    throw new PamojaError('PAM-CFG-004', `The source has no column "${column}".`, {
      where: context.path,
      next: suggestion(column, context.columns),
    });
  }
  // Cleaning makes a line break a space, so what is split at one is split before.
  return typeof split?.part === 'number' && splitsAtBreak(split.by)
    ? nthPart(ident(column), split.by as string, split.part)
    : ident(column);
}

function splitsAtBreak(by: string | undefined): boolean {
  return by !== undefined && /[^\S ]/.test(by);
}

function splitText(text: Sql, { split }: FieldMapping, { path }: CleanContext): Sql {
  const { by, part } = split as NonNullable<FieldMapping['split']>;
  if (by === '' || (typeof part === 'number' && !(Number.isSafeInteger(part) && part >= 1))) {
    throw new PamojaError('PAM-CFG-003', 'The split names no part that a text can have.', {
      where: path,
      next: 'Parts are counted from 1, and `by` is at least one character.',
    });
  }
  if (typeof part === 'number') return splitsAtBreak(by) ? text : nthPart(text, by ?? ' ', part);
  const spaced =
    by === undefined || by.trim() === ''
      ? text
      : sql`trim(regexp_replace(replace(${text}, ${literal(by)}, ' '), ' +', ' ', 'g'))`;
  return part === 'given' ? givenNames(spaced) : familyName(spaced);
}

/**
 * The user's expression as text, taken as written. A record on which it fails is told apart from one that it gives
 * nothing for, and never stops the run.
 */
function userSql(field: Field, mapping: FieldMapping, context: CleanContext): Sql {
  // The line break ends a comment that the expression may end in.
  const expression = sql`(${raw(mapping.sql as string)}\n)`;
  const text = isNumber(field)
    ? numberAsText(expression, mapping, context)
    : sql`CAST(${expression} AS VARCHAR)`;
  return bindOnce(
    'made',
    sql`TRY({'text': ${text}})`,
    (made) =>
      sql`CASE WHEN ${made} IS NULL THEN ${FAILED} ELSE ${emptyToNull(sql`replace(${made}.text, chr(0), '')`)} END`,
  );
}

/** Numbers in the notation of the source; a DOUBLE with the 15 digits that it carries, so that 1999.99 / 100 is 19.9999. */
function numberAsText(expression: Sql, mapping: FieldMapping, context: CleanContext): Sql {
  const kind = sql`typeof(${expression})`;
  const precise = sql`CASE ${kind} WHEN 'DOUBLE' THEN format('{:.15g}', TRY_CAST(${expression} AS DOUBLE)) ELSE CAST(${expression} AS VARCHAR) END`;
  return decimalOf(mapping, context) === '.'
    ? precise
    : sql`CASE ${kind} WHEN 'VARCHAR' THEN CAST(${expression} AS VARCHAR) ELSE replace(${precise}, '.', ',') END`;
}

/** A constant or default of the configuration, as the source would write it. */
export function configText(
  value: string | number | boolean,
  field: Field,
  mapping: FieldMapping,
  context: CleanContext,
): string {
  const text = String(value);
  return typeof value === 'number' && isNumber(field) && decimalOf(mapping, context) === ','
    ? text.replace('.', ',')
    : text;
}

function decimalOf(mapping: FieldMapping, context: CleanContext): '.' | ',' {
  return mapping.decimal ?? context.decimal;
}

function isNumber({ type }: Field): boolean {
  return type === 'integer' || type === 'decimal' || type === 'money';
}
