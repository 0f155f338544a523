import type { RunResult } from '../../src/pipeline/run-options.js';
import type { TestProject } from './project.js';

/** All that a run leaves, but for the run's own name and the times. */
const LEFT: Record<string, string> = {
  customers: 'SELECT * FROM customers ORDER BY customer_id',
  products: 'SELECT * FROM products ORDER BY product_id',
  orders: 'SELECT * FROM orders ORDER BY order_id',
  order_items: 'SELECT * FROM order_items ORDER BY order_item_id',
  links: 'SELECT entity, source, key, id, placeholder, deleted, vanished FROM pamoja.links ORDER BY 1, 2, 3',
  customer_records: 'SELECT * FROM pamoja.customer_records ORDER BY source, key, variant',
  product_records: 'SELECT * FROM pamoja.product_records ORDER BY source, key, variant',
  rejects: `SELECT source, file, entity, line, ordinal, key, rule, field, value, reason, waiting, raw::text FROM pamoja.rejects
    WHERE run_id = (SELECT last_run FROM pamoja.state) ORDER BY source, file, entity, ordinal, rule`,
  findings: `SELECT severity, source, file, entity, ordinal, key, rule, field, value, reason FROM pamoja.findings
    WHERE run_id = (SELECT last_run FROM pamoja.state) ORDER BY source, file, entity, ordinal, rule, field, value`,
  next: 'SELECT entity, next_id FROM pamoja.entities ORDER BY entity',
};

/** What stands in a project's database. */
export async function left(project: TestProject): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [name, query] of Object.entries(LEFT)) found[name] = await project.query<object>(query);
  const [paid] = await project.query<{ there: boolean }>(
    `SELECT to_regclass('payments') IS NOT NULL AS there`,
  );
  if (paid?.there) found.payments = await project.query<object>('SELECT * FROM payments ORDER BY 1');
  return found;
}

/** Accounts as they count: of what was carried over nothing is said, and amounts stand in any order. */
export function account({ entities, ledger, rejects, waiting, findings }: RunResult) {
  const lines = ledger.map(({ carried: _, sha256: __, amounts, ...line }) => ({
    ...line,
    amounts: amounts
      .map((amount) =>
        Object.fromEntries(
          Object.entries(amount).map(([k, v]) => [k, /^-?[\d.]+$/.test(String(v)) ? Number(v) : v]),
        ),
      )
      .sort((a, b) => `${a.measure}${a.currency}`.localeCompare(`${b.measure}${b.currency}`)),
  }));
  return { entities, lines, rejects, waiting, findings };
}
