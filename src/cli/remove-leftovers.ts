import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nameProcess, thisProcess } from '../store/embedded/process-identity.js';

/** Removes what this process leaves in the project's folder of work files: they can hold people's data. */
export function removeLeftovers(root: string): void {
  const work = join(root, '.pamoja', 'work');
  try {
    // The number alone is, in a container, that of a run in another one.
    const own = nameProcess(thisProcess());
    for (const name of readdirSync(work)) {
      if (name.startsWith(own)) rmSync(join(work, name), { recursive: true, force: true });
    }
  } catch {
    // There is none, or a file is still held open; the next run removes what is left.
  }
}
