import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../src/generate/generate.js';
import { projectYaml } from '../../src/generate/project-config.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { traceRow } from '../../src/pipeline/trace-row.js';
import type { Place, TracedField, TracedRow } from '../../src/tracing/trace.js';
import { openTestProject, type TestProject } from '../support/project.js';

const SAMPLED = 6;
const config = parse(projectYaml()) as ProjectConfig;
let project: TestProject;

beforeAll(async () => {
  project = await openTestProject();
  await generate({ dir: project.root, customers: 250, products: 200, orders: 250, itemsPerOrder: 2 });
  await project.run(config);
});
afterAll(() => project.close());

const env = () => ({ DATABASE_URL: project.database.url });

async function trace(entity: string, id: number): Promise<TracedRow> {
  const found = await traceRow(project.project(config), { entity, id }, { values: true, env: env() });
  if (found.outcome !== 'row') throw new Error(`${entity} ${id} is ${found.outcome}`);
  return found;
}

/** The row of a table as it stands, and every so many-th id of it. */
async function sample(table: string, id: string): Promise<Map<number, Record<string, string | null>>> {
  const rows = await project.query<{ id: number; row: Record<string, string | null> }>(
    `SELECT ${id} AS id, (SELECT json_object_agg(key, value) FROM json_each_text(to_json(t))) AS row
     FROM ${table} t ORDER BY md5(${id}::text) LIMIT ${SAMPLED}`,
  );
  return new Map(rows.map((each) => [each.id, each.row]));
}

/** Lines of a file as they are on disk; what a trace says is looked up here and nowhere else. */
const files = new Map<string, string[]>();
function lineAt({ file, line }: Place): string {
  const lines = files.get(file) ?? readFileSync(join(project.root, file), 'utf8').split('\n');
  files.set(file, lines);
  return lines[(line ?? 0) - 1] ?? '';
}

function cells(line: string, delimiter: string): string[] {
  const parts = [...line.matchAll(new RegExp(`("(?:[^"]|"")*"|[^${delimiter}]*)(?:${delimiter}|$)`, 'g'))];
  return parts.map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
}

type Json = { [name: string]: Json } | Json[] | string | number | boolean | null;

/** What a file holds in a column at a place, without the reader; of nested lines what each of them holds. */
function rawAt(place: Place, column: string): (string | null)[] {
  const line = lineAt(place);
  if (place.file.endsWith('.csv')) {
    const delimiter = place.file.startsWith('catalogue/') ? ';' : ',';
    const header = cells(lineAt({ ...place, line: 1 }), delimiter);
    return [cells(line, delimiter)[header.indexOf(column)] ?? null];
  }
  // Numbers are read as they are written: 62.00 is not 62.
  const record = JSON.parse(line.replace(/:\s*(-?\d[\d.]*)(?=[,}\]])/g, ':"$1"')) as { lines?: Json[] };
  const at = (json: Json | undefined, path: string): string | null => {
    const found = path
      .split('.')
      .reduce<Json | undefined>((value, name) => (value as Record<string, Json> | null)?.[name], json);
    return found === undefined || found === null ? null : String(found);
  };
  if (column.startsWith('^')) return [at(record as Json, column.slice(1))];
  const own = at(record as Json, column);
  return own === null && record.lines !== undefined ? record.lines.map((each) => at(each, column)) : [own];
}

function placeOf(row: TracedRow, field: TracedField): Place {
  const place = row.records.find((record) => record.number === field.record)?.place;
  if (place === null || place === undefined)
    throw new Error(`${row.entity} ${row.id}: ${field.field} has no place`);
  return place;
}

describe('a trace of a generated business', () => {
  test.each([
    ['customers', 'customer_id'],
    ['products', 'product_id'],
    ['orders', 'order_id'],
    ['order_items', 'order_item_id'],
  ])(
    'names for %s the line of the file that holds each raw value',
    { timeout: 180_000 },
    async (table, id) => {
      const rows = await sample(table, id);
      expect(rows.size).toBe(SAMPLED);
      let looked = 0;
      for (const [number, values] of rows) {
        const row = await trace(table, number);
        for (const record of row.records) expect(record.state).toBe('as published');
        for (const field of row.fields) {
          expect(field.value, `${table} ${number} ${field.field}`).toBe(
            values[field.field]?.replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ') ?? null,
          );
          if (field.origin !== 'record') continue;
          for (const { column, value } of field.from) {
            expect(rawAt(placeOf(row, field), column), `${table} ${number} ${field.field}`).toContain(value);
            looked += 1;
          }
        }
        expect(row.fields.filter((field) => field.origin === 'foreign')).toEqual([]);
      }
      expect(looked).toBeGreaterThan(SAMPLED * 4);
    },
  );

  test('names both records of customers that were merged, and what they share', {
    timeout: 60_000,
  }, async () => {
    const merged = await project.query<{ id: number; keys: string[] }>(
      `SELECT id, array_agg(source || ' ' || key ORDER BY source, key) AS keys FROM pamoja.links
       WHERE entity = 'customers' AND NOT placeholder GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 10`,
    );
    expect(merged.length).toBe(10);
    for (const { id, keys } of merged) {
      const row = await trace('customer', id);
      expect(row.records.map(({ source, key }) => `${source} ${key}`).sort()).toEqual(keys);
      expect(new Set(row.sameBecause.flatMap((each) => each.records)).size).toBe(keys.length);
      // The CRM comes first in the configuration, so what it gives is taken.
      const name = row.fields.find((field) => field.field === 'first_name');
      expect(row.records.find((record) => record.number === name?.record)?.source).toBe('crm');
    }
  });

  test('leads from a refused order to what took it along', async () => {
    const [cascade] = await project.query<{ source: string; key: string; file: string; line: number }>(
      `SELECT r.source, r.key, c.file, c.line FROM pamoja.rejects r
       JOIN pamoja.rejects c ON c.run_id = r.run_id AND c.reject_id = r.root_id
       WHERE r.entity = 'orders' AND r.key IS NOT NULL AND c.key IS NOT NULL ORDER BY r.reject_id LIMIT 1`,
    );
    const { source = '', key = '' } = cascade ?? {};
    const found = await traceRow(project.project(config), { entity: 'order', key, source }, { env: env() });
    expect(found).toMatchObject({
      outcome: 'refused',
      reject: { rule: 'cascade', entity: 'orders' },
      root: { file: cascade?.file, line: cascade?.line },
    });
  });

  test('finds a row by the key of its record, the same as by its id', async () => {
    const [order] = await project.query<{ id: number; key: string }>(
      `SELECT order_id AS id, source_key AS key FROM orders WHERE source_system = 'pos_orders' LIMIT 1`,
    );
    const [customer] = await project.query<{ id: number; key: string }>(
      `SELECT id, key FROM pamoja.links WHERE entity = 'customers' AND source = 'crm' LIMIT 1`,
    );
    for (const [entity, each] of [
      ['order', order],
      ['customers', customer],
    ] as const) {
      const found = await traceRow(project.project(config), { entity, key: each?.key ?? '' }, { env: env() });
      expect(found).toMatchObject({ outcome: 'row', id: each?.id });
    }
  });
});
