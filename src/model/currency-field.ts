import { type Entity, type Field, fieldOf } from './entity.js';

/** The field that names the currency of an entity's amounts. */
export function currencyField(entity: Entity): string | undefined {
  const measured = (entity.measures ?? []).find((measure) => measure.currency !== undefined)?.currency;
  return measured ?? fieldOf(entity, 'currency')?.name;
}

export interface PricedFields {
  currency: Field;
  amounts: Field[];
}

/**
 * The amounts of a master and the field with their currency, where it has both: they go together. A price of one record
 * in the currency of another is nobody's price.
 */
export function pricedFields(entity: Entity): PricedFields | undefined {
  const currency = fieldOf(entity, currencyField(entity) ?? '');
  const amounts = entity.fields.filter((field) => field.type === 'money');
  return entity.kind !== 'master' || currency === undefined || amounts.length === 0
    ? undefined
    : { currency, amounts };
}
