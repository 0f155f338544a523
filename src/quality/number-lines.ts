import type { Workspace } from '../engine/workspace.js';
import { ident, literal, sql } from '../kernel/sql.js';
import { type Entity, wholeOf } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { hashOf } from './content-hash.js';
import type { FeedPlan } from './feed-plan.js';

/** Lines of a record that a source gives twice, word for word: `repeated_lines(entity, seq)`. */
const REPEATED_LINES = ident('repeated_lines');

/** Makes the list of repeated lines, once for all entities, and empties it of those of one. */
export async function makeRepeatedLines(workspace: Workspace, entity: Entity): Promise<void> {
  if (!workspace.exists('repeated_lines'))
    await workspace.run(sql`CREATE TABLE ${REPEATED_LINES} (entity VARCHAR, seq BIGINT)`);
  else if ((await workspace.size(REPEATED_LINES)) > 0)
    await workspace.run(sql`DELETE FROM ${REPEATED_LINES} WHERE entity = ${literal(entity.name)}`);
}

/**
 * Numbers the lines that have no key of their own: a line is the nth of its order and product. Two identical lines
 * of one order are two; but where a whole record comes a second time, as from two pages of an API, its lines are
 * not more lines, and are told apart first; so are all lines of an order in a later export. Nearly every line is the
 * first of its kind: only the others are sorted.
 */
export async function numberLines(workspace: Workspace, plan: FeedPlan): Promise<void> {
  const mapped = tables.mapped(plan.entity.name);
  if (givesItsWhole(plan) && mayRepeat(plan)) await workspace.run(findRepeatedLines(plan));
  const own = sql`feed = ${plan.index} AND NOT filtered
    AND rowid NOT IN (SELECT seq FROM ${REPEATED_LINES} WHERE entity = ${literal(plan.entity.name)})`;
  // What comes back from an earlier run is given beside what is delivered now, or anew by it: it is no further line.
  const back = plan.returnedFrom === undefined ? sql`` : sql`, file >= ${plan.returnedFrom}`;
  await workspace.run(sql`UPDATE ${mapped} SET key = left(key, len(key) - 1) || n.nth FROM (
      SELECT rowid AS seq, row_number() OVER (PARTITION BY key${back} ORDER BY ${hashOf(plan.entity, mapped)}, rowid) AS nth FROM ${mapped}
      WHERE ${own} AND key IN (SELECT key FROM ${mapped} WHERE ${own} GROUP BY key HAVING count(*) > 1)) n
    WHERE n.seq = ${mapped}.rowid AND n.nth > 1`);
}

/** Whether the record in which a line is nested, or the row that it is, gives the line's own whole. */
function givesItsWhole({ source, entity }: FeedPlan): boolean {
  const whole = wholeOf(entity);
  return (
    whole !== undefined &&
    source.feeds.some((other) => other.entity === whole.entity && other.each === undefined)
  );
}

/** Rows of one file are more lines; an addition keeps the lines that came in other files. */
function mayRepeat({ feed, files, source }: FeedPlan): boolean {
  return feed.each !== undefined || (files.length > 1 && source.delivery === 'snapshot');
}

/**
 * A record repeats an earlier one where it names the same whole and has the same lines; nothing less will do. The rows of
 * an order in one file are one record.
 */
function findRepeatedLines({ index, entity, feed, raw }: FeedPlan) {
  const whole = ident(wholeOf(entity)?.name ?? '');
  const mapped = tables.mapped(entity.name);
  const nested = feed.each !== undefined;
  const candidates = nested ? sql`${mapped} m JOIN ${ident(raw)} r ON r.rowid = m.rec` : sql`${mapped} m`;
  const [parent, severalRecords] = nested
    ? [sql`r._parent`, sql`count(DISTINCT (m.file, r._parent)) > 1`]
    : [sql`0`, sql`min(m.file) < max(m.file)`];
  return sql`INSERT INTO ${REPEATED_LINES}
    WITH lines AS (
      SELECT m.rowid AS seq, m.file, ${parent} AS parent, m.${whole} AS whole, m.key, ${hashOf(entity, ident('m'))} AS hash
      FROM ${candidates} WHERE m.feed = ${index} AND NOT m.filtered AND ${parent} IS NOT NULL AND m.${whole} IN (
        SELECT m.${whole} FROM ${candidates} WHERE m.feed = ${index} AND NOT m.filtered GROUP BY 1 HAVING ${severalRecords})),
    records AS (
      SELECT file, parent, whole, min(seq) AS first, md5(string_agg(key || hash::VARCHAR, '' ORDER BY key, hash, seq)) AS content
      FROM lines GROUP BY ALL),
    again AS (FROM records QUALIFY row_number() OVER (PARTITION BY whole, content ORDER BY first) > 1)
    SELECT ${literal(entity.name)}, l.seq FROM lines l
      JOIN again a ON a.file = l.file AND a.parent = l.parent AND a.whole = l.whole`;
}

/** Counts the lines of repeated records as repeated, unless a rule refused them; as often as it is asked. */
export async function settleLines(workspace: Workspace, entity: Entity): Promise<void> {
  if ((await workspace.size(REPEATED_LINES)) === 0) return;
  await workspace.run(sql`INSERT INTO ${tables.repeated(entity.name)}
    SELECT seq FROM ${REPEATED_LINES} WHERE entity = ${literal(entity.name)}
      AND seq NOT IN (SELECT seq FROM ${tables.refused(entity.name)})`);
}
