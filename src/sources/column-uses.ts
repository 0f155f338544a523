import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { FieldMapping, Source } from '../model/config.js';
import { type Entity, type FieldType, fieldOf } from '../model/entity.js';
import { UNIFIED } from '../model/unified.js';

const NUMBERS: readonly (FieldType | undefined)[] = ['integer', 'decimal', 'money'];

/** A field that is made of a column: how, and its type where the model knows it. */
export interface Use {
  mapping: FieldMapping;
  type: FieldType | undefined;
}

/** What the mappings of the records, or of the lines of `each`, make of a column. */
export function usesOf(
  column: string,
  source: Source,
  entities: readonly Entity[] = UNIFIED,
  each?: string,
): Use[] {
  return source.feeds
    .filter((feed) => feed.each === each)
    .flatMap((feed) => {
      const entity = entities.find(({ name }) => name === feed.entity);
      return Object.entries(feed.fields)
        .filter(([, mapping]) => columnsOfMapping(mapping).includes(column))
        .map(([name, mapping]) => ({ mapping, type: entity && fieldOf(entity, name)?.type }));
    });
}

/**
 * Whether the numbers of a column are to be written with a comma. One that is a number in its file has no notation of
 * its own, so it gets the one that its mapping reads.
 */
export function readsCommas(
  column: string,
  source: Source,
  entities: readonly Entity[] | undefined,
  each?: string,
): boolean {
  const uses = usesOf(column, source, entities, each);
  const number = uses.find(({ type }) => NUMBERS.includes(type));
  const isText = number === undefined && (uses.length > 0 || isKey(column, source));
  return !isText && (number?.mapping.decimal ?? source.decimal) === ',';
}

function isKey(column: string, { feeds }: Source): boolean {
  return feeds.some((feed) => feed.key.includes(column));
}
