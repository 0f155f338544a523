import type { FieldMapping } from '../../model/config.js';
import type { GuessedSource } from './guessed-source.js';
import type { Home } from './learn-home.js';

/** Something that was guessed and that a person should look at. */
export interface Doubt {
  /** Null where the whole project is meant. */
  source: string | null;
  /** The entity, and its field or `key`; or a word of the source, such as `encoding`. */
  of: string;
  /** What was taken; null where nothing was. */
  guess: string | null;
  reason: string;
}

/** What a configuration to start from is in doubt about: the same that its comments say. */
export function doubtsOf(sources: readonly GuessedSource[], home?: Home): Doubt[] {
  const all = (home?.doubts ?? []).map((doubt) => ({ source: null, ...doubt }));
  const own = sources.flatMap(({ name: source, path, copies, encoding, period, fillDown, feeds }) => [
    ...(copies === undefined
      ? []
      : [{ source, of: 'path', guess: [path, ...copies].join(', '), reason: WHY.copies }]),
    ...(encoding === undefined ? [] : [{ source, of: 'encoding', guess: encoding, reason: WHY.encoding }]),
    ...(period === undefined ? [] : [{ source, of: 'period', guess: period, reason: WHY.period }]),
    ...(fillDown === undefined
      ? []
      : [{ source, of: 'fillDown', guess: fillDown.join(', '), reason: WHY.fillDown }]),
    ...feeds.flatMap(({ entity, key, where = null, fields, notes }, i) =>
      Object.entries(notes)
        // Rows that are left out are left out of all that a file holds.
        .filter(([field]) => field !== 'where' || i === 0)
        .map(([field, reason]) => ({
          source,
          of: `${entity}.${field}`,
          guess: field === 'key' ? key.join(', ') : field === 'where' ? where : guessOf(fields[field]),
          reason,
        })),
    ),
  ]);
  return [...all, ...own];
}

/** Why a person should look at a word of a source. */
export const WHY = {
  copies: 'these hold the same records, which count once: is one of them left from another day?',
  encoding: 'it is not UTF-8: is this how it was saved?',
  period: 'numbers of orders start anew in each file: this part of its name tells them apart',
  fillDown: 'only the first row of an order holds these: do the rows below it continue it?',
} as const;

function guessOf(mapping: FieldMapping | undefined): string | null {
  if (mapping === undefined) return null;
  const { from, sql, format } = mapping;
  const column = from === undefined ? sql : [from].flat().join(', ');
  return [column ?? '', ...(format === undefined ? [] : [`as ${[format].flat().join(' or ')}`])].join(' ');
}
