import type { Postgres } from '../../src/engine/postgres.js';
import { isNumber } from '../../src/insights/insight.js';
import { raw, sql } from '../../src/kernel/sql.js';
import type { Project, ProjectConfig } from '../../src/model/config.js';
import { createKeys, createSalesView, createTable } from '../../src/model/ddl.js';
import { type InsightOptions, runInsight } from '../../src/pipeline/run-insight.js';
import { migrate } from '../../src/store/bookkeeping.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP } from '../support/shop.js';

/** A database with the tables as a run makes them, and rows written by hand. */
export interface SmallBusiness {
  test: TestProject;
  project: Project;
  /** The rows of an insight as objects, numbers as numbers: small enough to be exact. */
  ask(name: string, parameters?: InsightOptions['parameters']): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openSmallBusiness(
  rows: string,
  config: Partial<ProjectConfig> = {},
): Promise<SmallBusiness> {
  const test = await openTestProject();
  const project = test.project({ ...SHOP, ...config });
  const postgres = await test.database.connect();
  await makeTables(postgres, project);
  await postgres.run(raw(rows));
  const env = { DATABASE_URL: test.database.url };
  return {
    test,
    project,
    async ask(name, parameters = {}) {
      const { columns, rows: found } = await runInsight(project, name, { parameters, env });
      return found.map((row) =>
        Object.fromEntries(
          columns.map(({ name: column, type }, i) => {
            const value = row[i] ?? null;
            return [column, value !== null && isNumber(type) ? Number(value) : value];
          }),
        ),
      );
    },
    close: () => test.close(),
  };
}

async function makeTables(postgres: Postgres, project: Project): Promise<void> {
  await migrate(postgres, project);
  await postgres.run(sql`CREATE SCHEMA IF NOT EXISTS ${raw(`"${project.schema}"`)}`);
  for (const entity of project.entities)
    for (const statement of [...createTable(project.schema, entity), ...createKeys(project.schema, entity)])
      await postgres.run(statement);
  for (const statement of createSalesView(project.schema, project.entities, true))
    await postgres.run(statement);
  await postgres.run(raw(`SET search_path TO "${project.schema}"`));
}

/**
 * Two currencies, a month without a sale, a return as an order and one as a line, a cancelled order, a walk-in sale, a
 * product without a category, a customer who never bought: each figure can be worked out by hand.
 */
export const ROWS = `
INSERT INTO customers (customer_id, first_name, last_name, email, city, region, marketing_consent, created_at) VALUES
  (1, 'Wanjiru', 'Kamau', 'wanjiru@example.com', 'Nairobi', 'Nairobi', true, '2025-01-01'),
  (2, 'Otieno', 'Ouma', 'otieno@example.com', 'Kisumu', 'Kisumu', false, '2025-01-02'),
  (3, 'Amina', 'Hassan', 'amina@example.com', 'Mombasa', 'Mombasa', true, '2025-01-03'),
  (4, 'Kiprono', 'Cheruiyot', 'kiprono@example.com', 'Kericho', 'Kericho', NULL, '2025-01-04'),
  (5, 'Mutua', 'Musyoka', 'mutua@example.com', 'Machakos', 'Machakos', true, '2025-01-05'),
  (9, 'Walk-in', NULL, NULL, NULL, NULL, NULL, '2025-01-06');
INSERT INTO pamoja.links (entity, source, key, id, placeholder, run_id) VALUES
  ('customers', 'till', '', 9, true, 'r1'), ('customers', 'crm', 'C1', 1, false, 'r1');
INSERT INTO products (product_id, product_name, price, stock_quantity, category, currency) VALUES
  (1, 'Flour', 200, 10, 'Food', 'KES'), (2, 'Dress', 2500, 4, 'Clothes', 'KES'), (3, 'Basket', 100, 0, NULL, 'KES'),
  (4, 'Lamp', 1000, 5, 'Home', 'KES'), (5, 'Case', 10, 8, 'Accessories', 'USD');
INSERT INTO orders (order_id, customer_id, order_date, currency, channel, order_type, status, total_amount) VALUES
  (1, 1, '2026-01-05', 'KES', 'shop', 'sale', 'paid', 400), (2, 1, '2026-01-20', 'KES', 'web', 'sale', 'paid', 2500),
  (3, 2, '2026-01-31', 'KES', 'shop', 'sale', NULL, 310), (4, 1, '2026-03-10', 'KES', 'shop', NULL, 'paid', 200),
  (5, 1, '2026-03-11', 'KES', 'shop', 'return', 'paid', 2500), (6, 2, '2026-03-31', 'USD', 'web', 'sale', 'paid', 24),
  (7, 2, '2026-03-15', 'KES', 'web', 'sale', 'Cancelled', 2500), (8, 9, '2026-03-12', 'KES', 'shop', 'sale', 'paid', 570),
  (9, 3, '2026-03-20', 'KES', NULL, 'sale', 'paid', 0);
INSERT INTO order_items (order_item_id, order_id, product_id, quantity, unit_price, subtotal) VALUES
  (1, 1, 1, 2, 200, 400), (2, 2, 2, 1, 2500, 2500), (3, 3, 1, 1, 210, 210), (4, 3, 3, 1, 100, 100),
  (5, 4, 1, 1, 200, 200), (6, 5, 2, 1, 2500, 2500), (7, 6, 5, 2, 12, 24), (8, 7, 2, 1, 2500, 2500),
  (9, 8, 1, 3, 190, 570), (10, 9, 3, 2, 100, 200), (11, 9, 1, -1, 200, -200);
INSERT INTO pamoja.runs (run_id, project, started_at, finished_at, outcome, entities, version) VALUES
  ('r0', 'shop', now(), now(), 'published', '{}', '1'), ('r1', 'shop', now(), now(), 'published', '{}', '1');
UPDATE pamoja.state SET last_run = 'r1';
INSERT INTO pamoja.ledger (run_id, source, file, entity, read, accepted, rejected, filtered, repeated, merged, balanced)
VALUES ('r0', 'crm', 'a.csv', 'customers', 99, 99, 0, 0, 0, 0, true),
  ('r1', 'crm', 'a.csv', 'customers', 6, 3, 2, 0, 1, 1, true), ('r1', 'crm', 'b.csv', 'customers', 2, 2, 0, 0, 0, 0, true),
  ('r1', 'till', 'o.csv', 'orders', 9, 8, 1, 0, 0, 0, true), ('r1', 'till', 'p.csv', 'products', 0, 0, 0, 0, 0, 0, true);
INSERT INTO pamoja.kept_rejects (run_id, reject_id, root_id, source, file, entity, rule, field, reason, waiting) VALUES
  ('r1', 1, NULL, 'crm', 'a.csv', 'customers', 'required', 'email', 'is missing', false),
  ('r1', 2, NULL, 'crm', 'a.csv', 'customers', 'required', 'email', 'is missing', false),
  ('r1', 3, 1, 'till', 'o.csv', 'orders', 'cascade', 'customer_id', 'its customer was refused', false);
INSERT INTO pamoja.kept_findings (run_id, severity, source, file, entity, rule, reason) VALUES
  ('r1', 'blank', 'crm', 'a.csv', 'customers', 'phone', 'is no phone number');
`;
