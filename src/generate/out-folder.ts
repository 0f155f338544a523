import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PamojaError } from '../kernel/errors.js';

export const TRUTH_FILE = 'truth.json';
/** Stands in `truth.json`, so that a later run knows the files for its own. */
export const MADE_BY = 'pamoja generate';

/**
 * Makes the folder and claims the files in it. Files of an earlier generation are written over; of anybody else's
 * none is. Errors: PAM-CLI-002 names one that is in the way.
 */
export function claimFolder(dir: string, files: readonly string[]): string {
  const root = resolve(dir);
  const own = ownFiles(root);
  const foreign = [TRUTH_FILE, ...files].find((file) => !own.has(file) && existsSync(join(root, file)));
  if (foreign !== undefined) {
    throw new PamojaError('PAM-CLI-002', 'is already there, and the generator did not make it.', {
      where: join(dir, foreign),
      next: 'Move it away, or name another folder.',
    });
  }
  for (const file of files) mkdirSync(dirname(join(root, file)), { recursive: true });
  // Claimed before the first file is written: what is left of a generation that broke off is ours too.
  writeTruth(root, { made_by: MADE_BY, finished: false, files: [...new Set([...own, ...files])].sort() });
  return root;
}

export function writeTruth(root: string, truth: object): void {
  writeFileSync(join(root, TRUTH_FILE), `${JSON.stringify(truth, null, 2)}\n`);
}

function ownFiles(root: string): Set<string> {
  try {
    const truth: unknown = JSON.parse(readFileSync(join(root, TRUTH_FILE), 'utf8'));
    if (typeof truth !== 'object' || truth === null) return new Set();
    const { made_by, files } = truth as { made_by?: unknown; files?: unknown };
    if (made_by !== MADE_BY || !Array.isArray(files)) return new Set();
    return new Set([TRUTH_FILE, ...files.filter((file): file is string => typeof file === 'string')]);
  } catch {
    return new Set();
  }
}
