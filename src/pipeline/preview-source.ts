import { rmSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { type Log, silent } from '../kernel/log.js';
import { suggestion } from '../kernel/nearest.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { FieldMapping, Project, Source } from '../model/config.js';
import { tables } from '../model/tables.js';
import { columnsOfMapping } from '../quality/columns-of-feed.js';
import { mapRecords } from '../quality/map-records.js';
import { makeFindings, refuseRecords } from '../quality/refuse-records.js';
import { filesOf } from '../sources/bytes/files.js';
import { openWorkspace } from './open-workspace.js';
import { type ExtractedFeed, readSources } from './read-sources.js';
import { sampleHead } from './sample-head.js';

export interface PreviewOptions {
  /** Records of each entity; 5 unless told. */
  rows?: number;
  /** Only what becomes one of this entity. */
  entity?: string;
  log?: Log;
  progress?: (source: string, read: number, total: number) => void;
}

/** What a rule found in one record. */
export interface PreviewFinding {
  severity: string;
  rule: string;
  field: string | null;
  reason: string;
}

/** One record before and after mapping. */
export interface PreviewRow {
  file: string;
  /** Null for kinds of files without lines. */
  line: number | null;
  ordinal: number;
  /** By which the source's other records refer to it. */
  key: string | null;
  /** `rejected` for its own sake; whether it refers to nothing, or repeats another, only a run can say. */
  verdict: 'accepted' | 'rejected' | 'filtered';
  /** Mapped columns only, as the source has them. */
  before: Record<string, string | null>;
  after: Record<string, string | null>;
  found: PreviewFinding[];
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
 * database. Errors: PAM-CLI-001 for a source or entity that is not known, and those of reading.
 */
export async function previewSource(
  project: Project,
  name: string,
  options: PreviewOptions = {},
): Promise<Preview> {
  const source = chosen(project, name, options.entity);
  const log = options.log ?? silent;
  const rows = options.rows ?? ROWS;
  const workspace = await openWorkspace(project);
  try {
    const feeds = await readFirst(workspace, project, source, rows, options, log);
    const wanted = feeds.filter(
      (feed) => options.entity === undefined || feed.entity.name === options.entity,
    );
    await makeFindings(workspace);
    const shown: PreviewFeed[] = [];
    for (const feed of wanted) shown.push(await previewFeed(workspace, feed, rows));
    return { source: name, feeds: shown };
  } finally {
    workspace.close();
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
    return readSources(workspace, only, log, options.progress, { sample: true });
  }
  const [file] = await filesOf(project.root, source);
  if (file === undefined) throw new RangeError('a source has at least one file');
  const inside = relative(project.root, file.path);
  const first = { ...source, path: [isAbsolute(inside) ? file.path : inside] };
  const read = (only: Source) =>
    readSources(workspace, { ...project, sources: [only] }, log, options.progress);
  const head = await sampleHead(file, source, workspace.dir, rows);
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

async function previewFeed(workspace: Workspace, feed: ExtractedFeed, rows: number): Promise<PreviewFeed> {
  // What is not shown need not be mapped.
  await workspace.run(sql`DELETE FROM ${ident(feed.raw)} WHERE rowid >= ${rows}`);
  await mapRecords(workspace, feed.entity, [feed]);
  await refuseRecords(workspace, feed.entity, [feed]);
  const { name } = feed.entity;
  await workspace.run(
    sql`CREATE OR REPLACE TEMP TABLE previewed AS SELECT rowid AS seq, rec, file AS _file, ordinal AS _ordinal FROM ${tables.mapped(name)}`,
  );
  await feed.locate('previewed', 'preview_lines');
  const records = await workspace.rows<Record<string, never>>(recordsSql(feed));
  const mapped = records.map((record) => rowOf(feed, record));
  const torn = await workspace.rows<Record<string, never>>(tornSql(feed));
  const all = [...mapped, ...torn.map((record) => rowOf(feed, record))];
  return {
    entity: name,
    key: feed.feed.key,
    from: columnsByField(feed),
    rows: all.sort((a, b) => a.ordinal - b.ordinal).slice(0, rows),
  };
}

function columnsByField(feed: ExtractedFeed): Record<string, string[]> {
  const pairs = Object.entries(feed.feed.fields).map(([name, mapping]): [string, string[]] => [
    name,
    columnsFor(feed, mapping),
  ]);
  for (const name of feed.derived.keys()) pairs.push([name, []]);
  return Object.fromEntries(pairs);
}

/** An SQL expression speaks of columns by name, in quotes or bare. */
function columnsFor(feed: ExtractedFeed, mapping: FieldMapping): string[] {
  const { sql: expression } = mapping;
  if (expression === undefined) return columnsOfMapping(mapping);
  return feed.columns.filter(
    (column) =>
      expression.includes(`"${column}"`) || new RegExp(`\\b${escaped(column)}\\b`, 'i').test(expression),
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Each record as three JSON texts: its columns, its fields, and what the rules found. */
function recordsSql(feed: ExtractedFeed): Sql {
  const { name } = feed.entity;
  const fields = Object.keys(columnsByField(feed));
  const before = objectOf(feed.columns, (column) => sql`raw.${ident(column)}`);
  const after = objectOf(fields, (field) => sql`m.${ident(field)}::VARCHAR`);
  return sql`SELECT p._file, p._ordinal, l._line, m.filtered, m.key, ${before} AS before, ${after} AS after,
      (SELECT json_group_array(f) FROM (
        SELECT 'reject' AS severity, rule, field, reason FROM ${tables.refused(name)} WHERE seq = p.seq
        UNION ALL SELECT severity, rule, field, reason FROM ${tables.findings}
          WHERE entity = ${literal(name)} AND feed = ${raw(String(feed.index))} AND seq = p.seq) f)::VARCHAR AS found
    FROM previewed p JOIN ${tables.mapped(name)} m ON m.rowid = p.seq JOIN ${ident(feed.raw)} raw ON raw.rowid = p.rec
    LEFT JOIN preview_lines l ON l._file = p._file AND l._ordinal = p._ordinal ORDER BY p.seq`;
}

function tornSql(feed: ExtractedFeed): Sql {
  return sql`SELECT _file, _ordinal, _line, false AS filtered, NULL AS key, '{}' AS before, '{}' AS after,
      json_array(json_object('severity', 'reject', 'rule', rule, 'field', NULL, 'reason', reason))::VARCHAR AS found
    FROM ${ident(feed.tornTable)} WHERE _grain = ${feed.grain} ORDER BY _ordinal LIMIT 100`;
}

function objectOf(names: readonly string[], value: (name: string) => Sql): Sql {
  if (names.length === 0) return sql`'{}'`;
  return sql`json_object(${joined(names.map((name) => sql`${literal(name)}, ${value(name)}`))})::VARCHAR`;
}

function rowOf(feed: ExtractedFeed, record: Record<string, unknown>): PreviewRow {
  const found = (JSON.parse(String(record.found ?? '[]')) ?? []) as PreviewFinding[];
  const rejected = found.some((each) => each.severity === 'reject');
  return {
    file: feed.files[Number(record._file)] ?? '',
    line: record._line === null ? null : Number(record._line),
    ordinal: Number(record._ordinal),
    key: record.key === null ? null : String(record.key),
    verdict: rejected ? 'rejected' : record.filtered === true ? 'filtered' : 'accepted',
    before: JSON.parse(String(record.before)) as Record<string, string | null>,
    after: JSON.parse(String(record.after)) as Record<string, string | null>,
    found: found.map((each) => ({ ...each, field: each.field || null })),
  };
}
