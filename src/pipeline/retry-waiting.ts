import { copyFromPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, literals, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, type Reference, wholeOf } from '../model/entity.js';
import { periodIn } from '../quality/feed-plan.js';
import { bookkeepingVersion, lastGoodRun } from '../store/bookkeeping.js';
import { isThere, RETURNED_AS } from './brought-back.js';
import { loadNumbers } from './keep-numbers.js';
import type { ExtractedFeed } from './read-sources.js';

/** The keys of wholes that come back, or that a part that comes back waits for: `(source, entity, key)`. */
const RETURNING_WHOLES = 'returning_wholes';

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
    sql`CREATE OR REPLACE TABLE ${RETURNED_AS} (raw VARCHAR, file INTEGER, ordinal BIGINT, entity VARCHAR, key VARCHAR, taken BOOLEAN)`,
  );
  await loadNumbers(workspace, postgres, project, feeds);
  const lately = latelyRefused(project, feeds);
  await copyFromPostgres(postgres, workspace, returningWholes(lately), RETURNING_WHOLES, [
    { name: 'source', type: 'VARCHAR' },
    { name: 'entity', type: 'VARCHAR' },
    { name: 'key', type: 'VARCHAR' },
  ]);
  const shared = [...new Set(added.map((feed) => feed.raw))].map((raw) =>
    feeds.filter((feed) => feed.raw === raw),
  );
  for (const sharing of shared) await loadRefused(workspace, postgres, project, lately, sharing);
  for (const feed of added) await nameWholesOfReturning(workspace, feed);
  for (const feed of added) await keepLinesOfReturning(workspace, feed);
  for (const sharing of shared) await bringBack(workspace, sharing);
}

/**
 * WITH clause of what the last run refused, `mine`, and what of it comes `back`: what waits, or was refused for the sake
 * of what waits or of what another source gave. Parts whose whole another source gives wait for it whatever refused it;
 * where that was one of them, it comes along. Else a whole does not wait for a part that was refused.
 */
function latelyRefused(project: Project, feeds: readonly ExtractedFeed[]): Sql {
  const { bookkeeping, entities } = project;
  const wholes = pairs(partsOf(entities, (part, { entity }) => [entity, part]));
  const byWhole = pairs(partsOf(entities, (part, { name }) => [part, name]));
  const elsewhere = pairs(
    feeds.filter(hasWholeElsewhere).map(({ source, entity }) => [source.name, entity.name]),
  );
  return sql`WITH last AS (${lastGoodRun(project)}),
    mine AS (SELECT r.*, (r.rule = 'cascade' OR r.waiting) AND coalesce((r.entity, r.field) IN (${byWhole}), false) AS taken
      FROM ${ident(bookkeeping, 'rejects')} r JOIN last USING (run_id)),
    rooted AS (SELECT r.*, root.waiting AS root_waits, root.source <> r.source AS abroad, (r.entity, root.entity) IN (${wholes}) AS by_part,
        r.taken AND (r.source, r.entity) IN (${elsewhere}) AS apart
      FROM mine r LEFT JOIN mine root ON root.reject_id = r.root_id),
    back AS (SELECT * FROM rooted WHERE waiting OR root_waits OR apart
      OR CASE WHEN by_part THEN root_id IN (SELECT root_id FROM rooted WHERE apart) ELSE abroad END)`;
}

/** The wholes that come back, and those whose parts do. */
function returningWholes(lately: Sql): Sql {
  return sql`${lately} SELECT DISTINCT source, entity, key FROM mine WHERE key IS NOT NULL AND
    (reject_id IN (SELECT reject_id FROM back) OR coalesce(root_id, reject_id) IN (SELECT root_id FROM back WHERE taken))`;
}

function hasWholeElsewhere({ entity, source, feed }: ExtractedFeed): boolean {
  const from = feed.fields[wholeOf(entity)?.name ?? '']?.source;
  return from !== undefined && from !== source.name;
}

/** The table of what a run refused of the records that feeds share: `(file, ordinal, raw, entity, key, gone, sure, taken)`. */
function refusedOf({ raw }: ExtractedFeed): string {
  return `lately refused of ${raw}`;
}

/** Loads what was refused of files that are gone, and with it those parts of all files that their whole took along. */
async function loadRefused(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  lately: Sql,
  feeds: readonly ExtractedFeed[],
): Promise<void> {
  const [first] = feeds;
  if (first === undefined) return;
  const parts = feeds.filter((feed) => wholeOf(feed.entity) !== undefined).map((feed) => feed.entity.name);
  const query = sql`${lately} SELECT * FROM (
      SELECT r.file, r.ordinal, r.raw, r.entity, r.key, NOT ${isThere(first)} AS gone,
        b.reject_id IS NOT NULL AS sure, r.taken
      FROM mine r LEFT JOIN ${ident(project.bookkeeping, 'ledger')} l USING (run_id, source, file, entity) LEFT JOIN back b USING (reject_id)
      WHERE r.source = ${literal(first.source.name)} AND r.entity IN ${literals(feeds.map((feed) => feed.entity.name))} AND r.raw IS NOT NULL) f
    WHERE (sure AND (gone OR taken)) OR (gone AND entity IN ${literals(parts)} AND EXISTS (SELECT FROM back))`;
  await copyFromPostgres(postgres, workspace, query, refusedOf(first), [
    { name: 'file', type: 'VARCHAR' },
    { name: 'ordinal', type: 'BIGINT' },
    { name: 'raw', type: 'VARCHAR' },
    { name: 'entity', type: 'VARCHAR' },
    { name: 'key', type: 'VARCHAR' },
    { name: 'gone', type: 'BOOLEAN' },
    { name: 'sure', type: 'BOOLEAN' },
    { name: 'taken', type: 'BOOLEAN' },
  ]);
}

async function bringBack(workspace: Workspace, feeds: readonly ExtractedFeed[]): Promise<void> {
  const [first] = feeds;
  if (first === undefined) return;
  const refused = ident(refusedOf(first));
  await workspace.run(sql`CREATE OR REPLACE TABLE waiting AS SELECT file, ordinal, min(raw) AS raw
    FROM ${refused} WHERE sure AND gone GROUP BY file, ordinal ORDER BY file, ordinal`);
  const files = await workspace.rows<{ file: string; records: number }>(
    sql`SELECT file, count(*) AS records FROM waiting GROUP BY file ORDER BY file IN ${literals(first.files)}, file`,
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
    await workspace.run(sql`INSERT INTO ${RETURNED_AS} SELECT ${literal(first.raw)}, ${index}, ordinal, entity, key, taken
      FROM ${refused} WHERE sure AND gone AND file = ${literal(file)}`);
    for (const feed of feeds) {
      feed.returnedFrom ??= index;
      feed.files.push(name);
      feed.counted[index] = records;
      if (period !== undefined) feed.periods?.push(period);
    }
  }
}

/** Two words of each part and its whole. */
function partsOf(
  entities: readonly Entity[],
  pair: (part: string, whole: Reference) => [string, string],
): [string, string][] {
  return entities.flatMap((part): [string, string][] => {
    const whole = wholeOf(part);
    return whole === undefined ? [] : [pair(part.name, whole)];
  });
}

/** Pairs of words as SQL; one that nothing equals where there are none. */
function pairs(words: readonly (readonly string[])[]): Sql {
  return joined([['', ''], ...words].map((pair) => sql`(${joined(pair.map(literal))})`));
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

/** Adds the wholes that parts which come back wait for. */
async function nameWholesOfReturning(workspace: Workspace, feed: ExtractedFeed): Promise<void> {
  const refused = await wholesOfRefused(workspace, feed);
  if (refused === undefined) return;
  await workspace.run(sql`INSERT INTO ${ident(RETURNING_WHOLES)}
    SELECT DISTINCT ${refused.source}, ${refused.entity}, whole FROM (${refused.named}) WHERE sure AND taken AND whole IS NOT NULL`);
}

/** Keeps lines that a rule refused, of orders that come back: without them an order would come to less than it is. */
async function keepLinesOfReturning(workspace: Workspace, feed: ExtractedFeed): Promise<void> {
  const refused = await wholesOfRefused(workspace, feed);
  if (refused === undefined) return;
  await workspace.run(sql`UPDATE ${ident(refusedOf(feed))} SET sure = true WHERE NOT sure AND rowid IN (
    SELECT seq FROM (${refused.named}) WHERE whole IN (SELECT key FROM ${ident(RETURNING_WHOLES)}
      WHERE source = ${refused.source} AND entity = ${refused.entity}))`);
}

/** Query of the refused parts of a feed with the key of the `whole` that each names, read as mapping does. */
async function wholesOfRefused(
  workspace: Workspace,
  feed: ExtractedFeed,
): Promise<{ source: Sql; entity: Sql; named: Sql } | undefined> {
  const { entity, source, compiled } = feed;
  const whole = wholeOf(entity);
  const reference = compiled.find((each) => each.field.name === whole?.name);
  const mapping = feed.feed.fields[whole?.name ?? ''];
  if (whole === undefined || reference === undefined || mapping?.by !== undefined) return undefined;
  const table = ident(refusedOf(feed));
  const files = await workspace.rows<{ file: string }>(sql`SELECT DISTINCT file FROM ${table}`);
  const periods = files.map(
    ({ file }) => sql`WHEN ${literal(file)} THEN ${literal(`${periodOfGone(feed, file)}/`)}`,
  );
  const key =
    feed.periods === undefined || periods.length === 0
      ? reference.value
      : sql`CASE "stored:file" ${joined(periods, ' ')} END || ${reference.value}`;
  const columns = feed.columns.map((column) => sql`, ${storedValue(column)} AS ${ident(column)}`);
  const own = ['seq', 'file', 'sure', 'taken'].map((name) => ident(`stored:${name}`));
  const stored = sql`SELECT rowid AS "stored:seq", file AS "stored:file", sure AS "stored:sure", taken AS "stored:taken"${joined(columns, '')}
    FROM ${table} WHERE entity = ${literal(entity.name)}`;
  return {
    source: literal(mapping?.source ?? source.name),
    entity: literal(whole.entity),
    named: sql`SELECT "stored:seq" AS seq, "stored:sure" AS sure, "stored:taken" AS taken, ${key} AS whole
      FROM (SELECT ${joined(own)}, ${reference.text} AS ${ident(reference.textColumn)} FROM (${stored}))`,
  };
}

/** `new.csv`, or `new.csv (2)` where another file has that name by now. */
function freeName(file: string, taken: readonly string[]): string {
  let name = file;
  for (let number = 2; taken.includes(name); number++) name = `${file} (${number})`;
  return name;
}
