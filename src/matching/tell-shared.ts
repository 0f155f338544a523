import type { Workspace } from '../engine/workspace.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';

/** Tells that an identifier joins nobody, and why, at each record that a query gives as `rec`. */
export async function tellShared(
  workspace: Workspace,
  { name }: Pick<Entity, 'name'>,
  field: string,
  records: Sql,
  why: string,
): Promise<void> {
  await workspace.run(sql`INSERT INTO ${tables.findings}
    SELECT ${literal(name)}, m.feed, f.seq, 'warn', 'shared', ${literal(field)}, f.${ident(field)}::VARCHAR, ${literal(why)}
    FROM ${tables.inForce(name)} f SEMI JOIN (${records}) r ON r.rec = f.rec JOIN ${tables.mapped(name)} m ON m.rowid = f.seq`);
}
