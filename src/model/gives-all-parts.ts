import { all, any, literal, type Sql, sql } from '../kernel/sql.js';
import type { FeedRef } from './feed-ref.js';

/** Whether a whole that is delivered comes with all its parts: nested, in the same rows, or in a snapshot of its own. */
function givesAllParts(feed: FeedRef, whole: string, feeds: readonly FeedRef[]): boolean {
  return feed.source.delivery === 'snapshot' || comesWith(whole, feed.source.name, feeds);
}

/** Whether a source gives the wholes, too. */
export function comesWith(whole: string, source: string, feeds: readonly FeedRef[]): boolean {
  return feeds.some((each) => each.entity.name === whole && each.source.name === source);
}

/**
 * SQL over parts published before, true of those whose source gives all parts anew of a whole that comes again. One that
 * restates periods does so for those of the files that are there.
 */
export function givenWhole(part: string, whole: string, feeds: readonly FeedRef[]): Sql {
  const conditions = feeds
    .filter((feed) => feed.entity.name === part)
    .flatMap((feed) => {
      const own = sql`source_system = ${literal(feed.source.name)}`;
      if (givesAllParts(feed, whole, feeds)) return [own];
      const periods = [...new Set(feed.periods?.slice(0, feed.returnedFrom) ?? [])];
      if (feed.source.delivery !== 'period' || periods.length === 0) return [];
      const spoken = any(periods.map((period) => sql`starts_with(source_key, ${literal(`${period}/`)})`));
      return [all([own, spoken])];
    });
  return conditions.length === 0 ? sql`false` : sql`coalesce(${any(conditions)}, false)`;
}
