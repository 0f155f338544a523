import { createHash } from 'node:crypto';
import { DOMParser } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project, ProjectConfig } from '../../src/model/config.js';
import { UNIFIED } from '../../src/model/unified.js';
import { diffSchema } from '../../src/pipeline/diff-schema.js';
import { drawErd } from '../../src/schema/draw-erd.js';
import { layOutTables } from '../../src/schema/lay-out-tables.js';
import { schemaPage } from '../../src/schema/schema-page.js';
import { schemaText } from '../../src/schema/schema-text.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

const HOSTILE = '<script>alert(1)</script> & "quoted" \'too\'';
const WITH_HOSTILE = UNIFIED.map((entity) => ({ ...entity, description: HOSTILE }));

describe('the drawing', () => {
  test('shows every table and column once, with its keys marked', async () => {
    const svg = new DOMParser().parseFromString(await drawErd('The schema', UNIFIED), 'image/svg+xml');
    const texts = (selector: string) => [...svg.querySelectorAll(selector)].map((each) => each.textContent);
    expect(texts('.name')).toHaveLength(UNIFIED.reduce((sum, entity) => sum + entity.fields.length + 1, 0));
    expect(texts('.mark').sort()).toEqual(['FK', 'FK', 'FK', 'PK', 'PK', 'PK', 'PK']);
    expect(svg.querySelectorAll('.thread')).toHaveLength(3);
  });

  test('places no table on another, and each line from edge to edge', async () => {
    const { tables, references } = await layOutTables(UNIFIED);
    for (const [i, a] of tables.entries()) {
      for (const b of tables.slice(i + 1)) {
        const apart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.entity.name} and ${b.entity.name}`).toBe(true);
      }
    }
    for (const { from, to, points } of references) {
      const parent = tables.find((table) => table.entity.name === from);
      const child = tables.find((table) => table.entity.name === to);
      expect(points[0]?.x).toBeCloseTo((parent?.x ?? 0) + (parent?.width ?? 0), 0);
      expect(points.at(-1)?.x).toBeCloseTo(child?.x ?? 0, 0);
    }
  });

  test('is the same every time, and has light and dark', async () => {
    const svg = await drawErd('The schema', UNIFIED);
    expect(await drawErd('The schema', UNIFIED)).toBe(svg);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('needs nothing from outside, and shows hostile texts as texts', async () => {
    for (const text of [await drawErd(HOSTILE, WITH_HOSTILE), await schemaPage(HOSTILE, WITH_HOSTILE)]) {
      expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import|src=/);
      expect(text).not.toContain('<script');
      expect(text).toContain('&lt;script&gt;');
    }
  });

  test('the page allows its own two styles and nothing else', async () => {
    const page = await schemaPage('duka', UNIFIED);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style]) => style ?? '');
    expect(styles).toHaveLength(2);
    for (const style of styles)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(page).not.toMatch(/ style=| on\w+=/);
  });
});

describe('the schema against the database', () => {
  let shop: TestProject;
  let project: Project;
  const found = async () => {
    const { drifted, differences } = await diffSchema(project, { env: { DATABASE_URL: shop.database.url } });
    const said = differences.map(
      ({ kind, table, part }) => `${kind}: ${table}${part === null ? '' : `.${part}`}`,
    );
    return { drifted, said };
  };
  beforeAll(async () => {
    shop = await openTestProject();
    shop.write(SHOP_FILES);
    project = shop.project(SHOP);
  });
  afterAll(() => shop.close());

  test('before the first run there is nothing to compare', async () => {
    await expect(found()).rejects.toMatchObject({ code: 'PAM-DB-008' });
  });

  test('after a run they are the same', async () => {
    await shop.run(SHOP);
    expect(await found()).toEqual({ drifted: false, said: [] });
  });

  test('what a user added is information', async () => {
    await shop.query('ALTER TABLE customers ADD COLUMN loyalty_points integer');
    await shop.query(
      'CREATE TABLE public.wishes (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers)',
    );
    await shop.query('CREATE VIEW public.rich AS SELECT * FROM customers WHERE loyalty_points > 100');
    const said = ['information: customers.loyalty_points', 'information: rich', 'information: wishes'];
    expect(await found()).toEqual({ drifted: false, said });
  });

  test('what is missing or changed of ours is drift', async () => {
    await shop.query('DROP VIEW sales');
    await shop.query('ALTER TABLE orders DROP COLUMN channel');
    await shop.query('ALTER TABLE orders ALTER COLUMN total_amount TYPE numeric(12,2)');
    await shop.query('ALTER TABLE order_items DROP CONSTRAINT order_items_product_id_fkey');
    await shop.query('ALTER TABLE order_items DROP CONSTRAINT order_items_pkey');
    const { drifted, said } = await found();
    expect(drifted).toBe(true);
    expect(said.filter((each) => each.startsWith('drift')).sort()).toEqual([
      'drift: order_items.order_item_id',
      'drift: order_items.product_id',
      'drift: orders.channel',
      'drift: orders.total_amount',
      'drift: sales',
    ]);
  });
});

test('a table that is not there, and a declared one, are told', async () => {
  const shop = await openTestProject();
  try {
    const withStores: ProjectConfig = {
      ...SHOP,
      entities: { stores: { kind: 'master', id: 'store_id', fields: { name: { type: 'text' } } } },
    };
    shop.write(SHOP_FILES);
    await shop.run(SHOP);
    const { differences } = await diffSchema(shop.project(withStores), {
      env: { DATABASE_URL: shop.database.url },
    });
    expect(differences).toEqual([expect.objectContaining({ kind: 'drift', table: 'stores', part: null })]);
  } finally {
    await shop.close();
  }
});

test('the SQL makes, in an empty database, what the model says', async () => {
  const shop = await openTestProject();
  try {
    const project = shop.project(SHOP);
    await shop.query(await schemaText(project, 'sql'));
    const diff = await diffSchema(project, { env: { DATABASE_URL: shop.database.url } });
    expect(diff.differences).toEqual([]);
  } finally {
    await shop.close();
  }
});
