import { rmSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Workspace } from '../engine/workspace.js';
import { demandWhole } from '../kernel/demand-whole.js';
import { PamojaError } from '../kernel/errors.js';
import { type Log, silent } from '../kernel/log.js';
import { suggestion } from '../kernel/nearest.js';
import { ident, type Sql, sql } from '../kernel/sql.js';
import { untilStopped } from '../kernel/stopping.js';
import type { Project, Source } from '../model/config.js';
import { makeFindings } from '../quality/refuse-records.js';
import { filesOf } from '../sources/bytes/files.js';
import { columnsByField, type MappedRecord, mappedRecordOf, mappedRecords } from './mapped-records.js';
import { openWorkspace } from './open-workspace.js';
import { type ExtractedFeed, readSources } from './read-sources.js';
import { sampleHead } from './sample-head.js';

export type { PreviewFinding } from './mapped-records.js';

export interface PreviewOptions {
  /** Records of each entity; 5 unless told. */
  rows?: number;
  /** Records of the end of each entity beside them; none unless told. */
  last?: number;
  /** Only what becomes one of this entity. */
  entity?: string;
  /** Environment with the secrets that sources name; that of the process unless told. */
  env?: Record<string, string | undefined>;
  log?: Log;
  progress?: (source: string, read: number, total: number) => void;
  /** Stops it: then it throws PAM-RUN-001. */
  signal?: AbortSignal;
}

/** One record before and after mapping. */
export interface PreviewRow extends Omit<MappedRecord, 'filtered' | 'hash'> {
  /** `rejected` for its own sake; whether it refers to nothing, or repeats another, only a run can say. */
  verdict: 'accepted' | 'rejected' | 'filtered';
}

/** The first records of a source that become one entity. */
export interface PreviewFeed {
  entity: string;
  /** The columns that name a record. */
  key: string[];
  /** For each field the columns that it is made of. */
  from: Record<string, string[]>;
  rows: PreviewRow[];
}

export interface Preview {
  source: string;
  feeds: PreviewFeed[];
}

const ROWS = 5;

/**
 * Shows what the mapping makes of the first records of a source, and what the rules of single records find. Needs no
 * database. Errors: PAM-CLI-001 for a source or entity that is not known, those of reading, and
 * a RangeError for a number of rows that is none.
 */
export async function previewSource(
  project: Project,
  name: string,
  options: PreviewOptions = {},
): Promise<Preview> {
  return untilStopped('preview', options, (heeding) => preview(project, name, heeding));
}

async function preview(project: Project, name: string, options: PreviewOptions): Promise<Preview> {
  const source = chosen(project, name, options.entity);
  const log = options.log ?? silent;
  const { rows = ROWS, last = 0 } = options;
  demandWhole({ rows, last });
  const workspace = await openWorkspace(project, options.signal);
  try {
    const feeds = await readFirst(workspace, project, source, rows, options, log);
    const wanted = feeds.filter(
      (feed) => options.entity === undefined || feed.entity.name === options.entity,
    );
    await makeFindings(workspace);
    const shown: PreviewFeed[] = [];
    for (const feed of wanted) shown.push(await previewFeed(workspace, feed, rows, last));
    return { source: name, feeds: shown };
  } finally {
    await workspace.close();
  }
}

function chosen(project: Project, name: string, entity: string | undefined): Source {
  const source = project.sources.find((each) => each.name === name);
  if (source === undefined) {
    throw new PamojaError('PAM-CLI-001', `There is no source "${name}".`, {
      next: suggestion(
        name,
        project.sources.map((each) => each.name),
      ),
    });
  }
  const entities = source.feeds.map((feed) => feed.entity);
  if (entity === undefined || entities.includes(entity)) return source;
  throw new PamojaError('PAM-CLI-001', `The source "${name}" gives no ${entity}.`, {
    next: suggestion(entity, entities),
  });
}

/**
 * Of a large file of lines only the head is read. Where that does not work out, as where the cut went through a quoted
 * text, the whole file is.
 */
async function readFirst(
  workspace: Workspace,
  project: Project,
  source: Source,
  rows: number,
  options: PreviewOptions,
  log: Log,
): Promise<ExtractedFeed[]> {
  if (source.type === 'rest') {
    const only = { ...project, sources: [source] };
    return readSources(workspace, only, log, options.progress, {
      sample: true,
      env: options.env,
      signal: options.signal,
    });
  }
  const [file] = await filesOf(project.root, source);
  if (file === undefined) throw new RangeError('a source has at least one file');
  const inside = relative(project.root, file.path);
  const first = { ...source, path: [isAbsolute(inside) ? file.path : inside] };
  const read = (only: Source) =>
    readSources(workspace, { ...project, sources: [only] }, log, options.progress, {
      signal: options.signal,
    });
  const head = await sampleHead(file, source, workspace.dir, rows, options.last);
  if (head !== undefined) {
    try {
      const feeds = await read({ ...source, path: [relative(project.root, head)] });
      return feeds.map((feed) => ({ ...feed, files: [file.name] }));
    } catch (error) {
      if (!(error instanceof PamojaError) || !error.code.startsWith('PAM-SRC')) throw error;
      log.debug('The head of the file cannot be read by itself; reading all of it');
    } finally {
      rmSync(head, { force: true });
    }
  }
  return read(first);
}

async function previewFeed(
  workspace: Workspace,
  feed: ExtractedFeed,
  rows: number,
  last: number,
): Promise<PreviewFeed> {
  // What is not shown need not be mapped.
  await workspace.run(sql`DELETE FROM ${ident(feed.raw)}
    WHERE rowid >= ${rows} AND rowid < (SELECT count(*) FROM ${ident(feed.raw)}) - ${last}`);
  const mapped = await mappedRecords(workspace, feed);
  const torn = await workspace.rows<Record<string, unknown>>(tornSql(feed));
  const all = [...mapped, ...torn.map((record) => mappedRecordOf(feed, record))].map(judged);
  return {
    entity: feed.entity.name,
    key: feed.feed.key,
    from: columnsByField(feed),
    rows: all.sort((a, b) => a.ordinal - b.ordinal).slice(0, rows + last),
  };
}

function tornSql(feed: ExtractedFeed): Sql {
  return sql`SELECT _file, _ordinal, _line, false AS filtered, NULL AS key, '{}' AS before, '{}' AS after,
      json_array(json_object('severity', 'reject', 'rule', rule, 'field', NULL, 'reason', reason))::VARCHAR AS found
    FROM ${ident(feed.tornTable)} WHERE _grain = ${feed.grain} ORDER BY _ordinal LIMIT 100`;
}

function judged({ filtered, hash: _, ...record }: MappedRecord): PreviewRow {
  const rejected = record.found.some((each) => each.severity === 'reject');
  return { ...record, verdict: rejected ? 'rejected' : filtered ? 'filtered' : 'accepted' };
}
