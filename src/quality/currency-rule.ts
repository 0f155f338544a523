import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Source } from '../model/config.js';
import { type Entity, fieldOf } from '../model/entity.js';
import { CURRENCY_CODES } from './clean/currency-words.js';
import type { CompiledField, Rule } from './compiled-field.js';

/** Words that mean one currency only. `Sh` and `$` may be several, and say nothing. */
const MEANINGS: Record<string, string[]> = {
  KES: ['ksh', 'kshs'],
  UGX: ['ush', 'ushs'],
  TZS: ['tsh', 'tshs'],
  USD: ['us$'],
  EUR: ['€', 'euro', 'euros'],
  GBP: ['£'],
  NGN: ['₦', 'naira'],
  GHS: ['₵', 'gh₵', 'cedi', 'cedis'],
  INR: ['₹'],
  ZAR: ['rand'],
  ETB: ['birr'],
};

/** Every word that names a currency for certain, in small letters, and the currency at the same place. */
const WORDS = [
  ...CURRENCY_CODES.map((code) => [code.toLowerCase(), code] as const),
  ...Object.entries(MEANINGS).flatMap(([code, words]) => words.map((word) => [word, code] as const)),
];

/**
 * The currency that a written amount names, as its ISO code; NULL where it names none, or none for certain. One that is
 * `plain` has nothing beside its digits.
 */
export function currencyOf(text: Sql, plain: Sql = sql`false`): Sql {
  // Looked up by its place, so that the expression for the word stands here once: each one takes 3 ms to compile.
  const word = sql`lower(regexp_extract(${text}, '[\\pL\\p{Sc}]+'))`;
  const words = sql`[${joined(WORDS.map(([known]) => literal(known)))}]`;
  const codes = sql`[${joined(WORDS.map(([, code]) => literal(code)))}]`;
  return sql`CASE WHEN ${plain} OR ${text} IS NULL OR regexp_full_match(${text}, '[-0-9., ]*') THEN NULL
    ELSE (${codes})[list_position(${words}, ${word})] END`;
}

/** Where amounts name another currency than their record has: they would be summed with what they are not. */
export function currencyRules(entity: Entity, source: Source, compiled: readonly CompiledField[]): Rule[] {
  const column = currencyField(entity);
  const known = source.currency === '' ? sql`NULL::VARCHAR` : literal(source.currency);
  const own = column === undefined ? known : sql`coalesce(${ident(column)}, ${known})`;
  return compiled
    .filter(({ field }) => field.type === 'money')
    .map(({ field, textColumn, plainColumn }) => ({
      code: 'currency',
      field: field.name,
      severity: 'reject' as const,
      broken: sql`${currencyOf(ident(textColumn), plainColumn === undefined ? undefined : ident(plainColumn))} <> ${own}`,
      reason: 'names another currency than the record',
    }));
}

/** The field that names the currency of an entity's amounts. */
export function currencyField(entity: Entity): string | undefined {
  const measured = (entity.measures ?? []).find((measure) => measure.currency !== undefined)?.currency;
  return measured ?? fieldOf(entity, 'currency')?.name;
}
