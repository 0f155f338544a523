import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, literals, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import { oneOf } from './entity-word.js';
import type { TracedReject } from './trace.js';

/** What a row is looked for by: its id, or the key of a record in a source. */
export type Wanted = { id: number } | { key: string; sources: readonly string[] };

export interface Link {
  source: string;
  key: string;
  placeholder: boolean;
  deleted: boolean;
  vanished: boolean;
  runId: string;
  endedAt: string | null;
}

export type Found =
  | {
      kind: 'row';
      id: number;
      values: Record<string, string | null>;
      links: Link[];
      recordCount: number;
      /** Of a document whose source gives it anew, that the latest run refused this. */
      refused: TracedReject | undefined;
    }
  | { kind: 'deleted'; id: number; links: Link[] }
  | { kind: 'refused'; reject: TracedReject; root: TracedReject | null };

/** More links than this of one row are counted, not listed. */
export const MOST_RECORDS = 200;

/**
 * Finds a row by its id, or by the key of one of its records; where there is none, its tombstone, or the reject of that
 * record. `columns` are those that the table has. Every question goes by a key or an index. Errors: PAM-CLI-001 where
 * nothing is known of it.
 */
export async function findRow(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  columns: readonly string[],
  wanted: Wanted,
): Promise<Found> {
  const id = 'id' in wanted ? wanted.id : await idByKey(postgres, project, entity, columns, wanted);
  if (id === undefined && 'key' in wanted) return refusalOf(postgres, project, entity, wanted);
  if (id === undefined) throw await noSuchRow(postgres, project, entity, 0);
  const links = await linksOf(postgres, project, entity, id);
  const names = entity.fields.map((field) => field.name).filter((name) => columns.includes(name));
  const texts = names.map((name) => sql`${ident(name)}::text AS ${ident(name)}`);
  const [values] = columns.includes(entity.id)
    ? await postgres.query<Record<string, string | null>>(
        sql`SELECT ${joined([sql`true AS "pamoja:there"`, ...texts])} FROM ${ident(project.schema, entity.name)} WHERE ${ident(entity.id)} = $1`,
        [id],
      )
    : [];
  if (values !== undefined) {
    const refused = await refusedAnew(postgres, project, entity, values);
    return { kind: 'row', id, values, ...links, refused };
  }
  if (links.links.length > 0) return { kind: 'deleted', id, links: links.links };
  throw await noSuchRow(postgres, project, entity, id);
}

/** Of a master the link knows the id, of a document its own row does, and once deleted the link. */
async function idByKey(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  columns: readonly string[],
  wanted: { key: string; sources: readonly string[] },
): Promise<number | undefined> {
  const links = sql`SELECT source, id FROM ${ident(project.bookkeeping, 'links')} WHERE entity = ${literal(entity.name)}
    AND source IN ${literals(wanted.sources)} AND key = $1 AND NOT placeholder`;
  const rows =
    entity.kind === 'document' && columns.includes('source_key') && columns.includes('source_system')
      ? sql`SELECT source_system AS source, ${ident(entity.id)} AS id FROM ${ident(project.schema, entity.name)}
          WHERE source_system IN ${literals(wanted.sources)} AND source_key = $1`
      : links;
  const found = await postgres.query<{ source: string; id: number }>(rows, [wanted.key]);
  const known =
    found.length > 0 ? found : await postgres.query<{ source: string; id: number }>(links, [wanted.key]);
  const ids = [...new Set(known.map((each) => each.id))];
  if (ids.length <= 1) return ids[0];
  throw new PamojaError('PAM-CLI-001', `${ids.length} sources have a record with that key.`, {
    next: `Say which one: ${known.map(({ source }) => `--source ${source}`).join(', or ')}.`,
  });
}

async function linksOf(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  id: number,
): Promise<{ links: Link[]; recordCount: number }> {
  const book = (table: string) => ident(project.bookkeeping, table);
  const rows = await postgres.query<Link & { count: number }>(
    sql`SELECT l.source, l.key, l.placeholder, l.deleted, l.vanished, l.run_id AS "runId",
        to_char(r.finished_at, 'YYYY-MM-DD HH24:MI') AS "endedAt", count(*) OVER () AS count
      FROM ${book('links')} l LEFT JOIN ${book('runs')} r ON r.run_id = l.run_id
      WHERE l.entity = ${literal(entity.name)} AND l.id = $1 ORDER BY l.deleted, l.source, l.key LIMIT ${MOST_RECORDS}`,
    [id],
  );
  return { links: rows.map(({ count: _, ...link }) => link), recordCount: rows[0]?.count ?? 0 };
}

interface RejectRow extends TracedReject {
  rootId: number | null;
}

const REJECT = joined(
  ['source', 'entity', 'file', 'line', 'ordinal', 'rule', 'field', 'reason', 'waiting'].map((name) =>
    ident(name),
  ),
);

/** Query of rejects of the latest run. */
function latelyRefused({ bookkeeping }: Project, condition: Sql): Sql {
  const latest = sql`(SELECT run_id FROM ${ident(bookkeeping, 'runs')} ORDER BY run_number DESC LIMIT 1)`;
  return sql`SELECT ${REJECT}, root_id AS "rootId" FROM ${ident(bookkeeping, 'rejects')} WHERE run_id = ${latest} AND ${condition} LIMIT 1`;
}

/** Of a document: how the latest run refused the record under its key. A master stands for several records. */
async function refusedAnew(
  postgres: Postgres,
  project: Project,
  { name, kind }: Entity,
  { source_system: source = null, source_key: key = null }: Record<string, string | null>,
): Promise<TracedReject | undefined> {
  if (kind !== 'document' || source === null || key === null) return undefined;
  const own = sql`entity = ${literal(name)} AND source = ${literal(source)} AND key = $1`;
  const [found] = await postgres.query<RejectRow>(latelyRefused(project, own), [key]);
  return found;
}

/** The reject of a record in the latest run, and the one for whose sake it was refused. Errors: PAM-CLI-001. */
async function refusalOf(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  { key, sources }: { key: string; sources: readonly string[] },
): Promise<Found> {
  const here = (condition: Sql) => latelyRefused(project, condition);
  const [found] = await postgres.query<RejectRow>(
    here(sql`entity = ${literal(entity.name)} AND source IN ${literals(sources)} AND key = $1`),
    [key],
  );
  if (found === undefined) {
    const where = sources.length === 1 ? sources[0] : undefined;
    throw new PamojaError(
      'PAM-CLI-001',
      `There is no ${oneOf(entity)} with that key, and none was refused in the latest run.`,
      {
        ...(where === undefined ? {} : { where }),
        next: 'A key is told as the source writes it, without the blanks around it; several columns are joined with |.',
      },
    );
  }
  const { rootId, ...reject } = found;
  if (rootId === null) return { kind: 'refused', reject, root: null };
  const [above] = await postgres.query<RejectRow>(here(sql`reject_id = $1`), [rootId]);
  if (above === undefined) return { kind: 'refused', reject, root: null };
  const { rootId: _, ...root } = above;
  return { kind: 'refused', reject, root };
}

/** Says which ids there are; one that was given and has neither row nor link went into another row, or was rolled back. */
async function noSuchRow(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  id: number,
): Promise<PamojaError> {
  const table = ident(project.schema, entity.name);
  const column = ident(entity.id);
  const { least, most } = await postgres.row<{ least: number | null; most: number | null }>(
    sql`SELECT (SELECT ${column}::bigint FROM ${table} WHERE ${column} < $1 ORDER BY ${column} DESC LIMIT 1) AS least,
      (SELECT ${column}::bigint FROM ${table} WHERE ${column} > $1 ORDER BY ${column} LIMIT 1) AS most`,
    [id],
  );
  const [counter] = await postgres.query<{ next: number }>(
    sql`SELECT next_id AS next FROM ${ident(project.bookkeeping, 'entities')} WHERE entity = $1`,
    [entity.name],
  );
  const near = [least, most].filter((each) => each !== null);
  const once = counter !== undefined && id > 0 && id < counter.next;
  const message = once
    ? `There is no ${oneOf(entity)} ${id} any more: its records are part of another one, or somebody deleted it.`
    : `There is no ${oneOf(entity)} ${id}, and there never was.`;
  const nearest =
    near.length === 0 ? `The table ${entity.name} is empty.` : `The nearest are: ${near.join(', ')}.`;
  return new PamojaError('PAM-CLI-001', message, { where: postgres.place, next: nearest });
}
