import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { type FeedPlan, LONGEST_TEXTS } from './feed-plan.js';

/** A feed with what its reader left beside the records. */
export interface ReadFeed extends FeedPlan {
  /** The table of torn candidates of its source, and which grain is this feed's. */
  tornTable: string;
  grain: number;
  /** Columns of the raw table, all of them mapped by somebody. */
  columns: readonly string[];
  /** Makes a table of `_file`, `_ordinal`, `_line` for refused candidates. */
  locate: (refused: string, output: string) => Promise<void>;
}

/** Makes the table `rejects` of everything refused, with place, rule, reason, root and raw record; gives the count. */
export async function listRejects(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly ReadFeed[],
): Promise<number> {
  await workspace.run(sql`CREATE OR REPLACE TABLE numbered (entity VARCHAR, seq BIGINT, reject_id BIGINT)`);
  await workspace.run(sql`CREATE OR REPLACE TABLE rejects (reject_id BIGINT, root_id BIGINT, source VARCHAR, file VARCHAR,
    entity VARCHAR, line BIGINT, ordinal BIGINT, key VARCHAR, rule VARCHAR, field VARCHAR, value VARCHAR,
    reason VARCHAR, waiting BOOLEAN, raw VARCHAR)`);
  const refused = new Set<string>();
  for (const { name } of entities) if ((await workspace.size(tables.refused(name))) > 0) refused.add(name);
  if (refused.size > 0) await numberRefused(workspace, [...refused]);
  for (const feed of feeds) if (refused.has(feed.entity.name)) await listFeed(workspace, feed);
  for (const feed of feeds) await listTorn(workspace, feed);
  return workspace.size(sql`rejects`);
}

/** One candidate is one reject, also where two rules met it at the same moment. */
async function numberRefused(workspace: Workspace, entities: readonly string[]): Promise<void> {
  const all = entities.map(
    (entity) => sql`SELECT ${literal(entity)} AS entity, seq FROM ${tables.refused(entity)}`,
  );
  await workspace.run(sql`INSERT INTO numbered SELECT entity, seq, row_number() OVER ()
    FROM (SELECT DISTINCT entity, seq FROM (${joined(all, ' UNION ALL ')}) ORDER BY entity, seq)`);
}

async function listFeed(workspace: Workspace, feed: ReadFeed): Promise<void> {
  const { name } = feed.entity;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE refused_here AS
    SELECT r.*, m.file AS _file, m.ordinal AS _ordinal, m.rec, m.key
    FROM ${tables.refused(name)} r JOIN ${tables.mapped(name)} m ON m.rowid = r.seq WHERE m.feed = ${feed.index}
    QUALIFY row_number() OVER (PARTITION BY r.seq ORDER BY r.root_seq NULLS FIRST, r.rule) = 1`);
  if ((await workspace.size(sql`refused_here`)) === 0) return;
  await feed.locate('refused_here', 'located');
  await workspace.run(sql`INSERT INTO rejects
    SELECT n.reject_id, root.reject_id, ${literal(feed.source.name)}, ${fileName(feed, sql`h._file`)}, ${literal(name)},
      l._line, h._ordinal, h.key, h.rule, nullif(h.field, ''), h.value, h.reason, h.waiting, ${rawRecord(feed)}
    FROM refused_here h JOIN numbered n ON n.entity = ${literal(name)} AND n.seq = h.seq
    LEFT JOIN numbered root ON root.entity = h.root_entity AND root.seq = h.root_seq
    LEFT JOIN (SELECT DISTINCT _file, _ordinal, _line FROM located) l ON l._file = h._file AND l._ordinal = h._ordinal
    LEFT JOIN ${ident(feed.raw)} raw ON raw.rowid = h.rec ORDER BY n.reject_id`);
}

/** A torn candidate counts, and is listed, for every entity that its source feeds. */
async function listTorn(workspace: Workspace, feed: ReadFeed): Promise<void> {
  if ((await workspace.size(ident(feed.tornTable))) === 0) return;
  await workspace.run(sql`INSERT INTO rejects
    SELECT (SELECT greatest((SELECT count(*) FROM numbered), max(reject_id)) FROM rejects)
        + row_number() OVER (ORDER BY t._file, t._ordinal),
      NULL, ${literal(feed.source.name)}, ${fileName(feed, sql`t._file`)}, ${literal(feed.entity.name)},
      t._line, t._ordinal, NULL, t.rule, NULL, NULL, t.reason, false, t.raw
    FROM ${ident(feed.tornTable)} t WHERE t._grain = ${feed.grain}`);
}

function fileName(feed: FeedPlan, file: Sql): Sql {
  return sql`([${joined(feed.files.map(literal))}])[${file} + 1]`;
}

/** Of a text that is refused for its length the beginning is kept, as of torn records. */
const KEPT = 1 << 20;

/** The record as it was, in mapped columns only. */
function rawRecord(feed: ReadFeed): Sql {
  const pairs = feed.columns.map((column) => {
    const text = sql`raw.${ident(column)}`;
    return sql`${literal(column)}, CASE WHEN strlen(${text}) > ${LONGEST_TEXTS} THEN left(${text}, ${KEPT}) ELSE ${text} END`;
  });
  return pairs.length === 0 ? sql`NULL` : sql`json_object(${joined(pairs)})::VARCHAR`;
}

/** Makes the table `reported_findings` of what rules found in records that stay. */
export async function listFindings(workspace: Workspace, feeds: readonly ReadFeed[]): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE reported_findings (severity VARCHAR, source VARCHAR, file VARCHAR,
    entity VARCHAR, ordinal BIGINT, key VARCHAR, rule VARCHAR, field VARCHAR, value VARCHAR, reason VARCHAR)`);
  if ((await workspace.size(tables.findings)) === 0) return;
  for (const feed of feeds) {
    const mapped = tables.mapped(feed.entity.name);
    await workspace.run(sql`INSERT INTO reported_findings
      SELECT f.severity, ${literal(feed.source.name)}, ${fileName(feed, sql`m.file`)}, f.entity, m.ordinal, m.key, f.rule, f.field, f.value, f.reason
      FROM ${tables.findings} f JOIN ${mapped} m ON m.rowid = f.seq
      WHERE f.entity = ${literal(feed.entity.name)} AND f.feed = ${raw(String(feed.index))}
        AND f.seq NOT IN (SELECT seq FROM ${tables.refused(feed.entity.name)})`);
  }
}
