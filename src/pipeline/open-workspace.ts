import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isHeld } from '../engine/sign-of-life.js';
import { signOfWorkspace, Workspace } from '../engine/workspace.js';
import { explainWorkspaceError } from '../engine/workspace-errors.js';
import { onceStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import {
  isAlive,
  nameProcess,
  type ProcessIdentity,
  thisProcess,
} from '../store/embedded/process-identity.js';

/**
 * A workspace under `.pamoja/work/`, that can read the folders of the sources, and is stopped by `signal`. What dead runs
 * left there is removed.
 */
export async function openWorkspace(project: Project, signal?: AbortSignal): Promise<Workspace> {
  removeDeadWorkspaces(project);
  const readable = project.sources.flatMap((source) =>
    source.path.map((path) => folderOf(resolve(project.root, path))),
  );
  const workspace = await Workspace.open({
    dir: workFolder(project.root),
    readable: [...readable, dirname(snapshotFile(project))],
    memoryMb: project.memoryMb,
    threads: project.threads,
  });
  onceStopped(signal, () => workspace.stop());
  return workspace;
}

/** What the last run made of every record, in hashes and ids; missed by nobody. */
export function snapshotFile(project: Project): string {
  return join(project.root, '.pamoja', 'snapshot', 'records.duckdb');
}

/** A folder to work in, of this process alone; not made yet. */
export function workFolder(root: string): string {
  return join(root, '.pamoja', 'work', nameFolder(thisProcess()));
}

/** The process that works in a folder is in its name; its number alone would, in a container, be that of the next run. */
export function nameFolder(who: ProcessIdentity): string {
  return `${nameProcess(who)}${randomBytes(4).toString('hex')}`;
}

/** Removes the workspaces of runs that were killed: a spill file holds people's data. Errors: PAM-WRK-002. */
export function removeDeadWorkspaces({ root }: Project): void {
  const work = join(root, '.pamoja', 'work');
  if (!existsSync(work)) return;
  try {
    for (const name of readdirSync(work)) {
      const [pid = '', started = ''] = name.split('.');
      const maker = { pid: Number(pid), started: Buffer.from(started, 'hex').toString() };
      const folder = join(work, name);
      if (!(isHeld(signOfWorkspace(folder)) ?? isAlive(maker)))
        rmSync(folder, { recursive: true, force: true });
    }
  } catch (error) {
    // Of another user, as after a run with sudo.
    throw explainWorkspaceError(error, work);
  }
}

/** The folder of a path, above the first part that is a pattern. */
function folderOf(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/');
  const pattern = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  return pattern < 0 ? dirname(path) : parts.slice(0, pattern).join('/') || '/';
}
