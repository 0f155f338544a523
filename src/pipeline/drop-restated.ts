import type { Workspace } from '../engine/workspace.js';
import { ident, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { type Entity, wholeOf } from '../model/entity.js';
import { tables } from '../model/tables.js';
import type { ExtractedFeed } from './read-sources.js';
import { RETURNED_AS } from './retry-waiting.js';

/**
 * Leaves out what was brought back from an earlier run and is not wanted any more: a record that the source has
 * given anew since, the lines of such an order, what is known of a customer or product already, which is newer, and an
 * order that stands already, of which only a line waited in the same row. They count as filtered.
 */
export async function dropRestated(
  workspace: Workspace,
  feeds: readonly ExtractedFeed[],
  entities: readonly Entity[],
): Promise<void> {
  for (const feed of feeds) {
    if (feed.returnedFrom === undefined || !entities.includes(feed.entity)) continue;
    const { entity, source, index } = feed;
    const mapped = tables.mapped(entity.name);
    const whole = wholeOf(entity);
    const known =
      entity.kind === 'master'
        ? sql`OR key IN (SELECT key FROM ${tables.priorRecords(entity.name)} WHERE source = ${literal(source.name)})`
        : sql``;
    const lines = whole === undefined ? sql`` : sql`OR ${ident(whole.name)} IN (${givenWholes(feed, feeds)})`;
    const stood =
      entity.kind === 'document' && whole === undefined ? sql`OR key NOT IN (${returning(feed)})` : sql``;
    await workspace.run(sql`UPDATE ${mapped} SET filtered = true
      WHERE feed = ${index} AND file >= ${feed.returnedFrom} AND NOT filtered AND (key IN (${given(feed)}) ${known} ${lines} ${stood})`);
  }
}

/** The keys of documents that were refused themselves, and come back for that. */
function returning({ entity, index, raw: table, returnedFrom }: ExtractedFeed): Sql {
  return sql`SELECT m.key FROM ${tables.mapped(entity.name)} m JOIN ${RETURNED_AS} r ON r.file = m.file AND r.ordinal = m.ordinal
    WHERE m.feed = ${index} AND m.file >= ${returnedFrom ?? 0} AND m.key IS NOT NULL
      AND r.raw = ${literal(table)} AND r.entity = ${literal(entity.name)}`;
}

/** The keys that a feed gives in the files that are there now. */
function given({ entity, index, returnedFrom }: ExtractedFeed): Sql {
  const now = returnedFrom === undefined ? sql`true` : sql`file < ${returnedFrom}`;
  return sql`SELECT key FROM ${tables.mapped(entity.name)}
    WHERE feed = ${raw(String(index))} AND ${now} AND NOT filtered AND key IS NOT NULL`;
}

function givenWholes(part: ExtractedFeed, feeds: readonly ExtractedFeed[]): Sql {
  const reference = wholeOf(part.entity);
  const source = part.feed.fields[reference?.name ?? '']?.source ?? part.source.name;
  const whole = feeds.find((each) => each.entity.name === reference?.entity && each.source.name === source);
  return whole === undefined ? sql`NULL` : given(whole);
}
