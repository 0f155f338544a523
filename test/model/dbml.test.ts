import { Parser } from '@dbml/core';
import { describe, expect, test } from 'vitest';
import { toDbml } from '../../src/model/dbml.js';
import type { Entity } from '../../src/model/entity.js';
import { toMermaid } from '../../src/model/mermaid.js';
import { UNIFIED } from '../../src/model/unified.js';

/** The schema of the notebook that Pamoja grew out of. */
const NOTEBOOK = `
Table customers { customer_id int [pk]
  first_name varchar
  last_name varchar
  email varchar
  phone varchar
  address_line1 varchar
  address_line2 varchar
  city varchar
  country varchar
  created_at timestamp }
Table products { product_id int [pk]
  product_name varchar
  price decimal
  stock_quantity int
  source_system varchar
  created_at timestamp }
Table orders { order_id int [pk]
  customer_id int [ref: > customers.customer_id]
  order_date date
  total_amount decimal }
Table order_items { order_item_id int [pk]
  order_id int [ref: > orders.order_id]
  product_id int [ref: > products.product_id]
  quantity int
  unit_price decimal
  subtotal decimal }
`;

interface Column {
  name: string;
  type: string;
  pk: boolean;
  note: string | null;
}

/** What the diagram tools make of a DBML text. */
function read(dbml: string) {
  const [schema] = Parser.parse(dbml, 'dbmlv2').export().schemas;
  const tables = new Map<string, Column[]>();
  const notes = new Map<string, string | null>();
  for (const table of schema?.tables ?? []) {
    notes.set(table.name, table.note);
    tables.set(
      table.name,
      table.fields.map((field) => ({
        name: field.name,
        type: field.type.type_name,
        pk: field.pk === true,
        note: field.note,
      })),
    );
  }
  const refs = (schema?.refs ?? []).map(({ endpoints }) =>
    endpoints.map((end) => `${end.tableName}.${end.fieldNames.join()} ${end.relation}`).sort(),
  );
  return { tables, notes, refs: refs.sort() };
}

describe('the DBML', () => {
  const ours = read(toDbml('duka', 'public', UNIFIED));
  const theirs = read(NOTEBOOK);

  test('has the tables and references of the notebook', () => {
    expect([...ours.tables.keys()]).toEqual([...theirs.tables.keys()]);
    expect(ours.refs).toEqual(theirs.refs);
    expect(ours.refs).toHaveLength(3);
  });

  test('has its columns first, in their order, and more', () => {
    for (const [name, columns] of theirs.tables) {
      const found = ours.tables.get(name) ?? [];
      const same = found.slice(0, columns.length);
      expect(same.map((column) => [column.name, column.pk])).toEqual(
        columns.map((one) => [one.name, one.pk]),
      );
      // Goods are sold by weight, so quantities are decimals here.
      const types = columns.map(({ name: column, type }) => (/quantity/.test(column) ? 'decimal' : type));
      expect(same.map((column) => column.type)).toEqual(types);
      expect(found.length).toBeGreaterThan(columns.length);
    }
  });

  test('notes every table and column', () => {
    expect([...ours.notes.values()].filter((note) => !note)).toEqual([]);
    expect([...ours.tables.values()].flat().filter((column) => !column.note)).toEqual([]);
  });

  test('takes any text and any name', () => {
    const hostile: Entity = {
      name: 'table',
      kind: 'document',
      description: "it's a \\ back\nslash ''' and [note: 'x']",
      id: 'note',
      fields: [
        { name: 'ref', type: 'text', description: "}] Ref: a > b \\' `x` ' " },
        { name: 'has blank', type: 'reference', entity: 'customers', description: '' },
      ],
    };
    const { tables, notes, refs } = read(toDbml('a "name"', 'public', [...UNIFIED, hostile]));
    expect(tables.get('table')?.map((column) => column.name)).toEqual(['note', 'ref', 'has blank']);
    expect(tables.get('table')?.[1]?.note).toContain('Ref: a > b');
    expect(notes.get('table')).toContain("it's a \\ back slash");
    expect(refs).toHaveLength(4);
  });

  test('names the schema where it is not public', () => {
    const dbml = toDbml('duka', 'shop', UNIFIED);
    expect(dbml).toContain('Table shop.orders {');
    expect(
      Parser.parse(dbml, 'dbmlv2')
        .export()
        .schemas.flatMap((each) => each.tables),
    ).toHaveLength(4);
  });
});

test('Mermaid draws a line for each reference, and says where there may be none', () => {
  const lines = toMermaid(UNIFIED).split('\n');
  expect(lines[0]).toBe('erDiagram');
  expect(lines).toContain('  customers |o--o{ orders : "customer_id"');
  expect(lines).toContain('  orders ||--o{ order_items : "order_id"');
  expect(lines).toContain('    int customer_id FK "Who ordered"');
  expect(lines.filter((line) => /--o\{/.test(line))).toHaveLength(3);
});
