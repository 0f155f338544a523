import type { Workspace } from '../engine/workspace.js';
import { ident, literal, literals, sql } from '../kernel/sql.js';
import { type Entity, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';

/**
 * Adds to `findings` the wholes that lose parts because an addition, each of whose rows is a part and repeats its
 * whole, gives them without: whether they were corrected, or their other file is gone, no row says. Where parts are
 * nested, the whole itself says which it has. Needs `changes`.
 */
export async function tellLostParts(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Promise<void> {
  for (const part of entities) {
    const reference = wholeOf(part);
    const whole = entities.find(({ name }) => name === reference?.entity);
    if (reference === undefined || whole === undefined) continue;
    const sources = feeds
      .filter((feed) => feed.entity === part && sharesRows(feed, whole, feeds))
      .map(({ source }) => source.name);
    const prior = tables.priorRows(part.name);
    if (sources.length === 0 || (await workspace.size(prior)) === 0) continue;
    const measure = whole.measures?.[0]?.field;
    const [field, was] =
      measure === undefined ? [sql`NULL`, sql`NULL`] : [literal(measure), sql`w.${ident(measure)}::VARCHAR`];
    const of = part.name.replaceAll('_', ' ');
    const reason = `comes without some of the ${of} that it had, and they were deleted: it is what the files that are there give of it`;
    await workspace.run(sql`INSERT INTO ${tables.findings}
      SELECT ${literal(whole.name)}, m.feed, m.rowid, 'warn', 'lost-parts', ${field}, ${was}, ${literal(reason)}
      FROM (SELECT DISTINCT p.${ident(reference.name)} AS id FROM ${prior} p
        JOIN ${tables.changes(part.name)} c ON c.id = p.${ident(part.id)} AND c.action = 'deleted'
        WHERE p.source_system IN ${literals(sources)}) lost
      JOIN ${tables.golden(whole.name)} g ON g.id = lost.id AND g.lead IS NOT NULL
      JOIN ${tables.mapped(whole.name)} m ON m.rowid = g.lead
      JOIN ${tables.priorRows(whole.name)} w ON w.${ident(whole.id)} = lost.id`);
  }
}

function sharesRows({ source, feed }: FeedRef, whole: Entity, feeds: readonly FeedRef[]): boolean {
  const beside = feeds.some(
    (each) => each.entity === whole && each.source.name === source.name && each.feed.each === feed.each,
  );
  return source.delivery === 'addition' && beside;
}
