import { messageOf, PamojaError } from '../kernel/errors.js';

/** What DuckDB and the system say where neither memory nor the folder for spill files has room left. */
const FULL = /^Out of Memory Error|No space left on device|max_temp_directory_size|ENOSPC/;

/** What the system says where the folder may not be written, or cannot be a folder. */
const CLOSED = /\b(EACCES|EPERM|EROFS|ENOTDIR|EEXIST)\b/;

/** An error for want of room or rights as one for a person; any other as it is. Errors: PAM-WRK-001, PAM-WRK-002. */
export function explainWorkspaceError(error: unknown, dir: string): unknown {
  if (error instanceof PamojaError) return error;
  if (CLOSED.test((error as NodeJS.ErrnoException).code ?? '')) {
    return new PamojaError('PAM-WRK-002', 'The folder for working files cannot be written.', {
      where: dir,
      next: 'A run keeps its working files under `.pamoja` beside the configuration: give it the right to write there.',
      cause: error,
    });
  }
  if (!FULL.test(messageOf(error))) return error;
  return new PamojaError('PAM-WRK-001', 'There is no room left for working files.', {
    where: dir,
    next: 'Nothing was published. Make room on that disk, or give the project more `memoryMb`; then run again.',
    cause: error,
  });
}
