import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import { type OpenedBytes, openBytes } from '../bytes/open-bytes.js';

/** A JSON text that is taken more than once: that of a file, or of an answer that is held in memory. */
export interface JsonText {
  /** Where, as messages say it. */
  where: string;
  /** Where it is on disk; undefined where it is in memory only. */
  path: string | undefined;
  /** `progress` is called with the bytes read so far. */
  open(progress?: (read: number) => void): OpenedBytes;
}

export function textOfFile(file: SourceFile, source: Source): JsonText {
  return {
    where: file.where,
    path: file.path,
    open: (progress) => openBytes(file, { encoding: source.encoding, progress }),
  };
}
