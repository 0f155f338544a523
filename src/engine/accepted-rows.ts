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
  const { mapped, refused, repeated } = tables;
  const some = await workspace.row<Record<'refused' | 'repeated' | 'filtered', boolean>>(sql`
    SELECT EXISTS (FROM ${refused(entity)}) AS refused, EXISTS (FROM ${repeated(entity)}) AS repeated,
      EXISTS (FROM ${mapped(entity)} WHERE filtered) AS filtered`);
  return acceptedOf(entity, some);
}
