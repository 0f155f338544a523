import type { FieldMapping, Source } from '../model/config.js';
import type { Field } from '../model/entity.js';

/** What happens to a value on its way from the columns to the field, in the order in which it does. */
export function describeMapping(field: Field, mapping: FieldMapping, source: Source): string[] {
  const said = [...partsOf(mapping), ...wordsOf(mapping), ...typeOf(field, mapping, source)];
  if (mapping.sql !== undefined) said.unshift(`SQL ${oneLine(mapping.sql)}`);
  return said;
}

function partsOf({ from, join, split }: FieldMapping): string[] {
  const said: string[] = [];
  if (Array.isArray(from) && from.length > 1)
    said.push(join === undefined ? 'joined' : `joined by "${join}"`);
  if (split?.part === 'given') said.push('given names');
  else if (split?.part === 'family') said.push('family name');
  else if (split !== undefined) said.push(`part ${split.part}`);
  return said;
}

function wordsOf({ case: letters, lookup, values }: FieldMapping): string[] {
  const said: string[] = [];
  if (letters !== undefined) said.push(`${letters} case`);
  if (lookup !== undefined) said.push('looked up');
  if (values !== undefined) said.push('by its synonyms');
  return said;
}

function typeOf(field: Field, mapping: FieldMapping, source: Source): string[] {
  const formats = mapping.format === undefined ? [] : [mapping.format].flat();
  switch (field.type) {
    case 'email':
      return ['as an e-mail'];
    case 'phone':
      return [`as a phone of ${source.country}`];
    case 'date':
    case 'timestamp':
      return formats.length === 0 ? [] : [`as ${formats.join(' or ')}`];
    case 'money':
    case 'decimal':
    case 'integer':
      return (mapping.decimal ?? source.decimal) === ',' ? ['with a decimal comma'] : [];
    case 'reference':
      return mapping.by === undefined ? [`key of ${mapping.source ?? source.name}`] : [`by ${mapping.by}`];
    default:
      return [];
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
