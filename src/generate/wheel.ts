import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';

/** Slots of a wheel: a row draws a slot, and a value has as many of them as its weight deserves. */
export const SLOTS = 512;

type Row = readonly (string | number)[];

/** What can be drawn in one group, each with its weight. */
export type Weighted = readonly (readonly [value: Row, weight: number])[];

/** Weights that fall slowly along a list, because the first names on it are the commonest. */
export function falling(names: readonly string[]): [[string], number][] {
  return names.map((name, i) => [[name], 1 / (i + 6)]);
}

/**
 * Makes a table from which rows draw. It is found by one number, `key`: the group × SLOTS + the slot drawn. (Were it
 * two columns, the optimiser would join the wheels to each other first, and the rows multiply.)
 */
export async function makeWheel(
  workspace: Workspace,
  table: string,
  columns: readonly string[],
  groups: readonly Weighted[],
): Promise<void> {
  const rows = groups.flatMap((group, i) => stretches(group).map((row) => [i, ...row]));
  const names = ['in_group', 'first_slot', 'end_slot', ...columns];
  await workspace.run(
    sql`CREATE TABLE ${ident(table)} AS
      SELECT in_group * ${SLOTS} + unnest(range(first_slot, end_slot)) AS key, ${joined(columns.map((c) => ident(c)))}
      FROM (${constants(names, rows)})`,
  );
}

/** For each value the slots it has: from, to (not included), value. */
function stretches(group: Weighted): Row[] {
  const total = group.reduce((sum, [, weight]) => sum + weight, 0);
  let reached = 0;
  let slot = 0;
  return group.map(([value, weight]) => {
    const first = slot;
    reached += weight;
    slot = Math.round((reached / total) * SLOTS);
    return [first, slot, ...value];
  });
}

/** A small relation of constants: texts and numbers, a list a row. */
export function constants(columns: readonly string[], rows: readonly Row[]): Sql {
  const values = rows.map((row) => sql`(${joined(row.map(constant))})`);
  return sql`SELECT * FROM (VALUES ${joined(values)}) constants(${joined(columns.map((c) => ident(c)))})`;
}

function constant(value: string | number): Sql {
  return typeof value === 'number' ? raw(String(value)) : literal(value);
}
