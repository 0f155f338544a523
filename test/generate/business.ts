import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workspace } from '../../src/engine/workspace.js';
import { type GenerateOptions, type GenerateResult, generate } from '../../src/generate/generate.js';
import { ident, literal, type Sql, sql } from '../../src/kernel/sql.js';

/** A generated business in a folder of its own, and a DuckDB that reads its files. */
export interface Business {
  dir: string;
  result: GenerateResult;
  workspace: Workspace;
  close(): void;
}

export async function makeBusiness(options: Omit<GenerateOptions, 'dir'>): Promise<Business> {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-generate-'));
  const result = await generate({ ...options, dir });
  const workspace = await Workspace.open({ dir: join(dir, '.pamoja', 'test'), readable: [dir] });
  const close = () => {
    workspace.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, result, workspace, close };
}

/** The well-formed lines of a CSV file, each once. */
export function csv({ dir }: Business, path: string, delimiter = ','): Sql {
  return sql`(SELECT DISTINCT * FROM read_csv(${literal(join(dir, path))}, auto_detect = false, header = true,
    delim = ${literal(delimiter)}, quote = '"', escape = '"', new_line = '\\n', allow_quoted_nulls = false,
    ignore_errors = true, columns = ${columnsOf(join(dir, path), delimiter)}))`;
}

/** The whole objects of an NDJSON file, each once. */
export function ndjson({ dir }: Business, path: string, key = 'id'): Sql {
  return sql`(SELECT DISTINCT * FROM read_json(${literal(join(dir, path))}, format = 'newline_delimited',
    convert_strings_to_integers = false, sample_size = -1, ignore_errors = true) WHERE ${ident(key)} IS NOT NULL)`;
}

/** The keys of what must be refused of one source and entity. */
export function refused(business: Business, source: string, entity: string): Sql {
  return sql`(SELECT key FROM ${csv(business, 'truth/rejects.csv')} WHERE source = ${literal(source)} AND entity = ${literal(entity)})`;
}

/** Everything the generator wrote, as one hash a file. */
export function hashes({ dir, result }: Business): Record<string, string> {
  return Object.fromEntries(
    [...result.truth.files, 'truth.json'].map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(dir, file)))
        .digest('hex'),
    ]),
  );
}

function columnsOf(path: string, delimiter: string): Sql {
  const [header = ''] = readFileSync(path, 'utf8').split('\n', 1);
  const columns = header.split(delimiter).map((name) => `${literal(name)}: 'VARCHAR'`);
  return `{${columns.join(', ')}}` as Sql;
}
