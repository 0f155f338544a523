import { existsSync } from 'node:fs';
import { messageOf, PamojaError } from '../kernel/errors.js';

/** What DuckDB and the system say where the folder for spill files has no room left. */
const FULL = /No space left on device|max_temp_directory_size|ENOSPC/;

/** What DuckDB says where a step holds more at once than memory, and what cannot go to disk. */
const MEMORY = /^Out of Memory Error/;

/** What the system says where the folder may not be written, or cannot be a folder. */
const CLOSED = /\b(EACCES|EPERM|EROFS|ENOTDIR|EEXIST)\b/;

/** Errors: PAM-WRK-004, for whatever reason its package did not load. */
export function refuseWithoutDuckDb(error: unknown): never {
  throw new PamojaError('PAM-WRK-004', 'DuckDB cannot be loaded on this system.', {
    where: `${process.platform} ${process.arch}`,
    next: 'Install again on this very system, without --omit=optional: DuckDB comes as a package of its own for each. It runs on Linux, macOS and Windows.',
    cause: error,
  });
}

/** Errors: PAM-WRK-005 where somebody removed the folder in which a run works, whatever else that made of it. */
export function demandFolder(dir: string, cause?: unknown): void {
  if (existsSync(dir)) return;
  throw new PamojaError('PAM-WRK-005', 'The folder for working files was removed while a run used it.', {
    where: dir,
    next: 'Nothing was published. Leave `.pamoja` alone while a run is under way; then run again.',
    cause,
  });
}

/** An error for want of room, memory or rights as one for a person; any other as it is. Errors: PAM-WRK-001 to 003. */
export function explainWorkspaceError(error: unknown, dir: string): unknown {
  if (error instanceof PamojaError) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  // On a disk that is mounted to read only, Node says of a folder in a folder that it is not there.
  if (CLOSED.test(code) || (code === 'ENOENT' && syscall === 'mkdir')) {
    return new PamojaError('PAM-WRK-002', 'The folder for working files cannot be written.', {
      where: dir,
      next: 'A run keeps its working files under `.pamoja` beside the configuration: give it the right to write there.',
      cause: error,
    });
  }
  const said = messageOf(error);
  if (FULL.test(said)) {
    return new PamojaError('PAM-WRK-001', 'There is no room left for working files.', {
      where: dir,
      next: 'Nothing was published. Make room on that disk, or give the project more `memoryMb`; then run again.',
      cause: error,
    });
  }
  if (!MEMORY.test(said)) return error;
  return new PamojaError('PAM-WRK-003', 'The memory that a run may take is not enough for these records.', {
    where: 'memoryMb',
    next: 'Nothing was published. Give the project more `memoryMb`, or fewer `threads`: each holds some 2,000 records at once, with all their texts.',
    cause: error,
  });
}
