import { PamojaError } from '../kernel/errors.js';
import type { Source } from '../model/config.js';

/** What stands beside the columns of a source while it is read. */
const RESERVED = new Set(['_file', '_ordinal', '_parent', 'rowid']);

/** Errors: PAM-CFG-003 where a mapping uses a column that is called like one that Pamoja makes beside it. */
export function refuseReservedColumns(source: Source, columns: readonly string[]): void {
  const taken = columns.find((column) => RESERVED.has(column.toLowerCase()));
  if (taken === undefined) return;
  throw new PamojaError(
    'PAM-CFG-003',
    `maps the column "${taken}", a name that Pamoja uses itself while it reads.`,
    {
      where: `sources.${source.name}`,
      next: 'Call the column otherwise in the file, or map it no longer.',
    },
  );
}
