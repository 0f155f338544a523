import type { Postgres } from '../engine/postgres.js';
import type { Truth } from '../generate/truth.js';
import { ident, literal, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Check } from '../model/ledger.js';

/** The field that a rule names; of a conflict it is the key, which the rule itself says. */
export const fieldToldOf = sql`CASE WHEN rule = 'conflict' THEN '' ELSE coalesce(field, '') END`;

const COUNTS = ['read', 'accepted', 'rejected', 'filtered', 'repeated'] as const;

/** Holds what a run counted and what the tables hold against a truth: rows, ledger, findings, what waits, and sums. */
export async function compareOutcome(
  postgres: Postgres,
  project: Project,
  truth: Truth,
  run: string,
): Promise<Check[]> {
  const asked: Asked = { postgres, project, truth, run };
  return [
    ...(await compareRows(asked)),
    await compareLedger(asked),
    await compareFindings(asked),
    await compareWaiting(asked),
    ...(await compareAmounts(asked)),
  ];
}

interface Asked {
  postgres: Postgres;
  project: Project;
  truth: Truth;
  run: string;
}

function check(name: string, expected: string, found: string): Check {
  const passed = expected === found;
  return { name: `truth: ${name}`, passed, detail: passed ? found : `${found}, and in truth ${expected}` };
}

/** Placeholders are rows, but stand for nobody. */
async function compareRows({ postgres, project, truth }: Asked): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [entity, expected] of Object.entries(truth.golden)) {
    const { rows } = await postgres.row<{ rows: number }>(
      sql`SELECT (SELECT count(*) FROM ${ident(project.schema, entity)}) - (SELECT count(DISTINCT id)
        FROM ${ident(project.bookkeeping, 'links')} WHERE entity = ${literal(entity)} AND placeholder AND NOT deleted) AS rows`,
    );
    checks.push(check(`rows of ${entity}`, `${expected}`, `${Number(rows)}`));
  }
  return checks;
}

/** By source and entity: what a file is to one source, pages are to another. */
async function compareLedger({ postgres, project, truth, run }: Asked): Promise<Check> {
  const lines = await postgres.query<Record<string, string | number>>(
    sql`SELECT source, entity, sum(read) AS read, sum(accepted) AS accepted, sum(rejected) AS rejected,
        sum(filtered) AS filtered, sum(repeated) AS repeated
      FROM ${ident(project.bookkeeping, 'ledger')} WHERE run_id = ${literal(run)} GROUP BY source, entity`,
  );
  const text = (line: object) => {
    const { source, entity, ...counts } = line as Record<string, string | number>;
    return `${source} ${entity} ${COUNTS.map((name) => `${Number(counts[name])} ${name}`).join(', ')}`;
  };
  return checkLines('ledger', truth.ledger.map(text), lines.map(text));
}

async function compareFindings({ postgres, project, truth, run }: Asked): Promise<Check> {
  const found = await postgres.query<Record<string, string | number>>(
    sql`SELECT source, entity, rule, ${fieldToldOf} AS field, count(*) AS records FROM ${ident(project.bookkeeping, 'findings')}
      WHERE run_id = ${literal(run)} GROUP BY 1, 2, 3, 4`,
  );
  const text = (line: object) => {
    const { source, entity, rule, field, records } = line as Record<string, string | number>;
    return `${source} ${entity}.${field} ${rule} ${Number(records)}`;
  };
  return checkLines('findings', truth.findings.map(text), found.map(text));
}

/** The same lines, in whatever order; those that are not are named. */
function checkLines(name: string, expected: readonly string[], found: readonly string[]): Check {
  const odd = [
    ...found.filter((line) => !expected.includes(line)).map((line) => `not in truth: ${line}`),
    ...expected.filter((line) => !found.includes(line)).map((line) => `only in truth: ${line}`),
  ];
  const detail = odd.length === 0 ? `all ${expected.length} lines agree` : odd.join('; ');
  return { name: `truth: ${name}`, passed: odd.length === 0, detail };
}

async function compareWaiting({ postgres, project, truth, run }: Asked): Promise<Check> {
  const { waiting } = await postgres.row<{ waiting: number }>(
    sql`SELECT count(*) AS waiting FROM ${ident(project.bookkeeping, 'rejects')} WHERE run_id = ${literal(run)} AND waiting`,
  );
  return check('waiting', `${truth.waiting}`, `${Number(waiting)}`);
}

async function compareAmounts({ postgres, project, truth }: Asked): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { measure, currency, amount } of truth.amounts) {
    const [entity = '', field = ''] = measure.split('.');
    const { sum } = await postgres.row<{ sum: string }>(
      sql`SELECT trim_scale(coalesce(sum(${ident(field)}), 0))::text AS sum FROM ${ident(project.schema, entity)}`,
    );
    checks.push(check(measure, `${plain(amount)} ${currency}`, `${plain(sum)} ${currency}`));
  }
  const { sold } = await postgres.row<{ sold: string }>(
    sql`SELECT trim_scale(coalesce(sum(amount), 0))::text AS sold FROM ${ident(project.schema, 'sales')}
      WHERE currency = ${literal(truth.sold.currency)}`,
  );
  checks.push(check('sales less returns', plain(truth.sold.amount), plain(sold)));
  return checks;
}

/** Without zeros behind the decimals: `1200.50` is `1200.5`. */
function plain(amount: string): string {
  return amount.includes('.') ? amount.replace(/0+$/, '').replace(/\.$/, '') : amount;
}
