import { PamojaError } from '../kernel/errors.js';
import type { Source } from '../model/config.js';
import type { Grain } from './source-reader.js';

/** The records of a kind that nests nothing. Errors: PAM-CFG-003 where a mapping asks for lines within them. */
export function onlyGrain(
  source: Source,
  grains: readonly Grain[],
  kind: { file: string; row: string },
): Grain {
  const [grain] = grains;
  if (grain !== undefined && grains.length === 1 && grain.each === undefined) return grain;
  throw new PamojaError('PAM-CFG-003', `a ${kind.file} has no records nested in its records.`, {
    where: `sources.${source.name}`,
    next: `Remove \`each\` from its entities: every ${kind.row} is a candidate for each of them.`,
  });
}
