import type { Workspace } from '../engine/workspace.js';
import { ident, joined, type Sql, sql } from '../kernel/sql.js';
import { alike } from '../model/alike.js';
import { type Entity, references } from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { snapshot, tables } from '../model/tables.js';
import { keyNumber, numberColumn, referenceColumn, referredSource, valueNumber } from './numbers.js';

/** By its 64 bits a document is only looked up: whom they hit by chance is looked at for nothing. */
export function documentNumber(source: Sql, key: Sql): Sql {
  return sql`hash(${source}, ${key})`;
}

/**
 * Lists the documents that a change can reach, `touched(id)`: those that are new, changed or gone, that have the key of
 * such a one, that refer to a master which moved, and whatever is tied to one of them as whole and part. Needs the
 * affected records mapped, and the moved masters.
 */
export async function touchDocuments(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Promise<void> {
  const documents = entities.filter((entity) => entity.kind === 'document');
  for (const entity of documents) {
    const seeds = [
      ...ownFeeds(entity, feeds).flatMap((feed) => [
        sql`SELECT id FROM ${tables.stale(feed.index)}`,
        ...referring(entity, feed, entities),
      ]),
      ...named(entity, feeds),
    ];
    await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.touched(entity.name)} AS
      SELECT DISTINCT id FROM (${joined([sql`SELECT NULL::BIGINT AS id`, ...seeds], ' UNION ALL ')}) WHERE id IS NOT NULL`);
  }
  const ties = documents.flatMap((entity) =>
    references(entity)
      .filter((field) => documents.some((each) => each.name === field.entity))
      .flatMap((field) => ownFeeds(entity, feeds).map((feed) => ({ entity, field, feed }))),
  );
  const size = async () => {
    let sum = 0;
    for (const { name } of documents) sum += await workspace.size(tables.touched(name));
    return sum;
  };
  for (let before = -1, now = await size(); now !== before; ) {
    before = now;
    for (const { entity, field, feed } of ties) {
      const [part, whole] = [tables.touched(entity.name), tables.touched(field.entity)];
      const [rows, column] = [snapshot.rows(feed.index), referenceColumn(field.name)];
      await workspace.run(sql`INSERT INTO ${whole} SELECT DISTINCT ${column} FROM ${rows}
        WHERE id IN (SELECT id FROM ${part}) AND ${column} IS NOT NULL AND ${column} NOT IN (SELECT id FROM ${whole})`);
      await workspace.run(sql`INSERT INTO ${part} SELECT DISTINCT id FROM ${rows}
        WHERE ${column} IN (SELECT id FROM ${whole}) AND id NOT IN (SELECT id FROM ${part})`);
    }
    now = await size();
  }
}

/** Settled documents whose reference leads to a master that moved. */
function referring(entity: Entity, feed: FeedRef, entities: readonly Entity[]): Sql[] {
  return references(entity)
    .filter((field) => entities.find((each) => each.name === field.entity)?.kind === 'master')
    .map(
      (field) => sql`SELECT id FROM ${snapshot.rows(feed.index)}
        WHERE ${referenceColumn(field.name)} IN (SELECT id FROM ${tables.moved(field.entity)})`,
    );
}

/** Settled documents whose key an affected record has, or names as what it refers to. */
function named(entity: Entity, feeds: readonly FeedRef[]): Sql[] {
  const own = ownFeeds(entity, feeds);
  const keys = sql`SELECT ${documentNumber(sourceOf(own), ident('key'))} FROM ${tables.mapped(entity.name)} WHERE key IS NOT NULL`;
  const references = feeds.flatMap((feed) =>
    feed.entity.fields
      .filter((field) => field.entity === entity.name && feed.feed.fields[field.name] !== undefined)
      .map(
        (field) => sql`SELECT ${documentNumber(referredSource(feed, field.name), ident(field.name))}
          FROM ${tables.mapped(feed.entity.name)} WHERE feed = ${feed.index} AND ${ident(field.name)} IS NOT NULL`,
      ),
  );
  return own.flatMap((feed) =>
    [keys, ...references].map(
      (wanted) => sql`SELECT id FROM ${snapshot.rows(feed.index)} WHERE own IN (${wanted})`,
    ),
  );
}

/** Lists the settled records of masters that affected documents refer to, by key and by value. */
export async function listSettledTargets(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
): Promise<void> {
  for (const { name } of entities.filter((entity) => entity.kind === 'master')) {
    const referring = feeds.flatMap((feed) =>
      feed.entity.fields
        .filter((field) => field.entity === name && feed.feed.fields[field.name] !== undefined)
        .map((field) => ({ feed, field: field.name, by: feed.feed.fields[field.name]?.by })),
    );
    const records = snapshot.records(name);
    // A record that is gone still leads to its row where that of another system gives it.
    const settled = sql`SELECT * FROM ${records} WHERE id NOT IN (SELECT id FROM ${tables.touched(name)})
      AND (live OR id IN (SELECT id FROM ${records} WHERE live))`;
    const texts = (feed: FeedRef, field: string) =>
      sql`SELECT DISTINCT ${ident(field)} AS text FROM ${tables.mapped(feed.entity.name)}
        WHERE feed = ${feed.index} AND ${ident(field)} IS NOT NULL`;
    const byKey = referring
      .filter(({ by }) => by === undefined)
      .map(({ feed, field }) => {
        const source = referredSource(feed, field);
        return sql`SELECT ${source} AS source, t.text AS key, s.id FROM (${texts(feed, field)}) t
          JOIN (${settled}) s ON s.own = ${keyNumber(source, sql`t.text`)}`;
      });
    const none = sql`SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS key, NULL::BIGINT AS id WHERE false`;
    await workspace.run(sql`CREATE OR REPLACE TABLE ${tables.settledTargets(name)} AS
      ${joined([none, ...byKey], ' UNION ')}`);
    for (const by of new Set(referring.flatMap((each) => each.by ?? []))) {
      const found = referring
        .filter((each) => each.by === by)
        .map(
          ({ feed, field }) => sql`SELECT ${alike(sql`t.text`)} AS value, s.id FROM (${texts(feed, field)}) t
            JOIN (${settled}) s ON s.${numberColumn(by)} = ${valueNumber(sql`t.text`)}`,
        );
      await workspace.run(
        sql`CREATE OR REPLACE TABLE ${tables.settledValues(name, by)} AS ${joined(found, ' UNION ')}`,
      );
    }
  }
}

/** Takes back what was listed by values: who looks at all records finds those that refer among them. */
export async function forgetSettledTargets(workspace: Workspace): Promise<void> {
  const listed = await workspace.rows<{ name: string }>(
    sql`SELECT table_name AS name FROM duckdb_tables() WHERE starts_with(table_name, 'settled_values_')`,
  );
  await workspace.drop(...listed.map(({ name }) => name));
}

function ownFeeds(entity: Entity, feeds: readonly FeedRef[]): FeedRef[] {
  return feeds.filter((feed) => feed.entity.name === entity.name);
}
