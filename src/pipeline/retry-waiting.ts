import { copyFromPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, literals, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, type Reference, wholeOf } from '../model/entity.js';
import { periodIn } from '../quality/feed-plan.js';
import { bookkeepingVersion } from '../store/bookkeeping.js';
import type { ExtractedFeed } from './read-sources.js';

/**
 * Of which entities a record that was brought back was a refused candidate, and whether it was so for the sake of its
 * whole: `(raw, file, ordinal, entity, taken)`.
 */
export const RETURNED_AS = ident('returned_as');

/**
 * Brings back records that wait for what they refer to, or for whose customer, product or order another source gave
 * one that was refused, with all that was refused for their sake and the refused lines of orders that come back, where their file
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
    sql`CREATE OR REPLACE TABLE ${RETURNED_AS} (raw VARCHAR, file INTEGER, ordinal BIGINT, entity VARCHAR, taken BOOLEAN)`,
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
  // A refused line takes its order along; the order does not wait for it.
  const wholes = pairsOfParts(project.entities, (part, { entity }) => [entity, part]);
  const byWhole = pairsOfParts(project.entities, (part, { name }) => [part, name]);
  const parts = feeds.filter((feed) => wholeOf(feed.entity) !== undefined).map((feed) => feed.entity.name);
  const lately = sql`WITH last AS (SELECT run_id FROM ${book('runs')} WHERE outcome <> 'failed' ORDER BY run_number DESC LIMIT 1),
    mine AS (SELECT r.* FROM ${book('rejects')} r JOIN last USING (run_id)),
    back AS (SELECT r.*, r.rule = 'cascade' AND (r.entity, r.field) IN (${joined(byWhole)}) AS taken
      FROM mine r LEFT JOIN mine root ON root.reject_id = r.root_id
      WHERE r.waiting OR root.waiting OR (root.source <> r.source AND (r.entity, root.entity) NOT IN (${joined(wholes)})))`;
  const query = sql`${lately} SELECT r.file, r.ordinal, r.raw, r.entity, b.reject_id IS NOT NULL AS sure, coalesce(b.taken, false) AS taken
    FROM mine r LEFT JOIN ${book('ledger')} l USING (run_id, source, file, entity) LEFT JOIN back b USING (reject_id)
    WHERE r.source = ${literal(first.source.name)} AND r.entity IN ${literals(entities)} AND r.raw IS NOT NULL
      AND (r.file, coalesce(l.sha256, '')) NOT IN (${pairs}) AND (b.reject_id IS NOT NULL OR (r.entity IN ${literals(parts)} AND EXISTS (SELECT FROM back)))`;
  await copyFromPostgres(postgres, workspace, query, 'lately_refused', [
    { name: 'file', type: 'VARCHAR' },
    { name: 'ordinal', type: 'BIGINT' },
    { name: 'raw', type: 'VARCHAR' },
    { name: 'entity', type: 'VARCHAR' },
    { name: 'sure', type: 'BOOLEAN' },
    { name: 'taken', type: 'BOOLEAN' },
  ]);
  if (parts.length > 0) {
    const returning = sql`${lately} SELECT DISTINCT source, entity, key FROM back WHERE key IS NOT NULL`;
    await copyFromPostgres(postgres, workspace, returning, 'returning_wholes', [
      { name: 'source', type: 'VARCHAR' },
      { name: 'entity', type: 'VARCHAR' },
      { name: 'key', type: 'VARCHAR' },
    ]);
    for (const feed of feeds) await keepLinesOfReturning(workspace, feed);
  }
  await workspace.run(sql`CREATE OR REPLACE TABLE waiting AS SELECT file, ordinal, min(raw) AS raw
    FROM lately_refused WHERE sure GROUP BY file, ordinal ORDER BY file, ordinal`);
  const files = await workspace.rows<{ file: string; records: number }>(
    sql`SELECT file, count(*) AS records FROM waiting GROUP BY file ORDER BY file IN ${literals(present.map(([file = '']) => file))}, file`,
  );
  const restated = new Set(first.periods);
  for (const { file, records } of files) {
    const period = first.periods && periodOfGone(first, file);
    if (period !== undefined && restated.has(period)) continue;
    const index = first.files.length;
    const name = freeName(file, first.files);
    const values = first.columns.map(storedValue);
    const names = joined(['_file', '_ordinal', ...first.columns].map((column) => ident(column)));
    await workspace.run(sql`INSERT INTO ${ident(first.raw)} (${names})
      SELECT ${index}, ordinal, ${joined(values)} FROM waiting WHERE file = ${literal(file)} ORDER BY ordinal`);
    await workspace.run(sql`INSERT INTO ${RETURNED_AS} SELECT ${literal(first.raw)}, ${index}, ordinal, entity, taken
      FROM lately_refused WHERE sure AND file = ${literal(file)}`);
    for (const feed of feeds) {
      feed.returnedFrom ??= index;
      feed.files.push(name);
      feed.counted[index] = records;
      if (period !== undefined) feed.periods?.push(period);
    }
  }
}

/** Two words of each part and its whole, as SQL; a pair that nothing equals where there are none. */
function pairsOfParts(
  entities: readonly Entity[],
  pair: (part: string, whole: Reference) => [string, string],
): Sql[] {
  const pairs = entities.flatMap((part): [string, string][] => {
    const whole = wholeOf(part);
    return whole === undefined ? [] : [pair(part.name, whole)];
  });
  return [['', ''], ...pairs].map((words) => sql`(${joined(words.map(literal))})`);
}

/** Its file is gone: nobody could give it a name that tells more. */
function periodOfGone({ source }: ExtractedFeed, file: string): string {
  return periodIn(source, file) ?? file;
}

/** A column of a refused record as it was read. */
function storedValue(column: string): Sql {
  const path = `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return sql`json_extract_string(raw, ${literal(path)})`;
}

/**
 * Keeps lines that a rule refused, of orders that come back: without them an order would come to less than it is. The
 * order that a line names is read as mapping does.
 */
async function keepLinesOfReturning(workspace: Workspace, feed: ExtractedFeed): Promise<void> {
  const { entity, source, compiled } = feed;
  const whole = wholeOf(entity);
  const reference = compiled.find((each) => each.field.name === whole?.name);
  const mapping = feed.feed.fields[whole?.name ?? ''];
  if (whole === undefined || reference === undefined || mapping?.by !== undefined) return;
  const files = await workspace.rows<{ file: string }>(sql`SELECT DISTINCT file FROM lately_refused`);
  const periods = files.map(
    ({ file }) => sql`WHEN ${literal(file)} THEN ${literal(`${periodOfGone(feed, file)}/`)}`,
  );
  const named =
    feed.periods === undefined || periods.length === 0
      ? reference.value
      : sql`CASE file ${joined(periods, ' ')} END || ${reference.value}`;
  const columns = feed.columns.map((column) => sql`, ${storedValue(column)} AS ${ident(column)}`);
  await workspace.run(sql`UPDATE lately_refused SET sure = true WHERE NOT sure AND entity = ${literal(entity.name)} AND rowid IN (
    SELECT "stored:row" FROM (SELECT "stored:row", "stored:file" AS file, ${reference.text} AS ${ident(reference.textColumn)} FROM (
      SELECT rowid AS "stored:row", file AS "stored:file"${joined(columns, '')} FROM lately_refused))
    WHERE ${named} IN (SELECT key FROM returning_wholes
      WHERE entity = ${literal(whole.entity)} AND source = ${literal(mapping?.source ?? source.name)}))`);
}

/** `new.csv`, or `new.csv (2)` where another file has that name by now. */
function freeName(file: string, taken: readonly string[]): string {
  let name = file;
  for (let number = 2; taken.includes(name); number++) name = `${file} (${number})`;
  return name;
}
