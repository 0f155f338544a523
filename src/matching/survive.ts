import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { duckdbType, type Entity, type Field } from '../model/entity.js';
import { tables } from '../model/tables.js';
import { keepOneCurrency } from './one-currency.js';

/**
 * Makes the golden rows of a master: of each field the value of the source that is believed first, then the most
 * recent, then the most frequent, then the first by source and key, never by its place in a file; a blank never beats
 * a value. Columns `id`, the entity's fields, and `lead`: the candidate of this run that counts for the row (NULL
 * where no record of this run is in it).
 */
export async function survive(workspace: Workspace, entity: Entity): Promise<void> {
  const { name } = entity;
  const recency = entity.fields.some((field) => field.name === 'updated_at')
    ? ident('updated_at')
    : sql`NULL::TIMESTAMP`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE members AS
    SELECT c.id, f.*, coalesce(epoch_us(${recency}), -9223372036854775807) AS recency
    FROM ${tables.inForce(name)} f JOIN ${tables.clusters(name)} c ON c.rec = f.rec
    WHERE c.id IN (SELECT id FROM ${tables.clusters(name)} GROUP BY id HAVING count(*) > 1)`);
  await keepOneCurrency(workspace, entity, { before: sql`p: priority, r: -recency`, lastly: LAST_RESORT });
  const alone = entity.fields.map((field) => sql`${aloneValue(field)} AS ${ident(field.name)}`);
  await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.golden(name)} AS
    SELECT c.id, ${joined(alone)}, f.seq AS lead FROM ${tables.inForce(name)} f
    JOIN ${tables.clusters(name)} c ON c.rec = f.rec ANTI JOIN (SELECT DISTINCT id FROM members) m ON m.id = c.id`);
  const parts = Math.ceil((await workspace.size(sql`members`)) / AT_ONCE);
  for (let part = 0; part < parts; part++) {
    const members = sql`(SELECT * FROM members WHERE id % ${parts} = ${part})`;
    await workspace.run(sql`INSERT INTO ${tables.golden(name)} ${together(entity, members)}`);
  }
  await workspace.run(sql`DROP TABLE members`);
}

/** What is weighed for a row stays in memory, and cannot spill: of so many records at once some hundred megabytes. */
const AT_ONCE = 200_000;

function aloneValue(field: Field): Sql {
  if (field.provenance === 'source') return sql`f.source`;
  if (field.provenance === 'key') return sql`f.key`;
  return sql`f.${ident(field.name)}`;
}

/** Says the same of records delivered now and of those kept from earlier runs, however the rows of a file stand. */
const LAST_RESORT = sql`s: source, k: key, h: hash`;

/** Frequency is counted only where priority and recency leave several records: nearly never. */
function together(entity: Entity, members: Sql): Sql {
  const ranked = sql`{p: priority, r: -recency, ${LAST_RESORT}}`;
  // Where no two records have the same priority and recency, those two say all, as one number.
  const clearly = sql`(priority::HUGEINT * 18446744073709551616 - recency)`;
  const first = sql`arg_min(seq, ${ranked}) FILTER (seq IS NOT NULL)`;
  const tied = sql`SELECT DISTINCT id FROM ${members} GROUP BY id, priority, recency HAVING count(*) > 1`;
  const clear = entity.fields.map((field) => winner(field, clearly, clearly));
  const frequent = entity.fields.map((field) =>
    winner(field, sql`{p: priority, r: -recency, n: -${ident(`n_${field.name}`)}, ${LAST_RESORT}}`, ranked),
  );
  const frequencies = entity.fields.map(
    (field) => sql`count(*) OVER (PARTITION BY id, ${ident(field.name)}) AS ${ident(`n_${field.name}`)}`,
  );
  const firstClearly = sql`arg_min(seq, ${clearly}) FILTER (seq IS NOT NULL)`;
  return sql`SELECT id, ${joined(clear)}, ${firstClearly} FROM ${members} WHERE id NOT IN (${tied}) GROUP BY id
    UNION ALL
    SELECT id, ${joined(frequent)}, ${first} FROM (
      SELECT *, ${joined(frequencies)} FROM ${members} WHERE id IN (${tied})) GROUP BY id`;
}

function winner(field: Field, rank: Sql, ofRecord: Sql): Sql {
  if (field.provenance !== undefined) {
    return sql`arg_min(${field.provenance === 'source' ? sql`source` : sql`key`}, ${ofRecord})`;
  }
  const column = ident(field.name);
  if (field.firstSeen) return sql`min(${column})`;
  return sql`arg_min(${column}, ${rank}) FILTER (${column} IS NOT NULL)`;
}

/** Adds the placeholder rows that references without a value lead to, one a source, to the golden rows. */
export async function addPlaceholders(workspace: Workspace, entity: Entity): Promise<void> {
  const { placeholder } = entity;
  if (placeholder === undefined || (await workspace.size(tables.placeholders(entity.name))) === 0) return;
  const values = entity.fields.map((field) => {
    if (field.name === placeholder.field) return literal(placeholder.name);
    if (field.provenance === 'source') return sql`source`;
    return sql`NULL::${raw(field.type === 'reference' ? 'BIGINT' : duckdbType(field.type))}`;
  });
  await workspace.run(sql`INSERT INTO ${tables.golden(entity.name)}
    SELECT id, ${joined(values)}, NULL FROM ${tables.placeholders(entity.name)}`);
}
