import { copyFromPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, literals, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { wholeOf } from '../model/entity.js';
import { periodIn } from '../quality/feed-plan.js';
import { bookkeepingVersion } from '../store/bookkeeping.js';
import type { ExtractedFeed } from './read-sources.js';

/** Of which entities a record that was brought back was a refused candidate: `(raw, file, ordinal, entity)`. */
export const RETURNED_AS = ident('returned_as');

/**
 * Brings back records that wait for what they refer to, or whose customer or product another source gave and was
 * refused, with all that was refused for their sake and the refused lines of orders that come back, where their file
 * was an addition that is no longer there to be read again, or holds something else by now. They join the raw records
 * as what they were: candidates of that file, which gets a number where its name is taken.
 */
export async function retryWaiting(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  feeds: readonly ExtractedFeed[],
): Promise<void> {
  const added = feeds.filter((feed) => feed.source.delivery !== 'snapshot');
  if (added.length === 0 || (await bookkeepingVersion(postgres, project)) === 0) return;
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${RETURNED_AS} (raw VARCHAR, file INTEGER, ordinal BIGINT, entity VARCHAR)`,
  );
  for (const raw of new Set(added.map((feed) => feed.raw))) {
    const sharing = feeds.filter((feed) => feed.raw === raw);
    await bringBack(workspace, postgres, project, sharing);
  }
}

async function bringBack(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  feeds: readonly ExtractedFeed[],
): Promise<void> {
  const [first] = feeds;
  if (first === undefined) return;
  const book = (table: string) => ident(project.bookkeeping, table);
  const entities = feeds.map((feed) => feed.entity.name);
  const present = [['', ''], ...first.files.map((file, i) => [file, first.fingerprints[i] ?? ''])];
  const pairs = joined(present.map((pair) => sql`(${joined(pair.map(literal))})`));
  const masters = project.entities.filter(({ kind }) => kind === 'master').map(({ name }) => name);
  const query = sql`WITH last AS (SELECT run_id FROM ${book('runs')} WHERE outcome <> 'failed' ORDER BY run_number DESC LIMIT 1),
    mine AS (SELECT r.* FROM ${book('rejects')} r JOIN last USING (run_id)),
    back AS (SELECT r.* FROM mine r LEFT JOIN mine root ON root.reject_id = r.root_id
      WHERE r.waiting OR root.waiting OR (root.entity IN ${literals(masters)} AND root.source <> r.source))
    SELECT r.file, r.ordinal, min(r.raw) AS raw, string_agg(r.entity, ' ') AS entities
    FROM mine r LEFT JOIN ${book('ledger')} l USING (run_id, source, file, entity)
    WHERE r.source = ${literal(first.source.name)} AND r.entity IN ${literals(entities)} AND r.raw IS NOT NULL
      AND (r.file, coalesce(l.sha256, '')) NOT IN (${pairs})
      AND (r.reject_id IN (SELECT reject_id FROM back)${joined(feeds.map(linesOfReturning), '')})
    GROUP BY r.file, r.ordinal ORDER BY r.file, r.ordinal`;
  await copyFromPostgres(postgres, workspace, query, 'waiting', [
    { name: 'file', type: 'VARCHAR' },
    { name: 'ordinal', type: 'BIGINT' },
    { name: 'raw', type: 'VARCHAR' },
    { name: 'entities', type: 'VARCHAR' },
  ]);
  const files = await workspace.rows<{ file: string; records: number }>(
    sql`SELECT file, count(*) AS records FROM waiting GROUP BY file ORDER BY file IN ${literals(present.map(([file = '']) => file))}, file`,
  );
  const restated = new Set(first.periods);
  for (const { file, records } of files) {
    // Its file is gone: nobody could give it a name that tells more.
    const period = first.periods && (periodIn(first.source, file) ?? file);
    if (period !== undefined && restated.has(period)) continue;
    const index = first.files.length;
    const name = freeName(file, first.files);
    const values = first.columns.map(
      (column) =>
        sql`json_extract_string(raw, ${literal(`/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`,
    );
    const names = joined(['_file', '_ordinal', ...first.columns].map((column) => ident(column)));
    await workspace.run(sql`INSERT INTO ${ident(first.raw)} (${names})
      SELECT ${index}, ordinal, ${joined(values)} FROM waiting WHERE file = ${literal(file)} ORDER BY ordinal`);
    await workspace.run(sql`INSERT INTO ${RETURNED_AS} SELECT ${literal(first.raw)}, ${index}, ordinal,
      unnest(string_split(entities, ' ')) FROM waiting WHERE file = ${literal(file)}`);
    for (const feed of feeds) {
      feed.returnedFrom ??= index;
      feed.files.push(name);
      feed.counted[index] = records;
      if (period !== undefined) feed.periods?.push(period);
    }
  }
}

/** Lines that a rule refused, of orders that come back: without them an order would come to less than it is. */
function linesOfReturning({ entity, feed, source }: ExtractedFeed): Sql {
  const whole = wholeOf(entity);
  if (whole === undefined || feed.key.length > 0) return sql``;
  const from = feed.fields[whole.name]?.source ?? source.name;
  return sql` OR (r.entity = ${literal(entity.name)} AND split_part(r.key, '|', 1) IN
    (SELECT key FROM back WHERE entity = ${literal(whole.entity)} AND source = ${literal(from)}))`;
}

/** `new.csv`, or `new.csv (2)` where another file has that name by now. */
function freeName(file: string, taken: readonly string[]): string {
  let name = file;
  for (let number = 2; taken.includes(name); number++) name = `${file} (${number})`;
  return name;
}
