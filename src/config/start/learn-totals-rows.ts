import { all, ident, literal, sql } from '../../kernel/sql.js';
import { saysTotal } from '../../model/totals-row.js';
import type { GuessedFeed } from './guess-feed.js';
import { feedOf, type GuessedSource } from './guessed-source.js';
import type { Row, Sample } from './sampled-fields.js';

/** `1,250.00`, `KSh 480`, `60 pcs`: a sum. */
const SUM = /^\D{0,6}\d[\d.,\s'’]*\D{0,6}$/;

/**
 * Below the records of a table or spreadsheet the sums of all may stand: a row with the word in one cell, numbers in
 * others, and no number of an order. Gives the files' samples without such rows, and the source a `where` that leaves
 * them out, which a person should look at.
 */
export function leaveOutTotals(
  source: GuessedSource,
  files: readonly (readonly Sample[])[],
): (readonly Sample[])[] {
  if (source.type !== 'csv' && source.type !== 'excel') return [...files];
  const words = new Map<string, Set<string>>();
  const kept = files.map((samples) =>
    samples.map(({ entity, rows }) => ({
      entity,
      rows: rows.filter(({ before }) => {
        const [column, word] = totalIn(before, keyOf(source, entity)) ?? [];
        if (column !== undefined && word !== undefined)
          words.set(column, (words.get(column) ?? new Set()).add(word));
        return column === undefined;
      }),
    })),
  );
  if (words.size > 0) for (const feed of source.feeds) leaveOut(feed, words);
  return kept;
}

/** The columns of the key of a record; where the source holds orders, of the key of the order. */
function keyOf(source: GuessedSource, entity: string): readonly string[] {
  const order = feedOf(source, 'order_items')?.fields.order_id?.from;
  if (typeof order === 'string') return [order];
  return (feedOf(source, 'orders') ?? feedOf(source, entity))?.key ?? [];
}

/** The cell of a row that says it is one of totals; nothing where it is a record. */
function totalIn(row: Row, key: readonly string[]): [column: string, word: string] | undefined {
  const filled = Object.entries(row).flatMap(([column, text]): [string, string][] =>
    text === null || text.trim() === '' ? [] : [[column, text]],
  );
  const [said] = filled.filter(([, text]) => saysTotal(text));
  const named = filled.some(([column, text]) => key.includes(column) && !saysTotal(text));
  const sums = filled.every(([, text]) => saysTotal(text) || SUM.test(text));
  return said !== undefined && sums && !named ? said : undefined;
}

function leaveOut(feed: GuessedFeed, words: ReadonlyMap<string, ReadonlySet<string>>): void {
  const told = [...words].flatMap(([column, texts]) => [...texts].map((text) => ({ column, text })));
  const others = told.map(({ column, text }) => sql`${ident(column)} IS DISTINCT FROM ${literal(text)}`);
  const where = others.length === 1 ? (others[0] as string) : all(others);
  feed.where = feed.where === undefined ? where : `(${feed.where}) AND ${where}`;
  const named = told.map(({ text }) => JSON.stringify(text.trim())).join(', ');
  feed.notes.where = `rows of totals (${named}) are left out: are they no records?`;
}
