import type { Workspace } from '../../engine/workspace.js';
import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import { ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { type JsonColumn, type JsonPath, pathText, pointer } from './json-path.js';

/**
 * Mapped members of one grain that no record has held so far. One that a record lacks is NULL; one that no record
 * of the source holds is a mistake in the mapping.
 */
export class UnseenMembers {
  private readonly unseen: Map<string, JsonColumn>;
  /** Records, or lines, that were read. */
  records = 0;

  constructor(
    private readonly table: string,
    columns: readonly JsonColumn[],
  ) {
    this.unseen = new Map(
      columns.filter((column) => column.path.length > 0).map((column) => [column.name, column]),
    );
  }

  /**
   * Takes from the list what a file holds, of which so many records were `read`; `within` and `climbed` find a member
   * that is null wherever it is.
   */
  async look(workspace: Workspace, file: number, read: number, within: Sql, climbed: Sql): Promise<void> {
    this.records += read;
    const columns = [...this.unseen.values()];
    if (columns.length === 0) return;
    const counts = columns.map((column, i) => sql`count(${ident(column.name)}) AS ${ident(`c${i}`)}`);
    const row = await workspace.row<Record<string, number>>(
      sql`SELECT ${joined(counts)} FROM ${ident(this.table)} WHERE _file = ${file}`,
    );
    columns.forEach((column, i) => {
      if (Number(row[`c${i}`]) > 0) this.unseen.delete(column.name);
    });
    for (const column of this.unseen.values()) {
      if (await memberExists(workspace, column.climbs ? climbed : within, column.path)) {
        this.unseen.delete(column.name);
      }
    }
  }

  /** The members that no record held, where records were read. */
  get names(): string[] {
    return this.records === 0 ? [] : [...this.unseen.keys()];
  }

  /** Errors: PAM-SRC-003 where records were read and none held a mapped member. */
  async refuse(
    where: string,
    known: (climbs: boolean) => Promise<string[]>,
    explain: (error: PamojaError, known: readonly string[]) => PamojaError = (error) => error,
  ): Promise<void> {
    const [column] = this.unseen.values();
    if (column === undefined || this.records === 0) return;
    const names = await known(column.climbs);
    throw explain(missing(column.name, pathText(column.path), where, names), names);
  }
}

/** Whether a member is there in any row of a query that gives JSON as `json`, even with null for its value. */
export async function memberExists(workspace: Workspace, query: Sql, path: JsonPath): Promise<boolean> {
  const found = sql`json_exists(json, ${literal(pointer(path))})`;
  return (
    (await workspace.count(sql`SELECT count(*) FROM (SELECT 1 FROM (${query}) WHERE ${found} LIMIT 1)`)) > 0
  );
}

/** A mapped member is in none of the records; `known` are those that are. */
export function missing(name: string, path: string, where: string, known: readonly string[]): PamojaError {
  const plain = known.map((member) => member.replace(/\[\]$/, ''));
  return new PamojaError('PAM-SRC-003', `no record holds "${name}".`, {
    where,
    next: suggestion(path, plain),
  });
}

/** A document of one object may well be an envelope whose path nobody declared. */
export function envelopeHint(error: PamojaError, known: readonly string[]): PamojaError {
  const lists = known.filter((member) => member.endsWith('[]')).map((member) => member.slice(0, -2));
  if (lists.length !== 1) return error;
  const next = `${error.next ?? ''} If the records themselves are in "${lists[0]}", declare records: ${lists[0]}.`;
  return new PamojaError(error.code, error.message, { where: error.where ?? '', next: next.trim() });
}
