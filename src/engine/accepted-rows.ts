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
  const { filtered } = await workspace.row<{ filtered: boolean }>(
    sql`SELECT EXISTS (FROM ${tables.mapped(entity)} WHERE filtered) AS filtered`,
  );
  const [refused, repeated] = [
    (await workspace.size(tables.refused(entity))) > 0,
    (await workspace.size(tables.repeated(entity))) > 0,
  ];
  return acceptedOf(entity, { refused, repeated, filtered });
}
