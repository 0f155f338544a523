import type { FeedRef } from './feed-ref.js';

/** Whether a whole that is delivered comes with all its parts: nested, in the same rows, or in a snapshot of its own. */
export function givesAllParts(feed: FeedRef, whole: string, feeds: readonly FeedRef[]): boolean {
  return feed.source.delivery === 'snapshot' || comesWith(whole, feed.source.name, feeds);
}

/** Whether a source gives the wholes, too. */
export function comesWith(whole: string, source: string, feeds: readonly FeedRef[]): boolean {
  return feeds.some((each) => each.entity.name === whole && each.source.name === source);
}
