import type { Workspace } from '../engine/workspace.js';
import { ident, literal, raw, sql } from '../kernel/sql.js';
import { wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';

/** A feed whose reader can tell which records lost a line. */
export interface IncompleteFeed extends FeedRef {
  grain: number;
  incomplete: string | undefined;
}

/** Refuses wholes of which a nested part could not even be read: the part has no key by which to take them along. */
export async function refuseIncomplete(
  workspace: Workspace,
  feeds: readonly IncompleteFeed[],
): Promise<void> {
  for (const part of feeds) {
    const whole = wholeOf(part.entity)?.entity;
    if (whole === undefined || part.incomplete === undefined) continue;
    const given = feeds.filter(
      (feed) =>
        feed.entity.name === whole && feed.source.name === part.source.name && feed.feed.each === undefined,
    );
    if (given.length === 0) continue;
    const reason = literal(`one of its ${part.entity.name.replaceAll('_', ' ')} could not be read`);
    await workspace.run(sql`INSERT INTO ${tables.refused(whole)}
      SELECT m.rowid, 'structure', '', NULL, ${reason}, NULL, NULL, false
      FROM ${tables.mapped(whole)} m JOIN ${ident(part.incomplete)} i ON i.rec = m.rec AND i._grain = ${part.grain}
      WHERE m.feed IN (${raw(given.map((feed) => feed.index).join(', '))}) AND NOT m.filtered
        AND m.rowid NOT IN (SELECT seq FROM ${tables.refused(whole)})
        AND m.rowid NOT IN (SELECT seq FROM ${tables.repeated(whole)})`);
  }
}
