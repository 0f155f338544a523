import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';

/** Slots of a wheel: a row draws a slot, and a value has as many slots as its weight deserves. */
export const SLOTS = 512;

/** A value for each slot, the heavier ones on more of them. */
export function wheel<Value>(entries: readonly (readonly [Value, number])[], slots = SLOTS): Value[] {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  const values: Value[] = [];
  let reached = 0;
  for (const [value, weight] of entries) {
    reached += weight;
    const end = Math.round((reached / total) * slots);
    while (values.length < end) values.push(value);
  }
  return values;
}

/** Weights that fall slowly along a list, because the first names on it are the commonest. */
export function falling<Value>(values: readonly Value[]): [Value, number][] {
  return values.map((value, i) => [value, 1 / (i + 6)]);
}

/** Makes a small table of constants; each row is a list of texts and numbers. */
export async function constants(
  workspace: Workspace,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  const values = rows.map((row) => sql`(${joined(row.map(constant))})`);
  await workspace.run(
    sql`CREATE TABLE ${ident(table)} AS SELECT * FROM (VALUES ${joined(values)}) constants(${joined(columns.map((c) => ident(c)))})`,
  );
}

function constant(value: string | number): Sql {
  return typeof value === 'number' ? raw(String(value)) : literal(value);
}
