import type { RejectRule } from '../model/reject-rules.js';
import type { ReportRejectGroup } from './report-data.js';
import { sayName } from './say-number.js';

type Cause = Pick<ReportRejectGroup, 'source' | 'entity' | 'rule' | 'field' | 'reason' | 'waiting'>;

/** What a person can do about records that were refused for one cause. What is typed or configured stands in backticks. */
export function remedyOfReject(cause: Cause): string {
  const field = cause.field === null || cause.field === '' ? 'the field' : code(cause.field);
  if (cause.waiting && cause.rule !== 'ambiguous') {
    return `Nothing, if what ${field} names is still to come: these are tried again at every run. Otherwise correct ${field} in ${cause.source}.`;
  }
  const [kind = ''] = cause.rule.split(':');
  return (REMEDIES[kind] ?? otherwise)({ ...cause, field });
}

interface Words extends Omit<Cause, 'field'> {
  field: string;
}

type Remedy = (words: Words) => string;

/** What was taken along is told with its cause. */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  structure: ({ source }) =>
    `Open the lines in a text editor: a delimiter is missing or one too many. Quote texts that hold a delimiter, and export ${source} again. See them with ${code(`pamoja rejects --source ${source}`)}. Words below the table, as reports have them, are no loss.`,
  nul: ({ source }) => `The text holds a NUL character, which no database keeps: export ${source} again.`,
  json: ({ source }) =>
    `Open the file in a text editor: a quote, comma or bracket is missing there, or the line is cut short. Export ${source} again.`,
  bytes: ({ source }) => `The record holds bytes that are no text: export ${source} again, as UTF-8.`,
  formula: ({ source }) =>
    `Open the workbook of ${source} in Excel and save it: its formula was saved without a result.`,
  'mixed-dates': ({ source }) =>
    `Make every cell of the column a real date in ${source}; or, where the dates are right, declare how its texts are written with ${code('format')}.`,
  required: ({ field, source }) =>
    `Fill in ${field} in ${source}; or, if records without it are welcome, map it with ${code('required: false')} or a ${code('default')}.`,
  type: ({ field, source, reason }) => {
    const word = wordFor(reason);
    const writes = word === 'decimal' ? 'always writes' : 'writes';
    return `Correct ${field} in ${source}; or, if that is how ${source} ${writes} it, say so in its mapping with ${code(word)}.`;
  },
  key: ({ field, source, reason }) =>
    `${reason.startsWith('is no key') ? 'Correct' : 'Fill in'} ${field} in ${source}: by it one record is told from another.`,
  rounded: ({ field, source }) =>
    `Make ${field} a column of text where the file of ${source} was made, and export it anew: several records may have become one number.`,
  totals: ({ source }) =>
    `Nothing is lost where these are sums of the rows above them: leave them out by ${code('where')} in ${source}, or export it without.`,
  range: ({ field, source }) =>
    `Correct ${field} in ${source}; or, if such values are right, move ${code('min')} or ${code('max')} in its mapping.`,
  pattern: ({ field, source }) => `Correct ${field} in ${source}, or widen its ${code('pattern')}.`,
  length: ({ field, source }) =>
    field === 'the field'
      ? `Shorten the texts of the record in ${source}: it may be several that run into one.`
      : `Shorten ${field}, or raise its ${code('maxLength')}.`,
  allowed: ({ field, source }) =>
    `Correct ${field} in ${source}, or add the word to ${code('allowed')} or as a synonym to ${code('values')}.`,
  lookup: ({ field }) =>
    `Add the word to the ${code('lookup')} of ${field}, or give it a ${code('default')}.`,
  unique: ({ field, source }) => `Two records of ${source} share ${field}: correct the one that is wrong.`,
  masked: ({ field, source }) => `Ask for an export of ${source} in which ${field} is not masked.`,
  currency: ({ source }) => `Correct the currency in ${source}: a line has that of its record.`,
  conflict: ({ source, entity }) =>
    `${source} gives the same key twice with different content. Remove the wrong one of the ${sayName(entity)}; neither was guessed at.`,
  equation: ({ field, source }) =>
    `Add it up by hand and correct ${field} or its parts in ${source}. If ${source} reckons otherwise (tax, delivery, discount), map what is missing, or set the ${code('tolerance')} or ${code('severity')} of the equation.`,
  reference: ({ field, source }) =>
    `Correct ${field} in ${source}, or bring what it names with another source.`,
  ambiguous: ({ field, source }) => `Make ${field} in ${source} name one record only.`,
} satisfies Record<Exclude<RejectRule, 'cascade'>, Remedy>;

function otherwise({ field, source, rule }: Words): string {
  return `Correct ${field} in ${source}, or change the rule ${code(rule)} in the configuration.`;
}

/** The word of the configuration by which another way of writing is declared. */
function wordFor(reason: string): string {
  if (/date|time|moment/.test(reason)) return 'format';
  return /number|amount|decimal/.test(reason) ? 'decimal' : 'values';
}

function code(text: string): string {
  return `\`${text}\``;
}
