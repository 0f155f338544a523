import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { tables } from '../model/tables.js';
import type { ExtractedFeed } from './read-sources.js';

/**
 * Of which entities a record that was brought back was a refused candidate, under which key, and whether it was so for
 * the sake of its whole: `(raw, file, ordinal, entity, key, taken)`.
 */
export const RETURNED_AS = ident('returned_as');

/** FROM and WHERE of the candidates `m` that were brought back because they were refused themselves, `b`. */
export function broughtBack({ entity, index, raw: table, returnedFrom }: ExtractedFeed): Sql {
  return sql`FROM ${tables.mapped(entity.name)} m JOIN ${RETURNED_AS} b ON b.file = m.file AND b.ordinal = m.ordinal
    WHERE m.feed = ${index} AND m.file >= ${returnedFrom ?? 0}
      AND b.raw = ${literal(table)} AND b.entity = ${literal(entity.name)}`;
}

/** Whether the file of a reject `r`, whose ledger line is `l`, is there with the same content. */
export function isThere({ files, fingerprints }: ExtractedFeed): Sql {
  const here = files.map((file, i) => sql`(${literal(file)}, ${literal(fingerprints[i] ?? '')})`);
  return sql`(r.file, coalesce(l.sha256, '')) IN (${joined([sql`('', '')`, ...here])})`;
}
