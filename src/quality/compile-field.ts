import { PamojaError } from '../kernel/errors.js';
import { any, ident, literal, literals, type Sql, sql } from '../kernel/sql.js';
import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { FieldMapping } from '../model/config.js';
import type { Field } from '../model/entity.js';
import { type Judged, refusalRules, severityOf, valueRules } from './clean/field-rules.js';
import { letterCase } from './clean/letter-case.js';
import type { Reader } from './clean/reader.js';
import { configText, sourceText } from './clean/source-text.js';
import { typeReader } from './clean/type-reader.js';
import { exactVocabulary, fold, foldedVocabulary, type Vocabulary } from './clean/vocabulary.js';
import type { CleanContext, CompiledField, Rule } from './compiled-field.js';

/**
 * Compiles the mapping of one field to DuckDB SQL: the cleaned text over the raw columns, the typed value over the
 * text, and the rules over both. What the mapping says goes before what the field says.
 * A `pattern` may match anywhere in the value, unless ^ and $ hold it, and is asked of the text where the value is
 * no text. References stay VARCHAR.
 * Errors: PAM-CFG-003 where settings contradict each other, PAM-CFG-004 for an unknown column, PAM-CFG-005 for a
 * pattern that does not work.
 */
export function compileField(field: Field, mapping: FieldMapping, context: CleanContext): CompiledField {
  const reader = typeReader(field, mapping, context);
  const textColumn = `${field.name}:text`;
  const text = ident(textColumn);
  const judged: Judged = { field, mapping, context, textColumn: text, reader };
  const words = vocabularyOf(judged);
  // Numbers, dates and the like are read without looking at case; a value of text takes the one that is wanted.
  const wanted = isText(field) || words !== undefined ? mapping.case : undefined;
  const cased = wanted === undefined ? text : letterCase(text, wanted);
  const whole = sourceText(field, mapping, context, words !== undefined);
  const plain = words === undefined && mapping.sql === undefined ? plainColumnOf(judged) : undefined;
  const written = plain === undefined ? whole : sql`CASE WHEN ${plain.is} THEN ${plain.of} ELSE ${whole} END`;
  const compiled = {
    field,
    text: written,
    textColumn,
    texts: sql`${written} AS ${text}${plain === undefined ? sql`` : sql`, ${plain.is} AS ${ident(plain.column)}`}`,
    ...(plain === undefined ? {} : { plainColumn: plain.column }),
  };
  if (words === undefined) {
    return {
      ...compiled,
      value: reader.read(cased, plain && ident(plain.column)),
      rules: [...refusalRules(judged), ...valueRules(judged)],
    };
  }
  const { vocabulary, code, reason, empty } = words;
  const rules = valueRules(judged);
  if (mapping.default !== undefined) {
    const fallback = reader.read(literal(configText(mapping.default, field, mapping, context)));
    return { ...compiled, value: sql`coalesce(${vocabulary.meaning(cased)}, ${fallback})`, rules };
  }
  const unlisted = sql`NOT (${vocabulary.knows(cased)})`;
  const notListed: Rule = {
    code,
    field: field.name,
    severity: severityOf(field, mapping),
    broken: sql`CASE WHEN ${text} IS NULL THEN false ELSE ${unlisted} END`,
    reason,
  };
  const refused = refusalRules(judged, any([unlisted, sql`${cased} IN ${literals(empty)}`]));
  return { ...compiled, value: vocabulary.meaning(cased), rules: [notListed, ...refused, ...rules] };
}

/** A raw column that is nearly always in the plain form of its reader: whether it is, and how the answer is called. */
function plainColumnOf({
  field,
  mapping,
  context,
  reader,
}: Judged): { of: Sql; is: Sql; column: string } | undefined {
  const [column, ...more] = columnsOfMapping(mapping);
  if (reader.plain === undefined || column === undefined || more.length > 0 || mapping.split !== undefined)
    return undefined;
  // A word that means nothing was given may look like a number: 0, or -999.
  const form = new RegExp(`^(?:${reader.plain})$`, 'u');
  if ([...context.nulls, ...(mapping.nulls ?? [])].some((word) => form.test(word.trim()))) return undefined;
  const of = ident(column);
  return { of, is: sql`regexp_full_match(${of}, ${literal(reader.plain)})`, column: `${field.name}:plain` };
}

interface Words {
  vocabulary: Vocabulary;
  code: 'lookup' | 'allowed';
  reason: string;
  /** Listed texts that mean nothing was given. */
  empty: string[];
}

/** The mapping's `lookup` or `values`. Its meanings are constants, so they are read once and not for every row. */
function vocabularyOf({ mapping, context, reader }: Judged): Words | undefined {
  const { lookup, values } = mapping;
  if (lookup !== undefined && values !== undefined) {
    throw new PamojaError('PAM-CFG-003', 'The mapping has both lookup and values.', {
      where: context.path,
      next: 'Give one of them: lookup compares exactly, values without case and accents.',
    });
  }
  if (lookup !== undefined) {
    const entries = Object.entries(lookup).map(([text, meaning]) => [text, typed(meaning, reader)] as const);
    if (entries.length === 0) return undefined;
    const vocabulary = exactVocabulary(new Map(entries));
    const empty = Object.keys(lookup).filter((text) => lookup[text] === '');
    return { vocabulary, code: 'lookup', reason: 'is not in the lookup of the mapping', empty };
  }
  if (values === undefined || Object.keys(values).length === 0) return undefined;
  const entries = new Map<string, Sql>();
  for (const [text, meaning] of synonyms(values, context)) entries.set(text, typed(meaning, reader));
  const vocabulary = foldedVocabulary(entries);
  const names = Object.keys(values).join(', ');
  return { vocabulary, code: 'allowed', reason: `is not one of: ${names}, nor a synonym`, empty: [] };
}

function typed(meaning: string, reader: Reader): Sql {
  return meaning === '' ? reader.read(sql`NULL::VARCHAR`) : reader.read(literal(meaning));
}

/** Each synonym with its value; a value is its own synonym. Errors: PAM-CFG-003 where one stands for two. */
function synonyms(values: Record<string, string[]>, { path }: CleanContext): Map<string, string> {
  const meanings = new Map<string, string>();
  for (const [value, others] of Object.entries(values)) {
    for (const word of [value, ...others].map(fold)) {
      const taken = meanings.get(word);
      if (taken !== undefined && taken !== value) {
        throw new PamojaError('PAM-CFG-003', `"${word}" stands for both "${taken}" and "${value}".`, {
          where: path,
          next: 'Case and accents do not tell words apart; list it once.',
        });
      }
      meanings.set(word, value);
    }
  }
  return meanings;
}

function isText({ type }: Field): boolean {
  return type === 'text' || type === 'reference';
}
