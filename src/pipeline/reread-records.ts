import type { Workspace } from '../engine/workspace.js';
import type { Log } from '../kernel/log.js';
import { ident, literals, type Sql, sql } from '../kernel/sql.js';
import type { FieldMapping, Project, Source } from '../model/config.js';
import { wholeOf } from '../model/entity.js';
import { filledReferences, inPeriod, keySql, planFeed } from '../quality/feed-plan.js';
import { makeFindings } from '../quality/refuse-records.js';
import type { ReadRecord } from '../tracing/source-reading.js';
import { columnsByField, type MappedRecord, mappedRecords } from './mapped-records.js';
import { type ExtractedFeed, readSources } from './read-sources.js';

/** What a source says now of the records that were asked for. */
export interface Reread {
  columns: Record<string, string[]>;
  derived: string[];
  records: ReadRecord[];
  /** SHA-256 of each file as it is now, by its name. */
  files: Map<string, string>;
}

/** How to read: the environment with secrets, and who hears of it. */
export interface Rereading {
  env: Record<string, string | undefined> | undefined;
  log: Log;
  progress: ((source: string, read: number, total: number) => void) | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Reads a source again, and gives the records that it has under some keys of an entity, before and after mapping.
 * Only they are mapped, so it costs what reading costs. Errors: those of reading.
 */
export async function rereadRecords(
  workspace: Workspace,
  project: Project,
  source: Source,
  entity: string,
  keys: readonly string[],
  how: Rereading,
): Promise<Reread> {
  const only = { ...project, sources: [source] };
  const feeds = await readSources(workspace, only, how.log, how.progress, {
    env: how.env,
    signal: how.signal,
  });
  const feed = feeds.find((each) => each.entity.name === entity);
  if (feed === undefined) throw new RangeError(`${source.name} gives no ${entity}`);
  const picked = `picked_${source.name}`;
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${ident(picked)} AS SELECT * FROM ${ident(feed.raw)} WHERE ${picking(feed, keys)}`,
  );
  await makeFindings(workspace);
  const wanted = sql`key IN ${literals(keys)}`;
  const bare = withoutDefaults(only, { ...feed, raw: picked });
  const given = bare === undefined ? [] : await mappedRecords(workspace, bare, wanted);
  const records = await mappedRecords(workspace, { ...feed, raw: picked }, wanted);
  await workspace.drop(picked, feed.raw);
  return {
    columns: columnsByField(feed),
    derived: [...feed.derived.keys()],
    records: records.map((record, i) => readRecord(record, given[i])),
    files: new Map(feed.files.map((file, i) => [file, feed.fingerprints[i] ?? ''])),
  };
}

function readRecord(record: MappedRecord, given: MappedRecord | undefined): ReadRecord {
  const { file, line, ordinal, key, hash, before, after, found, filtered } = record;
  const stands = !filtered && found.every((each) => each.severity !== 'reject');
  return {
    place: { file, line, ordinal },
    key,
    hash,
    before,
    after,
    given: given?.after ?? after,
    found,
    stands,
  };
}

/** Which raw records may have one of the keys. A line that is numbered needs all lines of its whole beside it. */
function picking(feed: ExtractedFeed, keys: readonly string[]): Sql {
  if (feed.feed.key.length > 0) return sql`${keySql(feed)} IN ${literals(keys)}`;
  const whole = wholeOf(feed.entity);
  const reference = feed.compiled.find((each) => each.field.name === whole?.name);
  const at = filledReferences(feed).findIndex((field) => field.name === whole?.name);
  if (reference === undefined || at < 0) return sql`false`;
  const wholes = keys.map((key) => partsOf(key)[at] ?? '');
  const value = sql`coalesce(${reference.value}, '')`;
  const named = feed.periods === undefined ? value : inPeriod(feed.periods, value);
  return sql`rowid IN (SELECT rec FROM (SELECT rowid AS rec, _file, ${reference.text} AS ${ident(reference.textColumn)}
    FROM ${ident(feed.raw)}) WHERE ${named} IN ${literals(wholes)})`;
}

/** The parts of a key of several columns; within a part `\` and `|` stand behind a `\`. */
function partsOf(key: string): string[] {
  return (key.match(/(?:\\.|[^|\\])*(?:\||$)/gs) ?? []).map((part) =>
    part.replace(/\|$/, '').replace(/\\(.)/gs, '$1'),
  );
}

/**
 * The feed as it would be if the configuration gave no value of its own: what then is missing, it gave. Nothing where
 * it gives none.
 */
function withoutDefaults(project: Project, feed: ExtractedFeed): ExtractedFeed | undefined {
  const mappings = Object.entries(feed.feed.fields);
  const currencies = (feed.entity.measures ?? []).map((measure) => measure.currency);
  const defaulting = mappings.some(
    ([name, mapping]) =>
      mapping.default !== undefined ||
      (mapping.constant === undefined && feed.source.currency !== '' && currencies.includes(name)),
  );
  if (!defaulting) return undefined;
  const source = { ...feed.source, currency: '' };
  const fields = Object.fromEntries(
    mappings.map(([name, mapping]): [string, FieldMapping] => {
      const { default: _, ...rest } = mapping;
      return [name, mapping.from === undefined && mapping.sql === undefined ? mapping : rest];
    }),
  );
  const { index, raw, files, columns, copies } = feed;
  const plan = planFeed(project, source, { ...feed.feed, fields }, { index, raw, files, columns, copies });
  return { ...feed, ...plan };
}
