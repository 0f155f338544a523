import type { Workspace } from '../engine/workspace.js';
import type { Log } from '../kernel/log.js';
import { ident, sql } from '../kernel/sql.js';
import type { Feed, Project, Source } from '../model/config.js';
import { columnsOfFeed } from '../quality/columns-of-feed.js';
import { periodOf, planFeed } from '../quality/feed-plan.js';
import { fillDown } from '../quality/fill-down.js';
import type { ReadFeed } from '../quality/list-rejects.js';
import { readerOf } from '../sources/reader-of.js';
import type { Grain, ReadContext } from '../sources/source-reader.js';
import { projectEnvironment } from '../store/target.js';

/** A feed that was read, mapped to SQL, and counted independently. */
export interface ExtractedFeed extends ReadFeed {
  counted: number[];
  fingerprints: string[];
  /** Table of records that lost a line, where the reader can tell. */
  incomplete: string | undefined;
  /** Candidates that could not be read as records. */
  torn: number;
  /** From this file on, records were brought back from an earlier run; their files are no longer there. */
  returnedFrom?: number;
  /** The one currency of each measure of its settled records. */
  settledCurrencies?: Readonly<Record<string, string>> | undefined;
}

export interface ReadOptions {
  /** Environment with the secrets that sources name, beside the project's `.env`; that of the process unless told. */
  env?: Record<string, string | undefined> | undefined;
  /** When each source was last read for a run that was published. */
  lastRead?: ReadonlyMap<string, Date>;
  /** Only the first records are wanted, where a source can be asked for them alone. */
  sample?: boolean;
  /** Stops the reading of files, and what waits for an API. */
  signal?: AbortSignal | undefined;
}

/** Reads every source into raw tables of mapped columns, and compiles every mapping. */
export async function readSources(
  workspace: Workspace,
  project: Project,
  log: Log,
  progress?: (source: string, read: number, total: number) => void,
  options: ReadOptions = {},
): Promise<ExtractedFeed[]> {
  const feeds: ExtractedFeed[] = [];
  const env = projectEnvironment(project.root, options.env ?? process.env);
  for (const source of project.sources) {
    log.step(`Reading ${source.name}`);
    const context: ReadContext = {
      workspace,
      log,
      root: project.root,
      entities: project.entities,
      env,
      lastRead: options.lastRead?.get(source.name),
      sample: options.sample ?? false,
      signal: options.signal,
      progress: (read, total) => {
        options.signal?.throwIfAborted();
        progress?.(source.name, read, total);
      },
    };
    feeds.push(...(await readSource(context, project, source, feeds.length)));
  }
  return feeds;
}

async function readSource(
  context: ReadContext,
  project: Project,
  source: Source,
  offset: number,
): Promise<ExtractedFeed[]> {
  const { workspace } = context;
  const reader = await readerOf(source.type);
  const grains = await grainsOf(context, source);
  const result = await reader.read(context, source, grains);
  for (const [grain, { table: raw, grain: of }] of result.raw.entries()) {
    const fill = fillDown(source, { raw, columns: of.columns, torn: result.torn, grain });
    if (fill !== undefined) await workspace.run(fill);
  }
  const feeds: ExtractedFeed[] = [];
  for (const [i, feed] of source.feeds.entries()) {
    const grain = result.raw.findIndex((each) => each.grain.each === feed.each);
    const table = result.raw[grain];
    if (table === undefined)
      throw new RangeError(`the reader gave no table for ${feed.each ?? 'the records'}`);
    const files = result.files.map((file) => file.name);
    const plan = planFeed(project, source, feed, {
      index: offset + i,
      raw: table.table,
      files,
      columns: table.grain.columns,
      copies: copiesAmong(source, result.files),
    });
    const torn = await workspace.count(
      sql`SELECT count(*) FROM ${ident(result.torn)} WHERE _grain = ${grain}`,
    );
    feeds.push({
      ...plan,
      tornTable: result.torn,
      incomplete: result.incomplete,
      grain,
      torn,
      columns: table.grain.columns,
      counted: result.files.map((file) => file.counted[grain] ?? 0),
      fingerprints: result.files.map((file) => file.sha256),
      locate: (refused, output) => result.locate(grain, refused, output),
    });
  }
  return feeds;
}

/** Files with the same bytes as an earlier one of the same period. The same sales twice would count twice. */
function copiesAmong(source: Source, files: readonly { name: string; sha256: string }[]): number[] {
  const period = (name: string) => (source.period === undefined ? '' : periodOf(source, name));
  return files.flatMap((file, i) => {
    const first = files.findIndex(
      (each) => each.sha256 === file.sha256 && period(each.name) === period(file.name),
    );
    return first < i ? [i] : [];
  });
}

/** The grains that the feeds of a source use, the records first. */
async function grainsOf(context: ReadContext, source: Source): Promise<Grain[]> {
  const spoken = source.feeds.some((feed) => speaksSql(feed));
  const available = spoken ? await (await readerOf(source.type)).columns(context, source) : [];
  const grains = new Map<string | undefined, Set<string>>();
  const order = [...source.feeds].sort((a, b) => Number(a.each !== undefined) - Number(b.each !== undefined));
  for (const feed of order) {
    const columns = grains.get(feed.each) ?? new Set();
    const named = feed.each === undefined ? available : withinLine(available, feed.each);
    for (const column of columnsOfFeed(feed, named)) columns.add(column);
    grains.set(feed.each, columns);
  }
  return [...grains].map(([each, columns]) => ({ each, columns: [...columns] }));
}

function speaksSql(feed: Feed): boolean {
  return feed.where !== undefined || Object.values(feed.fields).some((mapping) => mapping.sql !== undefined);
}

/** Seen from a line its own members have short paths, and those of the record start with `^`. */
function withinLine(available: readonly string[], each: string): string[] {
  return available.map((column) =>
    column.startsWith(`${each}[].`) ? column.slice(each.length + 3) : `^${column}`,
  );
}
