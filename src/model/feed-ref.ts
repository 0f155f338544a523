import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Feed, Source } from './config.js';
import type { Entity } from './entity.js';

/** What the steps after mapping need to know of a feed. */
export interface FeedRef {
  /** Position among all feeds of the project; the `feed` column of the mapped table. */
  index: number;
  feed: Feed;
  source: Source;
  entity: Entity;
  /** The table `rec` of the raw records that this run looks at; absent where it looks at all. */
  affected?: Sql | undefined;
  /** How many of its records are settled: as they were, and out of reach of what changed. */
  settled?: SettledCount | undefined;
  /** The period of each file, where ids restart in each. */
  periods?: string[] | undefined;
  /** From this file on, records were brought back from an earlier run: nobody delivered it. */
  returnedFrom?: number;
}

/** What the settled records of a feed came to. */
export interface SettledCount {
  /** Accepted, and the row of the unified table counts for it. */
  lead: number;
  /** Accepted, and another record counts for the row. */
  merged: number;
  repeated: number;
  filtered: number;
}

/** The name of the source of a candidate, from its feed. */
export function sourceOf(feeds: readonly FeedRef[], column: Sql = ident('feed')): Sql {
  return byFeed(feeds, column, (feed) => literal(feed.source.name), sql`NULL::VARCHAR`);
}

/** The priority of the source of a candidate: 1 is believed first. */
export function priorityOf(feeds: readonly FeedRef[], column: Sql = ident('feed')): Sql {
  return byFeed(feeds, column, (feed) => sql`${feed.source.priority}`, sql`NULL::INTEGER`);
}

function byFeed(feeds: readonly FeedRef[], column: Sql, value: (feed: FeedRef) => Sql, none: Sql): Sql {
  if (feeds.length === 0) return none;
  return sql`CASE ${column} ${joined(
    feeds.map((feed) => sql`WHEN ${feed.index} THEN ${value(feed)}`),
    ' ',
  )} END`;
}
