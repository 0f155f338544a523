import { messageOf, PamojaError } from '../kernel/errors.js';

/** What DuckDB and the system say where neither memory nor the folder for spill files has room left. */
const FULL = /^Out of Memory Error|No space left on device|max_temp_directory_size|ENOSPC/;

/** An error for want of room as one for a person; any other as it is. Errors: PAM-WRK-001. */
export function explainWorkspaceError(error: unknown, dir: string): unknown {
  if (error instanceof PamojaError || !FULL.test(messageOf(error))) return error;
  return new PamojaError('PAM-WRK-001', 'There is no room left for working files.', {
    where: dir,
    next: 'Nothing was published. Make room on that disk, or give the project more `memoryMb`; then run again.',
    cause: error,
  });
}
