import type { Workspace } from '../../engine/workspace.js';
import type { Log } from '../../kernel/log.js';
import { ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { type JsonColumn, pathText, pointer } from './json-path.js';

/** What programs write where there is no object. */
const NOTHING = ['null', '[]', '""', 'false', '{}'].map(literal);

/**
 * Members into which a mapping looks, and which some records hold as a text, a number or a list: what is looked for
 * counts as not given there, and that is told.
 */
export class StrangeParents {
  private readonly parents: { text: string; pointer: string; records: number }[];

  constructor(columns: readonly JsonColumn[]) {
    const parents = new Map<string, string>();
    for (const { path } of columns)
      for (let length = 1; length < path.length; length++)
        parents.set(pointer(path.slice(0, length)), pathText(path.slice(0, length)));
    this.parents = [...parents].map(([at, text]) => ({ text, pointer: at, records: 0 }));
  }

  /** Counts them among records that a query gives as `json`. */
  async look(workspace: Workspace, records: Sql): Promise<void> {
    if (this.parents.length === 0) return;
    const counts = this.parents.map(({ pointer: at }) => {
      const value = sql`json_extract(json, ${literal(at)})`;
      return sql`count(*) FILTER (json_type(${value}) <> 'OBJECT' AND ${value}::VARCHAR NOT IN (${joined(NOTHING)}))`;
    });
    const row = await workspace.row<Record<string, number>>(
      sql`SELECT ${joined(counts.map((count, i) => sql`${count} AS ${ident(`c${i}`)}`))} FROM (${records})`,
    );
    this.parents.forEach((parent, i) => {
      parent.records += Number(row[`c${i}`]);
    });
  }

  tell(log: Log, source: string): void {
    for (const { text, records } of this.parents.filter((parent) => parent.records > 0)) {
      const holders = records === 1 ? 'one record holds' : `${records.toLocaleString('en')} records hold`;
      log.warn(
        `${source}: ${holders} no object at "${text}", so what is mapped from within it counts as not given.`,
      );
    }
  }
}
