import { PamojaError } from '../../kernel/errors.js';
import type { Source } from '../../model/config.js';
import type { Entity } from '../../model/entity.js';
import { readsCommas } from '../column-uses.js';
import type { Grain } from '../source-reader.js';
import { type JsonColumn, parseColumn } from './json-path.js';

const OURS = new Set(['_file', '_ordinal', '_parent', 'rowid']);

/**
 * The columns of a grain as paths. Names of columns are the same in DuckDB where only their case differs; members
 * are not. Errors: PAM-CFG-003 where a name cannot be a column.
 */
export function columnsOfGrain(
  grain: Grain,
  source: Source,
  entities: readonly Entity[] | undefined,
): JsonColumn[] {
  const where = `sources.${source.name}`;
  const columns = grain.columns.map((name) => ({
    ...parseColumn(name, where),
    commas: readsCommas(name, source, entities, grain.each),
  }));
  const names = new Set<string>();
  for (const { name, climbs } of columns) {
    const lower = name.toLowerCase();
    const [why, next] = OURS.has(lower)
      ? ['is a name that Pamoja uses itself', 'Rename it in the export.']
      : names.has(lower)
        ? ['is mapped in two spellings that differ in case only', 'Rename one in the export.']
        : climbs && grain.each === undefined
          ? ['climbs from a record, above which there is none', 'Remove the ^.']
          : [];
    names.add(lower);
    if (why === undefined) continue;
    throw new PamojaError('PAM-CFG-003', `the member "${name}" ${why}.`, { where, next });
  }
  return columns;
}
