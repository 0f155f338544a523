import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { Feed } from '../model/config.js';

/**
 * The source columns that a feed uses: those mapped by name, its key, and those that its SQL expressions speak of.
 * No other column is ever kept. `available` are the columns of the source.
 */
export function columnsOfFeed(feed: Feed, available: readonly string[]): string[] {
  const named = [...feed.key, ...Object.values(feed.fields).flatMap(columnsOfMapping)];
  const expressions = [feed.where, ...Object.values(feed.fields).map((mapping) => mapping.sql)];
  const spoken = expressions.flatMap((text) => (text === undefined ? [] : spokenOf(text, available)));
  return [...new Set([...named, ...spoken])];
}

function spokenOf(expression: string, available: readonly string[]): string[] {
  const outsideTexts = expression.replace(/'(?:[^']|'')*'/g, ' ');
  const lower = outsideTexts.toLowerCase();
  return available.filter((column) => {
    if (outsideTexts.includes(`"${column.replaceAll('"', '""')}"`)) return true;
    return /^\w+$/.test(column) && new RegExp(`\\b${column.toLowerCase()}\\b`).test(lower);
  });
}
