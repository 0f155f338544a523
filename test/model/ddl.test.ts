import { describe, expect, test } from 'vitest';
import { createForeignKeys, createKeys } from '../../src/model/ddl.js';
import type { Entity } from '../../src/model/entity.js';

const LONG = `deliveries_of_goods_to_${'far_away_'.repeat(5)}`;

function entity(name: string, fields: string[]): Entity {
  return {
    name,
    kind: 'document',
    description: '',
    id: 'delivery_id',
    fields: fields.map((field) => ({ name: field, type: 'reference', description: '', entity: 'orders' })),
  };
}

/** What is made is named in quotes behind INDEX or CONSTRAINT. */
function madeNames(made: Entity): string[] {
  return [...createKeys('public', made), ...createForeignKeys('public', made)].map(
    (statement) => /(?:INDEX|CONSTRAINT) "([^"]+)"/.exec(statement)?.[1] ?? '',
  );
}

describe('names of indexes and constraints', () => {
  test('are those of table and column where they are short', () => {
    expect(madeNames(entity('deliveries', ['order_id']))).toEqual([
      'deliveries_pkey',
      'deliveries_order_id',
      'deliveries_order_id_fkey',
    ]);
  });

  test('stay apart where PostgreSQL would cut them to the same one', () => {
    for (const name of [LONG, `${LONG.slice(0, 50)}ë`, 'ñ'.repeat(31)]) {
      const names = madeNames(entity(name, ['from_order_id', 'to_order_id']));
      expect(new Set(names).size).toBe(5);
      for (const each of names) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(63);
    }
  });
});
