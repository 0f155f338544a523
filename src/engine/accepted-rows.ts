import { type Sql, sql } from '../kernel/sql.js';
import { acceptedOf } from '../model/accepted.js';
import { tables } from '../model/tables.js';
import type { Workspace } from './workspace.js';

/**
 * SQL of the accepted candidates of an entity as of now, without the joins and filters that leave nobody out: DuckDB
 * takes each of them for one that leaves out four in five, and would then build its tables of millions of candidates
 * instead of what they are looked up in.
 */
export async function acceptedRows(workspace: Workspace, entity: string): Promise<Sql> {
  const some = async (rows: Sql) => (await workspace.count(sql`SELECT count(*) FROM ${rows}`)) > 0;
  return acceptedOf(entity, {
    refused: await some(tables.refused(entity)),
    repeated: await some(tables.repeated(entity)),
    filtered: await some(sql`${tables.mapped(entity)} WHERE filtered`),
  });
}
