import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from '../../src/store/embedded/server-user.js';

/** Whether a disk of a few megabytes can be made here: it takes Linux, root and the right to mount. */
export const canMakeDisks = process.platform === 'linux' && isRoot() && triesToMount();

function triesToMount(): boolean {
  const path = join(tmpdir(), `pamoja-mount-${process.pid}`);
  mkdirSync(path, { recursive: true });
  try {
    const disk = makeSmallDisk(path, 1);
    disk.remove();
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(path);
  }
}

/** A disk of its own, in memory, of so many megabytes, seen at `path`. */
export function makeSmallDisk(path: string, megabytes: number): { remove(): void } {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`no disk could be made: ${stderr}`);
  return {
    remove: () => {
      // Lazily: whoever still has a file there open keeps it until he closes it.
      spawnSync('umount', ['-l', path]);
    },
  };
}
