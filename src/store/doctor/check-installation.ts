import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '../../kernel/sql.js';
import { type Finding, failed } from './finding.js';

const LEAST_NODE = [20, 19] as const;

/** Whether this Node.js is new enough. */
export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const detail = `Node.js ${version}`;
  return enough
    ? { name: 'node', state: 'ok', detail }
    : {
        name: 'node',
        state: 'fail',
        detail: `${detail} is too old.`,
        next: `Install Node.js ${LEAST_NODE.join('.')} or newer.`,
      };
}

/** Whether a configuration was found; `path` as the caller found it. */
export function checkConfig(path: string | undefined): Finding {
  return path === undefined
    ? {
        name: 'configuration',
        state: 'warn',
        detail: 'There is no configuration in this folder.',
        next: 'Go to the folder of your project, or run: pamoja init',
      }
    : { name: 'configuration', state: 'ok', detail: path };
}

/** Whether DuckDB loads on this system and can write where it spills. */
export async function checkDuckDb(): Promise<Finding> {
  try {
    // Loaded late: where the system lacks something, the import itself fails, and the doctor must live to tell.
    const { Workspace } = await import('../../engine/workspace.js');
    const workspace = await Workspace.open({
      dir: mkdtempSync(join(tmpdir(), 'pamoja-doctor-')),
      memoryMb: 128,
    });
    try {
      const { version } = await workspace.row<{ version: string }>(sql`SELECT version() AS version`);
      return { name: 'duckdb', state: 'ok', detail: `DuckDB ${version.replace(/^v/, '')}` };
    } finally {
      await workspace.close();
    }
  } catch (error) {
    return failed('duckdb', error);
  }
}
