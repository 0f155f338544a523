import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Workspace } from '../../../src/engine/workspace.js';
import { PamojaError } from '../../../src/kernel/errors.js';
import { silent } from '../../../src/kernel/log.js';
import { ident, sql } from '../../../src/kernel/sql.js';
import type { Source } from '../../../src/model/config.js';
import type { Grain, ReadContext, ReadResult } from '../../../src/sources/source-reader.js';

export type Row = Record<string, string | number | null>;

/** A folder with files, and a workspace that may read it. */
export interface Place {
  root: string;
  context: ReadContext;
  write(name: string, content: string | Uint8Array): void;
  rows(table: string): Promise<Row[]>;
  close(): void;
}

export async function openPlace(extra: readonly string[] = []): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), 'pamoja-json-'));
  const workspace = await Workspace.open({
    dir: join(root, '.work'),
    readable: [root, ...extra],
    threads: 2,
  });
  return {
    root,
    context: { workspace, log: silent, root },
    write(name, content) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    },
    rows: (table) => workspace.rows<Row>(sql`SELECT * FROM ${ident(table)} ORDER BY rowid`),
    close() {
      workspace.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function sourceOf(type: Source['type'], path: string | string[], more: Partial<Source> = {}): Source {
  return {
    name: 'shop',
    type,
    path: [path].flat(),
    delivery: 'snapshot',
    vanished: 'keep',
    priority: 1,
    nulls: [],
    decimal: '.',
    timezone: 'Africa/Nairobi',
    currency: 'KES',
    country: 'KE',
    feeds: [],
    ...more,
  };
}

export function grain(columns: string[], each?: string): Grain {
  return { each, columns };
}

/** For every file and grain, what was read and torn is what was counted. */
export async function balanced(place: Place, result: ReadResult): Promise<boolean> {
  const torn = await place.rows(result.torn);
  for (const [g, { table }] of result.raw.entries()) {
    const rows = await place.rows(table);
    for (const [f, file] of result.files.entries()) {
      const read = rows.filter((row) => row._file === f).length;
      const refused = torn.filter((row) => row._file === f && row._grain === g).length;
      if (read + refused !== file.counted[g]) return false;
    }
  }
  return true;
}

export async function refusal(work: Promise<unknown>): Promise<PamojaError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof PamojaError) return error;
  throw error ?? new Error('nothing was refused');
}
