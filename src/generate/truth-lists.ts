import { join } from 'node:path';
import { joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Making } from './making.js';
import { copiesOf, type OutFile } from './out-file.js';
import { faultsOf, tornRule } from './truth.js';
import { constants } from './wheel.js';

/** The files beside `truth.json`, from the folder. */
export const TRUTH_LISTS = {
  /** By entity: truth_id, source, key. Records of one truth_id are the same. */
  same: { customers: 'truth/customers.csv', products: 'truth/products.csv' },
  /** source, file, entity, key, rule, field: what must be refused, and why. */
  rejects: 'truth/rejects.csv',
};

/** Rules that refuse a record before its key is known. */
const KEYLESS = ['key', 'nul', 'json', 'structure'];

/** Writes which records are the same, and which must be refused and why. */
export async function writeTruthLists(making: Making, files: readonly OutFile[], dir: string): Promise<void> {
  for (const [entity, path] of Object.entries(TRUTH_LISTS.same)) {
    const lists = files
      .filter((file) => file.entity === entity)
      .map(
        (
          file,
        ) => sql`SELECT DISTINCT truth_id, ${literal(file.source)} AS source, (${keyOf(file, entity)})::VARCHAR AS key
        FROM (${file.rows}) WHERE fault IS NULL`,
      );
    await writeCsv(
      making,
      sql`FROM (${joined(lists, ' UNION ALL ')}) ORDER BY truth_id, source, key`,
      join(dir, path),
    );
  }
  const rejects = files.flatMap((file) =>
    [file.entity, ...(file.parts === undefined ? [] : [file.parts])].map((entity) =>
      rejectsOf(making, file, entity),
    ),
  );
  await writeCsv(
    making,
    sql`FROM (${joined(rejects, ' UNION ALL ')}) ORDER BY ALL`,
    join(dir, TRUTH_LISTS.rejects),
  );
}

async function writeCsv({ workspace }: Making, query: Sql, path: string): Promise<void> {
  await workspace.run(sql`COPY (${query}) TO ${literal(path)} (FORMAT csv, HEADER true)`);
}

function rejectsOf(making: Making, file: OutFile, entity: string): Sql {
  const told = faultsOf(file, entity).filter(([, { rule }]) => rule !== 'filtered');
  const nested = entity !== file.entity;
  const tornLine = ['', nested ? '' : tornRule(file), ''];
  const reasons = constants(
    ['reason_of', 'rule', 'field'],
    [tornLine, ...told.map(([name, { rule, field }]) => [name, rule, field])],
  );
  const keyless = sql`rule IN (${joined(KEYLESS.map(literal))})`;
  return sql`SELECT ${literal(file.source)} AS source, ${literal(file.path)} AS file, ${literal(entity)} AS entity,
      CASE WHEN ${keyless} THEN '' ELSE (${keyOf(file, entity)})::VARCHAR END AS key, rule, field
    FROM (SELECT * FROM (${copiesOf(making, file)}) WHERE fault IS NOT NULL OR copy = 2) refused
    JOIN (${reasons}) reasons ON reason_of = coalesce(refused.fault, '') AND rule <> ''`;
}

function keyOf(file: OutFile, entity: string): Sql {
  return file.keys[entity] ?? sql`''`;
}
