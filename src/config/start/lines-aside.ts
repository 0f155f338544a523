import type { GuessedFeed } from './guess-feed.js';

/** `line_item_1`, `Product Item 2 Name`, `Item 1`. */
const NUMBERED = /^(?:(?:line|product|order)[ _]?)?(?:items?|products?)[ _#]*\d+(?:[ _].*)?$/i;
/** One cell with all lines. */
const CELL =
  /^(?:(?:line|order|product|cart)[ _]?items?|items|products|products[ _]purchased|order[ _]lines)$/i;

/** Asks after lines of an order that stand in its own row, which are not read: they would be missed by nobody. */
export function askForLines(orders: GuessedFeed, columns: readonly string[]): void {
  const beside = columns.filter((name) => NUMBERED.test(name));
  const cell = columns.find((name) => CELL.test(name));
  if (beside.length > 1)
    orders.notes.lines = `${beside[0]} … ${beside.at(-1)} stand beside each other and are not read: export a row for each line`;
  else if (cell !== undefined)
    orders.notes.lines = `${cell} holds all lines in one cell, which is not read: export a row for each line`;
}
