import type { Feed, Source } from '../model/config.js';
import type { Place, TracedFinding } from './trace.js';

/** A record as its source says it now. */
export interface ReadRecord {
  place: Place;
  key: string | null;
  hash: string | null;
  before: Record<string, string | null>;
  after: Record<string, string | null>;
  /** The same as `after`, but where the configuration alone gives a value there is none. */
  given: Record<string, string | null>;
  found: (TracedFinding & { field: string | null })[];
  /** Neither filtered nor refused for its own sake. */
  stands: boolean;
}

/** What is known of a source: its mapping, and what reading it again found of the records that were asked for. */
export interface SourceReading {
  name: string;
  /** Absent where the configuration no longer has the source, or it no longer gives the entity. */
  source: Source | undefined;
  feed: Feed | undefined;
  /** For each field the columns that it is made of. */
  columns: Record<string, string[]>;
  /** Fields that no column gives and that follow from others. */
  derived: readonly string[];
  read: boolean;
  records: ReadRecord[];
  /** What to know of a file, by its name; '' for the source as a whole. */
  notes: Record<string, string>;
}
