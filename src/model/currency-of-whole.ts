import { type Entity, wholeOf } from './entity.js';

/** The entity and field that tell the currency of a part's amounts: those of its whole. */
export function currencyOfWhole(
  entity: Entity,
  entities: readonly Entity[],
): { reference: string; whole: Entity; field: string } | undefined {
  const reference = wholeOf(entity);
  const whole = entities.find((each) => each.name === reference?.entity);
  const field = whole?.measures?.find((measure) => measure.currency !== undefined)?.currency;
  if (reference === undefined || whole === undefined || field === undefined) return undefined;
  return { reference: reference.name, whole, field };
}
