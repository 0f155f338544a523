import type { Postgres } from '../engine/postgres.js';
import { ident, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, references } from '../model/entity.js';
import type { TracedBelow } from './trace.js';

/** Ids that are listed of each kind, and how far the rest is counted. */
const LISTED = 20;
const COUNTED = 10_000;

/** The rows that refer to one, by the indexes of their references; `has` tells whether a table has a column. */
export async function rowsBelow(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  id: number,
  has: (table: string, column: string) => boolean,
): Promise<TracedBelow[]> {
  const below: TracedBelow[] = [];
  for (const other of project.entities) {
    for (const { name } of references(other).filter((reference) => reference.entity === entity.name)) {
      if (!has(other.name, name) || !has(other.name, other.id)) continue;
      const table = ident(project.schema, other.name);
      // Found first and sorted then: asked for both at once, PostgreSQL may walk the whole primary key.
      const rows = await postgres.query<{ id: number; count: number }>(
        sql`WITH found AS MATERIALIZED (
            SELECT ${ident(other.id)}::bigint AS id FROM ${table} WHERE ${ident(name)} = $1 LIMIT ${COUNTED + 1})
          SELECT id, (SELECT count(*) FROM found) AS count FROM found ORDER BY id LIMIT ${LISTED}`,
        [id],
      );
      const [first] = rows;
      if (first === undefined) continue;
      below.push({
        entity: other.name,
        field: name,
        ids: rows.map((row) => row.id),
        count: Math.min(first.count, COUNTED),
        more: first.count > COUNTED,
      });
    }
  }
  return below;
}
