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
  const before = readTruth(root);
  const own = new Set(before === undefined ? [] : [TRUTH_FILE, ...before.files]);
  const foreign = [TRUTH_FILE, ...files].find((file) => !own.has(file) && existsSync(join(root, file)));
  if (foreign !== undefined) {
    throw new PamojaError('PAM-CLI-002', 'is already there, and the generator did not make it.', {
      where: join(dir, foreign),
      next: 'Move it away, or name another folder.',
    });
  }
  for (const file of files) mkdirSync(dirname(join(root, file)), { recursive: true });
  // Claimed before the first file is written: what is left of a generation that broke off is ours too.
  const claimed = [...new Set([...own, ...files])].sort();
  writeTruth(root, { made_by: MADE_BY, finished: false, files: claimed, config: before?.config ?? null });
  return root;
}

export function writeTruth(root: string, truth: object): void {
  writeFileSync(join(root, TRUTH_FILE), `${JSON.stringify(truth, null, 2)}\n`);
}

/** What an earlier generation says of a folder. */
export interface MadeFolder {
  finished: boolean;
  files: string[];
  /** The hash of the configuration that was written; null where none was. */
  config: string | null;
}

/** What the generator left in a folder; nothing where it never was there. */
export function readTruth(root: string): MadeFolder | undefined {
  try {
    const truth: unknown = JSON.parse(readFileSync(join(root, TRUTH_FILE), 'utf8'));
    if (typeof truth !== 'object' || truth === null) return undefined;
    const { made_by, files, finished, config } = truth as Record<string, unknown>;
    if (made_by !== MADE_BY || !Array.isArray(files)) return undefined;
    return {
      finished: finished === true,
      files: files.filter((file): file is string => typeof file === 'string'),
      config: typeof config === 'string' ? config : null,
    };
  } catch {
    return undefined;
  }
}
