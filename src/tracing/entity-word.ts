import { PamojaError } from '../kernel/errors.js';
import { suggestion } from '../kernel/nearest.js';
import { sayOne } from '../kernel/say-number.js';
import type { Entity } from '../model/entity.js';

/** The entity that a person means by `order`, `Orders`, `order item` or `order-items`. Errors: PAM-CLI-001. */
export function entityByWord(word: string, entities: readonly Entity[]): Entity {
  const wanted = plain(word);
  const found =
    entities.find((entity) => plain(entity.name) === wanted) ??
    entities.find((entity) =>
      [oneOf(entity), entity.id.replace(/_id$/, '')].some((one) => plain(one) === wanted),
    );
  if (found !== undefined) return found;
  throw new PamojaError('PAM-CLI-001', `There is no entity "${word}".`, {
    next: suggestion(word, entities.map(oneOf)),
  });
}

/** One row of an entity in words: `order_items` → `order item`. */
export function oneOf({ name }: Entity): string {
  return sayOne(name);
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, '');
}
