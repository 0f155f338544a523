import type { SourceType } from '../../model/config.js';
import type { GuessedFeed } from './guess-feed.js';

/** A source as it seems to be. */
export interface GuessedSource {
  name: string;
  type: SourceType;
  path: string;
  /** What says what it holds: its path, and behind it the sheet. */
  about: string;
  /** Of a workbook that has several. */
  sheet?: string;
  example: string;
  second?: string;
  others?: string[];
  files: number;
  /** Paths of files that hold the same records once more. */
  copies?: string[];
  /** Where ids start anew in each file: which part of its name tells them apart. */
  period?: string;
  records?: string;
  encoding?: 'windows-1252';
  /** The line of the names, where a title stands above it. */
  header?: number;
  /** Columns that only the first row of an order fills. */
  fillDown?: string[];
  /** What stands before the decimals, where it is no point. */
  decimal?: ',';
  /** Empty where nobody can tell what it holds. */
  feeds: GuessedFeed[];
  columns: string[];
}

/** What a source seems to hold of an entity. */
export function feedOf({ feeds }: Pick<GuessedSource, 'feeds'>, entity: string): GuessedFeed | undefined {
  return feeds.find((feed) => feed.entity === entity);
}
