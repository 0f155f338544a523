import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { suggestion } from '../kernel/nearest.js';
import { sql } from '../kernel/sql.js';
import { untilStopped } from '../kernel/stopping.js';
import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { Project } from '../model/config.js';
import { type Entity, references } from '../model/entity.js';
import { recordsTable } from '../model/tables.js';
import { columnsOf } from '../store/load-prior.js';
import { composeEnd, composeRow } from '../tracing/compose-trace.js';
import { entityByWord, oneOf } from '../tracing/entity-word.js';
import type { LeadsTo } from '../tracing/explain-field.js';
import { type Found, findRow, type Wanted } from '../tracing/find-row.js';
import { Hiding } from '../tracing/hide-values.js';
import { placeholderOf } from '../tracing/placeholder-of.js';
import { type PublishedFile, publishedFiles } from '../tracing/published-files.js';
import { type Members, readMembers } from '../tracing/read-members.js';
import { rowsBelow } from '../tracing/rows-below.js';
import type { SourceReading } from '../tracing/source-reading.js';
import type { Trace, TracedBelow } from '../tracing/trace.js';
import { type OpenProject, withProjectOpen } from './open-project.js';
import { publishedRun } from './published-run.js';
import { rereadRecords } from './reread-records.js';

export interface TraceOptions {
  /** Shows values of people too. */
  values?: boolean;
  /** Whether the sources are read again for what the records said; they are unless told. */
  sources?: boolean;
  /** Environment with `DATABASE_URL` or `SUPABASE_DB_URL`; that of the process unless told. */
  env?: Record<string, string | undefined>;
  log?: Log;
  progress?: (source: string, read: number, total: number) => void;
  /** Stops it: then it throws PAM-RUN-001. */
  signal?: AbortSignal;
}

/** The row to trace: by its id, or by the key of a record, of any source unless told. */
export type TraceQuery = { entity: string } & ({ id: number } | { key: string; source?: string });

/** What the database knows of a row. */
interface Known {
  runId: string;
  found: Found;
  members: Members;
  below: TracedBelow[];
  leads: Map<string, LeadsTo>;
  files: Map<string, PublishedFile[]>;
}

const NOBODY: Members = { members: [], winners: {}, count: 0 };

/**
 * Tells where a row comes from: for every field the record, its place, the mapping and the rule that chose it. The
 * database is asked first, then the sources of the row are read again; what cannot be read is said and does no harm.
 * Changes nothing. Errors: PAM-CLI-001 for an entity, source or row that is not known, PAM-DB-008 before the first run.
 */
export async function traceRow(
  project: Project,
  query: TraceQuery,
  options: TraceOptions = {},
): Promise<Trace> {
  const entity = entityByWord(query.entity, project.entities);
  const wanted = wantedOf(project, entity, query);
  return untilStopped('trace', options, (heeding) =>
    withProjectOpen(project, heeding, async (open) => {
      const { postgres } = open;
      const known = await postgres.transaction(
        () => askDatabase(postgres, project, entity, wanted),
        sql`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`,
      );
      const { found, runId } = known;
      const base = { entity: entity.name, database: postgres.place, runId };
      const hiding = new Hiding(options.values === true, entity, project);
      if (found.kind === 'refused')
        return { ...base, outcome: 'refused', reject: found.reject, root: found.root };
      if (found.kind === 'deleted') return { ...base, ...composeEnd(found, hiding) };
      const readings = await readAgain(open, project, entity, known, heeding);
      return { ...base, ...composeRow(entity, { ...known, found, readings }, hiding) };
    }),
  );
}

function wantedOf(project: Project, entity: Entity, query: TraceQuery): Wanted {
  if ('id' in query) {
    if (!Number.isSafeInteger(query.id)) throw new RangeError(`id must be a whole number, not ${query.id}`);
    return { id: query.id };
  }
  const giving = project.sources
    .filter((source) => source.feeds.some((feed) => feed.entity === entity.name))
    .map((source) => source.name);
  if (query.source === undefined) return { key: query.key, sources: giving };
  if (giving.includes(query.source)) return { key: query.key, sources: [query.source] };
  const all = project.sources.map((source) => source.name);
  throw all.includes(query.source)
    ? unknownSource(`The source "${query.source}" gives no ${oneOf(entity)}.`, query.source, giving)
    : unknownSource(`There is no source "${query.source}".`, query.source, all);
}

function unknownSource(message: string, name: string, known: readonly string[]): PamojaError {
  return new PamojaError('PAM-CLI-001', message, { next: suggestion(name, known) });
}

async function askDatabase(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  wanted: Wanted,
): Promise<Known> {
  const runId = await publishedRun(postgres, project);
  const columns = new Map<string, string[]>();
  for (const { name } of project.entities) columns.set(name, await columnsOf(postgres, project.schema, name));
  const found = await findRow(postgres, project, entity, columns.get(entity.name) ?? [], wanted);
  const known: Known = { runId, found, members: NOBODY, below: [], leads: new Map(), files: new Map() };
  if (found.kind !== 'row') return known;
  if (entity.kind === 'master') {
    const there = await columnsOf(postgres, project.bookkeeping, recordsTable(entity.name));
    known.members =
      there.length === 0 ? NOBODY : await readMembers(postgres, project, entity, there, found.id);
  }
  known.below = await rowsBelow(
    postgres,
    project,
    entity,
    found.id,
    (table, column) => columns.get(table)?.includes(column) ?? false,
  );
  for (const { name, entity: target } of references(entity)) {
    const value = found.values[name] ?? null;
    if (value === null) continue;
    const placeholder = (await placeholderOf(postgres, project, target, Number(value))) !== undefined;
    known.leads.set(name, { entity: target, id: Number(value), placeholder });
  }
  for (const source of keysBySource(entity, known).keys()) {
    known.files.set(source, await publishedFiles(postgres, project, source, entity.name));
  }
  return known;
}

/** The keys of the records that a row is made of. */
function keysBySource(entity: Entity, { found, members }: Known): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  const add = (source: string, key: string) =>
    keys.set(source, [...new Set([...(keys.get(source) ?? []), key])]);
  for (const member of members.members) add(member.source, member.key);
  if (entity.kind === 'document' && found.kind === 'row') {
    const { source_system: source = null, source_key: key = null } = found.values;
    if (source !== null && key !== null) add(source, key);
  }
  return keys;
}

async function readAgain(
  open: OpenProject,
  project: Project,
  entity: Entity,
  known: Known,
  options: TraceOptions,
): Promise<SourceReading[]> {
  const readings: SourceReading[] = [];
  for (const [name, keys] of keysBySource(entity, known)) {
    readings.push(
      await readSource(open, project, entity, { name, keys, files: known.files.get(name) ?? [] }, options),
    );
  }
  return readings;
}

interface Asked {
  name: string;
  keys: string[];
  files: PublishedFile[];
}

async function readSource(
  { workspace, log }: OpenProject,
  project: Project,
  entity: Entity,
  { name, keys, files }: Asked,
  options: TraceOptions,
): Promise<SourceReading> {
  const source = project.sources.find((each) => each.name === name);
  const feed = source?.feeds.find((each) => each.entity === entity.name);
  const columns = Object.fromEntries(
    Object.entries(feed?.fields ?? {}).map(([field, mapping]) => [field, columnsOfMapping(mapping)]),
  );
  const unread = { name, source, feed, columns, derived: [], read: false, records: [], notes: {} };
  if (source === undefined || feed === undefined) {
    return { ...unread, notes: { '': `the configuration has no source ${name} that gives ${entity.name}` } };
  }
  if (options.sources === false) return unread;
  try {
    const how = { env: options.env, log, progress: options.progress, signal: options.signal };
    const reread = await rereadRecords(workspace, project, source, entity.name, keys, how);
    const notes = source.type === 'rest' ? {} : notesOf(project, files, reread.files);
    return { ...unread, ...reread, read: true, notes };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof PamojaError)) throw error;
    const why = error.where === undefined ? error.message : `${error.where}: ${error.message}`;
    return { ...unread, notes: { ...notesOf(project, files, new Map()), '': why } };
  }
}

/** What became of the files that were published: `now` are those that were read again. */
function notesOf(
  project: Project,
  published: readonly PublishedFile[],
  now: ReadonlyMap<string, string>,
): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const { file, sha256, readAt } of published) {
    const found = now.get(file);
    if (found === undefined && !existsSync(resolve(project.root, file))) {
      notes[file] = `${file} is gone; it was read on ${readAt} UTC`;
    } else if (found !== undefined && sha256 !== null && found !== sha256) {
      notes[file] = `${file} changed since it was read on ${readAt} UTC`;
    }
  }
  const known = new Set(published.map((each) => each.file));
  for (const file of now.keys()) if (!known.has(file)) notes[file] = `${file} was not read by any run yet`;
  return notes;
}
