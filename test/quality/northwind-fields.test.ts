import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { ident, literal, sql } from '../../src/kernel/sql.js';
import type { FieldMapping } from '../../src/model/config.js';
import type { FieldType } from '../../src/model/entity.js';
import { compileField } from '../../src/quality/compile-field.js';
import { context } from './read-samples.js';

const folder = resolve(import.meta.dirname, '../../../shared/data/retail/northwind/csv');

/** Reads one column of a file: how many texts were given, how many read, and how many broke a rule. */
async function readColumn(
  workspace: Workspace,
  file: string,
  type: FieldType,
  from: string,
  more: FieldMapping = {},
) {
  const field = { name: 'value', type, description: '' };
  const mapping = { from, ...more };
  const { texts, textColumn, value, rules } = compileField(field, mapping, { ...context, columns: [from] });
  const broken = rules.reduce(
    (sum, rule) => sql`${sum} + CASE WHEN ${rule.broken} THEN 1 ELSE 0 END`,
    sql`0`,
  );
  const rows = sql`SELECT ${texts} FROM read_csv(${literal(join(folder, file))}, header = true, all_varchar = true)`;
  const values = sql`SELECT *, ${value} AS value FROM (${rows})`;
  return workspace.row<{ rows: number; given: number; read: number; broken: number; total: string | null }>(
    sql`SELECT count(*) AS rows, count(${ident(textColumn)}) AS given, count(value) AS read, sum(${broken})::BIGINT AS broken, sum(TRY_CAST(value::VARCHAR AS DECIMAL(18,4)))::VARCHAR AS total FROM (${values})`,
  );
}

test.skipIf(!existsSync(folder))(
  'the fields of Northwind are read to the last cent (needs ../shared/data)',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pamoja-northwind-'));
    const workspace = await Workspace.open({ dir, readable: [folder], memoryMb: 512 });
    try {
      const freight = await readColumn(workspace, 'orders.csv', 'money', 'freight');
      expect(freight).toEqual({ rows: 830, given: 830, read: 830, broken: 0, total: '64942.6900' });
      const quantity = await readColumn(workspace, 'order_details.csv', 'integer', 'quantity');
      expect(quantity).toEqual({ rows: 2155, given: 2155, read: 2155, broken: 0, total: '51317.0000' });
      // Northwind writes NULL for nothing; 21 orders were not shipped.
      const shipped = await readColumn(workspace, 'orders.csv', 'date', 'shippedDate');
      expect(shipped).toMatchObject({ given: 809, read: 809, broken: 0 });
      // Its customers live in 21 countries, none of them Kenya, and write no country code. One number of Stuttgart,
      // 0711-020361, is written just as one of Nairobi.
      const phones = await readColumn(workspace, 'customers.csv', 'phone', 'phone');
      expect(phones).toMatchObject({ given: 91, read: 1, broken: 90 });
    } finally {
      workspace.close();
    }
  },
);
