import { copyFromPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { wholeOf } from '../model/entity.js';
import { comesWith } from '../model/gives-all-parts.js';
import { tables } from '../model/tables.js';
import { lastGoodRun } from '../store/bookkeeping.js';
import { broughtBack, isThere } from './brought-back.js';
import type { ExtractedFeed } from './read-sources.js';

/** Lines are numbered 1, 2, … within a kind: of one order and product. The digits behind the last border are the number. */
const kindOf = (key: Sql) => sql`rtrim(${key}, '0123456789')`;

/** The table of lines that the last run refused, of kinds that had several, and whether their file is as it was: `(file, ordinal, key, here)`. */
function numbersOf({ source, entity }: ExtractedFeed): string {
  return `numbers of ${source.name} ${entity.name}`;
}

/** Whether the lines of a feed have numbers that the next delivery may not shift: not where an order comes with all of them. */
function addsNumbered({ source, feed, entity }: ExtractedFeed, feeds: readonly ExtractedFeed[]): boolean {
  const whole = wholeOf(entity);
  return (
    source.delivery === 'addition' &&
    feed.key.length === 0 &&
    whole !== undefined &&
    !comesWith(whole.entity, source.name, feeds)
  );
}

/** Brings the numbers of refused lines into the workspace. Those of published ones stand in their rows. */
export async function loadNumbers(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  feeds: readonly ExtractedFeed[],
): Promise<void> {
  const book = (table: string) => ident(project.bookkeeping, table);
  for (const feed of feeds.filter((each) => addsNumbered(each, feeds))) {
    const { source, entity } = feed;
    const query = sql`WITH mine AS (
        SELECT r.file, r.ordinal, r.key, ${isThere(feed)} AS here
        FROM ${book('rejects')} r LEFT JOIN ${book('ledger')} l USING (run_id, source, file, entity)
        WHERE run_id = (${lastGoodRun(project)})
          AND source = ${literal(source.name)} AND entity = ${literal(entity.name)})
      SELECT * FROM mine
      WHERE ${kindOf(sql`key`)} IN (SELECT ${kindOf(sql`key`)} FROM mine WHERE key NOT LIKE '%|1')`;
    await copyFromPostgres(postgres, workspace, query, numbersOf(feed), [
      { name: 'file', type: 'VARCHAR' },
      { name: 'ordinal', type: 'BIGINT' },
      { name: 'key', type: 'VARCHAR' },
      { name: 'here', type: 'BOOLEAN' },
    ]);
  }
}

/**
 * What comes back is the nth line of its order and product that it was: numbered anew without those that are in by now,
 * it would give way to another. Where one number would stand twice, the new ones remain. So is what lies there still of
 * an addition: numbered anew without a file that is gone, a line would take the place of one of that file.
 */
export async function keepNumbers(
  workspace: Workspace,
  feed: ExtractedFeed,
  feeds: readonly ExtractedFeed[],
): Promise<void> {
  if (feed.feed.key.length > 0) return;
  if (feed.returnedFrom !== undefined) await keepOfReturned(workspace, feed);
  if (!addsNumbered(feed, feeds) || !workspace.exists(numbersOf(feed))) return;
  if (!(await listPresent(workspace, feed))) return;
  await findHeld(workspace, feed);
  // What is new gets the lowest numbers that are left: it may be given in place of what a file of before gave.
  const mapped = tables.mapped(feed.entity.name);
  await workspace.run(sql`UPDATE ${mapped} SET key = o.key FROM (FROM held UNION ALL
      SELECT r.seq, r.kind || f.number FROM
        (SELECT seq, kind, row_number() OVER (PARTITION BY kind ORDER BY content, seq) AS nth FROM present WHERE seq NOT IN (SELECT seq FROM held)) r
        JOIN (SELECT kind, number, row_number() OVER (PARTITION BY kind ORDER BY number) AS nth
          FROM (SELECT kind, unnest(range(1, count(*) + 1)) AS number FROM present GROUP BY kind)
          WHERE kind || number NOT IN (SELECT key FROM held)) f USING (kind, nth)) o
    WHERE o.seq = ${mapped}.rowid AND o.key <> ${mapped}.key`);
  await workspace.drop('numbered_kinds', 'present', 'held');
}

async function keepOfReturned(workspace: Workspace, feed: ExtractedFeed): Promise<void> {
  const mapped = tables.mapped(feed.entity.name);
  const [was, is] = [kindOf(sql`b.key`), kindOf(sql`m.key`)];
  await workspace.run(sql`UPDATE ${mapped} SET key = o.key FROM (
      SELECT m.rowid AS seq, b.key ${broughtBack(feed)} AND NOT m.filtered
      QUALIFY count(DISTINCT CASE WHEN ${was} = ${is} THEN b.key END) OVER (PARTITION BY ${is}) = count(*) OVER (PARTITION BY ${is})) o
    WHERE o.seq = ${mapped}.rowid AND o.key <> ${mapped}.key`);
}

/** Makes `present(seq, file, ordinal, kind, content)`: lines of kinds that have, or had, several. False where there are none. */
async function listPresent(workspace: Workspace, feed: ExtractedFeed): Promise<boolean> {
  const { entity, source, index, files, returnedFrom = files.length } = feed;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE numbered_kinds AS
    SELECT ${kindOf(sql`key`)} AS kind FROM ${ident(numbersOf(feed))} UNION
    SELECT ${kindOf(sql`source_key`)} FROM ${tables.priorRows(entity.name)}
    WHERE source_system = ${literal(source.name)} AND source_key NOT LIKE '%|1'`);
  if ((await workspace.size(sql`numbered_kinds`)) === 0) return false;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE present AS
    SELECT rowid AS seq, file, ordinal, ${kindOf(sql`key`)} AS kind, ${contentOf(feed)} AS content FROM ${tables.mapped(entity.name)}
    WHERE feed = ${index} AND file < ${returnedFrom} AND NOT filtered AND ${kindOf(sql`key`)} IN (FROM numbered_kinds)`);
  return (await workspace.size(sql`present`)) > 0;
}

/** Makes `held(seq, key)`: the numbers under which lines were refused in the same file, or stand with the same content. */
async function findHeld(workspace: Workspace, feed: ExtractedFeed): Promise<void> {
  const names = joined(feed.files.map(literal));
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE held AS SELECT p.seq, n.key FROM present p
    JOIN ${ident(numbersOf(feed))} n ON n.file = ([${names}])[p.file + 1] AND n.ordinal = p.ordinal AND ${kindOf(sql`n.key`)} = p.kind WHERE n.here`);
  await workspace.run(sql`INSERT INTO held SELECT a.seq, b.key FROM
      (SELECT seq, kind, content, row_number() OVER (PARTITION BY kind, content ORDER BY seq) AS nth
        FROM present WHERE seq NOT IN (SELECT seq FROM held)) a
    JOIN (SELECT key, kind, content, row_number() OVER (PARTITION BY kind, content ORDER BY len(key), key) AS nth
        FROM (SELECT source_key AS key, ${kindOf(sql`source_key`)} AS kind, ${contentOf(feed)} AS content
          FROM ${tables.priorRows(feed.entity.name)} WHERE source_system = ${literal(feed.source.name)})
        WHERE kind IN (FROM numbered_kinds) AND key NOT IN (SELECT key FROM held)) b USING (kind, content, nth)`);
}

/** What a line says beside its references, as a text: of a candidate, or of a published row. */
function contentOf({ entity, feed, derived }: ExtractedFeed): Sql {
  const given = entity.fields.filter(
    ({ name, type }) => type !== 'reference' && (feed.fields[name] !== undefined || derived.has(name)),
  );
  return sql`concat_ws(chr(1), ${joined(given.map(({ name }) => sql`coalesce(${ident(name)}::VARCHAR, chr(2))`))})`;
}
