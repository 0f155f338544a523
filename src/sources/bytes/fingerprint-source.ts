import type { Source } from '../../model/config.js';
import { filesOf, refuseChanged } from './files.js';
import { fingerprint } from './fingerprint.js';

/**
 * The files of a source and the SHA-256 of each, by name; undefined for a source that has none, as an API. Costs no
 * more than reading the bytes; `progress` is called on the way. Errors: PAM-SRC-001, 002 and 010, as of the reader itself.
 */
export async function fingerprintSource(
  root: string,
  source: Source,
  progress: () => void,
): Promise<Map<string, string> | undefined> {
  if (source.type === 'rest') return undefined;
  const prints = new Map<string, string>();
  for (const file of await filesOf(root, source)) {
    prints.set(file.name, await fingerprint(file, progress));
    await refuseChanged(file);
  }
  return prints;
}
