import type { FieldMapping } from './config.js';

/** The source columns that a mapping names. */
export function columnsOfMapping(mapping: FieldMapping): string[] {
  if (mapping.from === undefined) return [];
  return Array.isArray(mapping.from) ? mapping.from : [mapping.from];
}
