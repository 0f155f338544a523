import type { Feed, FieldMapping, Project, Source } from '../model/config.js';
import { type Entity, type Field, fieldOf, wholeOf } from '../model/entity.js';
import { compileField } from './compile-field.js';
import type { CleanContext, CompiledField } from './compiled-field.js';
import { currencyField, isoCodeOf } from './currency-rule.js';

/** Where a record does not tell the currency of its amounts, it is that of the source. */
export function inSourceCurrency(
  entity: Entity,
  source: Source,
  name: string,
  mapping: FieldMapping,
): FieldMapping {
  const tells = (entity.measures ?? []).some((measure) => measure.currency === name);
  if (!tells || source.currency === '' || mapping.default !== undefined || mapping.required) return mapping;
  return { ...mapping, default: source.currency };
}

/** What the mapping itself lists is taken as it is written there. */
export function inIsoCode(mapping: FieldMapping, compiled: CompiledField): CompiledField {
  const listed = mapping.values ?? mapping.lookup ?? mapping.allowed;
  return listed === undefined ? { ...compiled, value: isoCodeOf(compiled.value) } : compiled;
}

/** The currency of the whole of a part, where the row of the part tells it: its amounts are in that one. */
export function currencyBeside(
  project: Project,
  source: Source,
  feed: Feed,
  contextOf: (path: string) => CleanContext,
): CompiledField | undefined {
  const { whole, fields } = wholeBeside(project, source, feed);
  const name = whole && currencyField(whole);
  const given = name && fields?.[name];
  if (!whole || !name || !given) return undefined;
  const mapping = inSourceCurrency(whole, source, name, given);
  const field = { ...(fieldOf(whole, name) as Field), name: `${whole.name}.${name}` };
  const context = contextOf(`sources.${source.name}.entities.${whole.name}.fields.${name}`);
  return inIsoCode(mapping, compileField(field, mapping, context));
}

/** Whether the whole of a part stands in the same row, and has no field that could tell another currency than the source. */
export function followsSource(project: Project, source: Source, feed: Feed): boolean {
  const { whole, fields } = wholeBeside(project, source, feed);
  if (whole === undefined || fields === undefined) return false;
  const telling = (name: string) => name === currencyField(whole) || fieldOf(whole, name)?.type === 'money';
  return !Object.keys(fields).some(telling);
}

/** The whole of a part without a currency of its own, and what a row of the part gives of it. */
function wholeBeside(
  { entities }: Project,
  { feeds }: Source,
  feed: Feed,
): { whole?: Entity | undefined; fields?: Feed['fields'] | undefined } {
  const named = (name?: string) => entities.find((each) => each.name === name);
  const part = named(feed.entity) as Entity;
  if (currencyField(part) !== undefined) return {};
  const whole = named(wholeOf(part)?.entity);
  const beside = feeds.find((each) => each.entity === whole?.name && each.each === feed.each);
  return { whole, fields: beside?.fields };
}
