import { ident, joined, type Sql, sql } from '../kernel/sql.js';
import { tables } from '../model/tables.js';
import type { Workspace } from './workspace.js';

/**
 * SQL of the accepted candidates of an entity as of now, `seq` and the mapped columns, without the joins and filters that
 * leave nobody out: DuckDB takes each of them for one that leaves out four in five, and would then build its tables of
 * millions of candidates instead of what they are looked up in.
 */
export async function acceptedRows(workspace: Workspace, entity: string): Promise<Sql> {
  const mapped = tables.mapped(entity);
  const leaving: Sql[] = [];
  for (const [i, table] of [tables.refused(entity), tables.repeated(entity)].entries()) {
    const without = ident(`without${i}`);
    if ((await workspace.count(sql`SELECT count(*) FROM ${table}`)) > 0)
      leaving.push(sql` ANTI JOIN ${table} ${without} ON ${without}.seq = m.rowid`);
  }
  const some = (await workspace.count(sql`SELECT count(*) FROM ${mapped} WHERE filtered`)) > 0;
  return sql`SELECT m.rowid AS seq, m.* FROM ${mapped} m${joined(leaving, '')}${some ? sql` WHERE NOT m.filtered` : sql``}`;
}
