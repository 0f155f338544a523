import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openEmbedded } from '../../src/store/embedded/open-embedded.js';
import { openTestProject } from './project.js';
import { makeReachableFolder } from './reachable-folder.js';
import { SHOP, SHOP_FILES } from './shop.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that the tests of one run share. */
    postgresUrl: string;
    /** The shop after its first run. */
    shop: { database: string; folder: string };
  }
}

/** In bytes: more than the databases and files of the tests take at any time. */
const ROOM = 4e9;
const root = resolve(import.meta.dirname, '../..');

/**
 * Runs once before all tests: builds what the command line needs, starts one PostgreSQL for everybody, and gives them a
 * folder for temporary files, with which goes what a test leaves behind.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  build();
  const folder = makeReachableFolder('pamoja-tests-', placeOfTests());
  // The processes of the tests are started after this one, and inherit it.
  process.env.TMPDIR = makeOpenFolder(join(folder, 'tmp'));
  const server = await openEmbedded({ dir: join(folder, '.pamoja') });
  const close = async () => {
    await server.release();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    project.provide('postgresUrl', server.url);
    const shop = await openTestProject(server.url);
    shop.write(SHOP_FILES);
    await shop.run(SHOP);
    project.provide('shop', { database: shop.database.name, folder: shop.root });
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

/** A folder that all users may write into. */
function makeOpenFolder(path: string): string {
  mkdirSync(path);
  chmodSync(path, 0o1777);
  return path;
}

/** In memory where that has room: a database is hundreds of files, made for a test and removed behind it. */
function placeOfTests(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > ROOM ? memory : tmpdir();
}

function build(): void {
  const script = join(root, 'scripts/build.mjs');
  if (!existsSync(script) || newest(join(root, 'src')) <= newest(join(root, 'dist'))) return;
  const { status } = spawnSync(process.execPath, [script], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('scripts/build.mjs failed; its words are above');
}

/** When a file of the folder was last written; 0 where there is none. */
function newest(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.reduce(
    (latest, { parentPath, name }) => Math.max(latest, statSync(join(parentPath, name)).mtimeMs),
    0,
  );
}
