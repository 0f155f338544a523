import type { Source } from '../../model/config.js';
import type { SourceFile } from '../bytes/files.js';
import { openBytes } from '../bytes/open-bytes.js';
import type { FilePlan } from './file-plan.js';
import { type Ahead, type Destination, insertInPlace, LARGE } from './load-file.js';
import type { LineEnd } from './raw-rows.js';

/** Longest record, in bytes, for which a file is read before its longest one is known. */
const USUAL_LENGTH = 1 << 20;

/**
 * Lets DuckDB read a large file while its bytes are still counted: most go on as they begin. Undefined
 * where nothing was read, because the file is small, does not begin plainly, or DuckDB refused it.
 */
export async function readAhead(to: Destination, plan: Omit<FilePlan, 'survey'>): Promise<Ahead | undefined> {
  // What stands above the header is no part of it, and DuckDB would read it.
  if (plan.file.bytes < LARGE || (to.source.header ?? 1) > 1) return undefined;
  try {
    const lineEnd = await plainLineEnd(plan.file, to.source);
    if (lineEnd === undefined) return undefined;
    const records = await insertInPlace(to, plan, lineEnd, USUAL_LENGTH);
    return { lineEnd, longest: USUAL_LENGTH, records };
  } catch {
    // Whatever is wrong with the file, the survey says it better.
    return undefined;
  }
}

/** How the first line ends, where the file begins as it can be read by its path. */
async function plainLineEnd(file: SourceFile, source: Source): Promise<LineEnd | undefined> {
  const { chunks, verbatim } = openBytes(file, { encoding: source.encoding });
  for await (const chunk of chunks) {
    const end = chunk.indexOf('\n');
    if (!verbatim() || end < 0) return undefined;
    return chunk[end - 1] === 13 ? '\r\n' : '\n';
  }
  return undefined;
}
