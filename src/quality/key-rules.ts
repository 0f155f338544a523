import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Feed, Source } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import { ROUNDED_NUMBER } from '../model/rounded-number.js';
import { severityOf } from './clean/field-rules.js';
import { LOST_DIGITS } from './clean/phones.js';
import type { CompiledField, Rule } from './compiled-field.js';

/** PostgreSQL keeps nothing longer than 2,704 bytes in an index: one such key would stop the whole run. */
const LONGEST_KEY = 2000;

/** What makes a key none: what no index can hold, and a rounded number, by which several records pass for one. */
export function keyRules(entity: Entity, feed: Feed, source: Source): Rule[] {
  if (feed.key.length === 0) return [];
  const field = feed.key.join(', ');
  const severity = 'reject';
  const inPeriod = source.period !== undefined && entity.kind === 'document';
  const pieces = sql`string_split(${inPeriod ? sql`substr(key, strpos(key, '/') + 1)` : sql`key`}, '|')`;
  const rounded = sql`CASE WHEN contains(key, '+') THEN len(list_filter(${pieces}, lambda piece: ${isRounded(sql`piece`)})) > 0 ELSE false END`;
  // Keys of customers and products are looked up in `links`; those of documents stand in their rows, however long.
  const reason = `is no key: it is longer than ${LONGEST_KEY.toLocaleString('en')} bytes`;
  const long: Rule = { code: 'key', field, severity, broken: sql`strlen(key) > ${LONGEST_KEY}`, reason };
  return [
    ...(entity.kind === 'master' ? [long] : []),
    { code: 'rounded', field, severity, broken: rounded, reason: LOST_DIGITS },
  ];
}

/** The same of texts by which two records are one. */
export function identifierRules(entity: Entity, feed: Feed, compiled: readonly CompiledField[]): Rule[] {
  const names = new Set((entity.identifiers ?? []).map(({ field }) => field));
  return compiled
    .filter(({ field }) => field.type === 'text' && names.has(field.name))
    .map(({ field }) => ({
      code: 'rounded',
      field: field.name,
      severity: severityOf(field, feed.fields[field.name] ?? {}),
      broken: isRounded(ident(field.name)),
      reason: LOST_DIGITS,
    }));
}

/** `isRoundedNumber` in SQL. */
function isRounded(text: Sql): Sql {
  // Nearly no text has a plus, and to look for one costs least.
  return sql`CASE WHEN NOT contains(${text}, '+') THEN false WHEN NOT regexp_full_match(${text}, ${literal(ROUNDED_NUMBER)}) THEN false
    ELSE length(regexp_extract(${text}, '[.,](\\d+)', 1)) < CAST(regexp_extract(${text}, '\\d+$') AS INTEGER) END`;
}
