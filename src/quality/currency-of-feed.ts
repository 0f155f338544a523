import type { Feed, FieldMapping, Project, Source } from '../model/config.js';
import { currencyField } from '../model/currency-field.js';
import { type Entity, type Field, fieldOf, wholeOf } from '../model/entity.js';
import { compileField } from './compile-field.js';
import type { CleanContext, CompiledField } from './compiled-field.js';
import { isoCodeOf, type ToldCurrency } from './currency-rule.js';

/** Where a record does not tell the currency of its amounts, it is that of the source. */
export function inSourceCurrency(
  entity: Entity,
  source: Source,
  name: string,
  mapping: FieldMapping,
): FieldMapping {
  const tells =
    name === currencyField(entity) || (entity.measures ?? []).some((measure) => measure.currency === name);
  if (!tells || source.currency === '' || mapping.default !== undefined || mapping.required) return mapping;
  return { ...mapping, default: source.currency };
}

/** What the mapping itself lists is taken as it is written there. */
export function inIsoCode(mapping: FieldMapping, compiled: CompiledField): CompiledField {
  const listed = mapping.values ?? mapping.lookup ?? mapping.allowed;
  return listed === undefined ? { ...compiled, value: isoCodeOf(compiled.value) } : compiled;
}

/** What the rows of a feed say of the currency of their amounts; `beside` is the field of the whole that says it. */
export function toldCurrency(
  project: Project,
  source: Source,
  feed: Feed,
  contextOf: (path: string) => CleanContext,
): { told: ToldCurrency; beside: CompiledField[] } {
  const named = (name?: string) => project.entities.find((each) => each.name === name);
  const entity = named(feed.entity) as Entity;
  const column = currencyField(entity);
  if (column !== undefined) return { told: { by: 'row', column }, beside: [] };
  // A part has the currency of its whole.
  const whole = named(wholeOf(entity)?.entity);
  const fields = source.feeds.find((each) => each.entity === whole?.name && each.each === feed.each)?.fields;
  const name = whole === undefined ? undefined : currencyField(whole);
  if (whole === undefined || name === undefined) return { told: { by: 'source' }, beside: [] };
  if (fields === undefined) return { told: { by: 'whole' }, beside: [] };
  const given = fields[name];
  if (given === undefined) {
    // An amount of the whole may name its currency.
    const mayName = Object.keys(fields).some((each) => fieldOf(whole, each)?.type === 'money');
    return { told: mayName ? { by: 'whole' } : { by: 'row', column }, beside: [] };
  }
  const mapping = inSourceCurrency(whole, source, name, given);
  const field = { ...(fieldOf(whole, name) as Field), name: `${whole.name}.${name}` };
  const context = contextOf(`sources.${source.name}.entities.${whole.name}.fields.${name}`);
  const beside = inIsoCode(mapping, compileField(field, mapping, context));
  return { told: { by: 'row', column: field.name }, beside: [beside] };
}
