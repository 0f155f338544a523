import { columnOf } from './sheet-scanner.js';

/** A block of cells that are shown as one: rows from 1, columns from 0, ends included. Only the first holds the value. */
export interface Block {
  rows: [number, number];
  columns: [number, number];
}

/** Reads `A2:B4`; undefined where it is no block. */
export function blockOf(ref: string): Block | undefined {
  const [, left = '', top, right = '', bottom] = /^([A-Z]+)(\d+):([A-Z]+)(\d+)$/.exec(ref) ?? [];
  if (top === undefined) return undefined;
  return { rows: [Number(top), Number(bottom)], columns: [columnOf(left), columnOf(right)] };
}

/** Whether a block goes down over records behind the header, so that all but the first lack a value of `places`. */
export function leavesOut({ rows, columns }: Block, places: readonly number[], header: number): boolean {
  const down = rows[1] > rows[0] && rows[1] > header;
  return down && places.some((place) => place >= columns[0] && place <= columns[1]);
}
