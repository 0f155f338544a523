import type { Workspace } from '../engine/workspace.js';
import { sayOne } from '../kernel/say-number.js';
import { ident, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { type Entity, type Reference, wholeOf } from '../model/entity.js';
import { comesWith } from '../model/gives-all-parts.js';
import { tables } from '../model/tables.js';
import { broughtBack } from './brought-back.js';
import { keepNumbers } from './keep-numbers.js';
import type { ExtractedFeed } from './read-sources.js';

/**
 * Leaves out what was brought back from an earlier run and is not wanted any more: a record that the source has
 * given anew since, the lines of such an order, what is known of a customer or product already, which is newer, and an
 * order that stands already, of which only a line waited in the same row. They count as filtered.
 */
export async function dropRestated(
  workspace: Workspace,
  feeds: readonly ExtractedFeed[],
  entities: readonly Entity[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  for (const feed of feeds) {
    if (!entities.includes(feed.entity)) continue;
    await keepNumbers(workspace, feed, feeds);
    if (feed.returnedFrom === undefined) continue;
    const { entity, source, index } = feed;
    const mapped = tables.mapped(entity.name);
    const whole = wholeOf(entity);
    const known =
      entity.kind === 'master'
        ? sql`OR key IN (SELECT key FROM ${tables.priorRecords(entity.name)} WHERE source = ${literal(source.name)})`
        : sql``;
    const lines = whole === undefined ? sql`` : sql`OR ${linesRestated(feed, whole, feeds, integrity)}`;
    const stood =
      entity.kind === 'document' && whole === undefined ? sql`OR key NOT IN (${returning(feed)})` : sql``;
    await workspace.run(sql`UPDATE ${mapped} SET filtered = true
      WHERE feed = ${index} AND file >= ${feed.returnedFrom} AND NOT filtered AND (key IN (${given(feed)}) ${known} ${lines} ${stood})`);
  }
}

/**
 * Lines of an order that is given anew with its lines. Where another source gives orders they may come without, or with
 * some: there the order is given anew where lines were refused for its sake only, and every one of them is. Where none
 * was, nothing tells a line that comes instead from one that comes beside it, and what waits is not lost.
 */
function linesRestated(
  feed: ExtractedFeed,
  whole: Reference,
  feeds: readonly ExtractedFeed[],
  integrity: 'whole' | 'lines',
): Sql {
  const order = ident(whole.name);
  const restated = sql`${order} IN (${givenWholes(feed, feeds)})`;
  if (comesWith(whole.entity, feed.source.name, feeds)) return restated;
  if (integrity === 'lines') return sql`false`;
  const anew = sql`SELECT m.${order} ${broughtBack(feed)} AND b.taken AND m.${order} IS NOT NULL
    GROUP BY 1 HAVING bool_and((m.key, m.${order}) IN (${given(feed, order)}))`;
  return sql`(${restated} AND ${order} IN (${anew}))`;
}

/**
 * Lets lines wait on that were refused with their order, where an older version of it stands and it does not come anew:
 * half a correction is worse than none.
 */
export async function holdBack(
  workspace: Workspace,
  part: Entity,
  feeds: readonly ExtractedFeed[],
): Promise<void> {
  const whole = wholeOf(part);
  if (whole === undefined || feeds.every((feed) => feed.returnedFrom === undefined)) return;
  const one = sayOne(whole.entity);
  for (const feed of feeds.filter((each) => each.returnedFrom !== undefined)) {
    await workspace.run(sql`INSERT INTO ${tables.refused(part.name)}
      SELECT r.seq, 'cascade', ${literal(whole.name)}, c.named,
        ${literal(`its ${one} was refused and has not come anew; it waits and is tried again at every run`)}, NULL, NULL, true
      FROM ${tables.resolved(part.name, whole.name)} r
      JOIN (SELECT m.rowid AS seq, m.${ident(whole.name)} AS named ${broughtBack(feed)} AND b.taken) c ON c.seq = r.seq
      WHERE r.id IS NOT NULL AND r.target_seq IS NULL AND r.seq NOT IN (SELECT seq FROM ${tables.refused(part.name)})`);
  }
}

/** The keys of documents that were refused themselves, and come back for that. */
function returning(feed: ExtractedFeed): Sql {
  return sql`SELECT m.key ${broughtBack(feed)} AND m.key IS NOT NULL`;
}

/** The keys that a feed gives in the files that are there now, with the value of a column where one is named. */
function given({ entity, index, returnedFrom }: ExtractedFeed, beside?: Sql): Sql {
  const now = returnedFrom === undefined ? sql`true` : sql`file < ${returnedFrom}`;
  return sql`SELECT ${beside === undefined ? sql`key` : sql`(key, ${beside})`} FROM ${tables.mapped(entity.name)}
    WHERE feed = ${raw(String(index))} AND ${now} AND NOT filtered AND key IS NOT NULL`;
}

function givenWholes(part: ExtractedFeed, feeds: readonly ExtractedFeed[]): Sql {
  const reference = wholeOf(part.entity);
  const source = part.feed.fields[reference?.name ?? '']?.source ?? part.source.name;
  const whole = feeds.find((each) => each.entity.name === reference?.entity && each.source.name === source);
  return whole === undefined ? sql`NULL` : given(whole);
}
