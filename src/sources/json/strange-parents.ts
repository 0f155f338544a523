import type { Workspace } from '../../engine/workspace.js';
import type { Log } from '../../kernel/log.js';
import { sayMany } from '../../kernel/say-number.js';
import { ident, joined, literals, type Sql, sql } from '../../kernel/sql.js';
import { type JsonColumn, type JsonPath, pathText } from './json-path.js';
import { kindsAt, textsAt } from './json-values.js';

/** What programs write where there is no object: its kind, and its text. */
const NOTHING = literals(['ARRAY []', 'VARCHAR ', 'BOOLEAN false']);

/**
 * Members into which a mapping looks, and which some records hold as a text, a number or a list: what is looked for
 * counts as not given there, and that is told.
 */
export class StrangeParents {
  private readonly parents: { path: JsonPath; records: number }[];

  constructor(columns: readonly JsonColumn[]) {
    const parents = new Map<string, JsonPath>();
    for (const { path } of columns)
      for (let length = 1; length < path.length; length++) {
        const parent = path.slice(0, length);
        parents.set(pathText(parent), parent);
      }
    this.parents = [...parents.values()].map((path) => ({ path, records: 0 }));
  }

  /** Counts them among records that a query gives as `json`. */
  async look(workspace: Workspace, records: Sql): Promise<void> {
    if (this.parents.length === 0) return;
    const paths = this.parents.map(({ path }) => path);
    const counts = paths.map((_, i) => {
      const [kind, text] = [sql`kinds[${i + 1}]`, sql`texts[${i + 1}]`];
      return sql`count(*) FILTER (${kind} NOT IN ('OBJECT', 'NULL') AND ${kind} || ' ' || ${text} NOT IN ${NOTHING}) AS ${ident(`c${i}`)}`;
    });
    const looked = sql`SELECT ${kindsAt(sql`json`, paths)} AS kinds, ${textsAt(sql`json`, paths)} AS texts FROM (${records})`;
    const row = await workspace.row<Record<string, number>>(sql`SELECT ${joined(counts)} FROM (${looked})`);
    this.parents.forEach((parent, i) => {
      parent.records += Number(row[`c${i}`]);
    });
  }

  tell(log: Log, source: string): void {
    for (const { path, records } of this.parents.filter((parent) => parent.records > 0)) {
      const holders = records === 1 ? 'one record holds' : `${sayMany(records, 'record')} hold`;
      log.warn(
        `${source}: ${holders} no object at "${pathText(path)}", so what is mapped from within it counts as not given.`,
      );
    }
  }
}
