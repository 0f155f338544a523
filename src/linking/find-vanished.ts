import type { Workspace } from '../engine/workspace.js';
import { any, literal, raw, sql } from '../kernel/sql.js';
import { type Entity, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';
import { guardVanishing } from '../model/vanished-guard.js';

export interface DeliveredFeed extends FeedRef {
  /** Candidates that could not be read as records. */
  torn: number;
  /** The period of each file, where ids restart in each. */
  periods: string[] | undefined;
  /** From this file on, records were brought back from an earlier run: nobody delivered it. */
  returnedFrom?: number;
}

/**
 * Lists the keys that a snapshot held before and holds no longer, with the source's policy. Parts are left out: what
 * becomes of them follows from their whole. Errors: PAM-SRC-012 where a source came empty, PAM-SRC-013 where more
 * vanished than the project allows; both only where vanished records would be marked or deleted.
 */
export async function findVanished(
  workspace: Workspace,
  entity: Entity,
  feeds: readonly DeliveredFeed[],
  maxShare: number,
): Promise<void> {
  const vanished = tables.vanished(entity.name);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${vanished} (source VARCHAR, key VARCHAR, policy VARCHAR)`);
  if (wholeOf(entity) !== undefined) return;
  if ((await workspace.size(tables.priorLinks(entity.name))) === 0) return;
  const sources = new Map(feeds.map((feed) => [feed.source.name, feed.source]));
  for (const source of sources.values()) {
    const own = feeds.filter((feed) => feed.source.name === source.name);
    // A torn record has no key: what seems to be gone may be what could not be read.
    if (source.delivery === 'addition' || own.some((feed) => feed.torn > 0)) continue;
    // A restated period says nothing of other periods, and masters have none.
    if (source.delivery === 'period' && entity.kind === 'master') continue;
    const periods = [...new Set(own.flatMap((feed) => feed.periods?.slice(0, feed.returnedFrom) ?? []))];
    const spoken =
      source.delivery === 'period'
        ? any(periods.map((period) => sql`starts_with(key, ${literal(`${period}/`)})`))
        : sql`true`;
    const indexes = raw(own.map((feed) => feed.index).join(', '));
    const { held, given, gone } = await workspace.row<{ held: number; given: number; gone: number }>(sql`
      WITH prior AS (SELECT key FROM ${tables.priorLinks(entity.name)}
        WHERE source = ${literal(source.name)} AND NOT deleted AND NOT placeholder AND ${spoken}),
      now AS (SELECT DISTINCT key FROM ${tables.mapped(entity.name)} WHERE feed IN (${indexes}) AND NOT filtered)
      SELECT (SELECT count(*) FROM prior) AS held, (SELECT count(*) FROM now) AS given,
        (SELECT count(*) FROM prior WHERE key NOT IN (SELECT key FROM now WHERE key IS NOT NULL)) AS gone`);
    const settled = own.reduce(
      (sum, feed) => sum + (feed.settled?.lead ?? 0) + (feed.settled?.merged ?? 0),
      0,
    );
    if (source.vanished !== 'keep') {
      const counts = { held: held + settled, given: given + settled, gone };
      guardVanishing(source, entity.name, counts, maxShare);
    }
    if (gone === 0) continue;
    await workspace.run(sql`INSERT INTO ${vanished}
      SELECT source, key, ${literal(source.vanished)} FROM ${tables.priorLinks(entity.name)}
      WHERE source = ${literal(source.name)} AND NOT deleted AND NOT placeholder AND ${spoken} AND key NOT IN
        (SELECT key FROM ${tables.mapped(entity.name)} WHERE feed IN (${indexes}) AND NOT filtered AND key IS NOT NULL)`);
  }
}
