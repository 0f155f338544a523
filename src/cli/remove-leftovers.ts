import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes what this process leaves in the project's folder of work files: they can hold people's data. */
export function removeLeftovers(root: string): void {
  const work = join(root, '.pamoja', 'work');
  try {
    for (const name of readdirSync(work)) {
      if (name.startsWith(`${process.pid}.`)) rmSync(join(work, name), { recursive: true, force: true });
    }
  } catch {
    // There is none, or a file is still held open; the next run removes what is left.
  }
}
