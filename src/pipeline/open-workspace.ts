import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Workspace } from '../engine/workspace.js';
import type { Project } from '../model/config.js';

/** A workspace under `.pamoja/work/`, that can read the folders of the sources. What dead runs left there is removed. */
export async function openWorkspace(project: Project): Promise<Workspace> {
  const work = join(project.root, '.pamoja', 'work');
  removeLeftovers(work);
  const readable = project.sources.flatMap((source) =>
    source.path.map((path) => folderOf(resolve(project.root, path))),
  );
  return Workspace.open({
    dir: join(work, `${process.pid}-${randomBytes(4).toString('hex')}`),
    readable,
    ...(project.memoryMb === undefined ? {} : { memoryMb: project.memoryMb }),
  });
}

/** Folders are named by the process that made them; a spill file of a killed run holds people's data. */
function removeLeftovers(work: string): void {
  if (!existsSync(work)) return;
  for (const name of readdirSync(work)) {
    const pid = Number.parseInt(name, 10);
    if (Number.isNaN(pid) || !isAlive(pid)) rmSync(join(work, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The folder of a path, above the first part that is a pattern. */
function folderOf(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/');
  const pattern = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  return pattern < 0 ? dirname(path) : parts.slice(0, pattern).join('/') || '/';
}
