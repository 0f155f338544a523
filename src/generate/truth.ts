import { sql } from '../kernel/sql.js';
import { decimal } from './amounts.js';
import type { Plan } from './generate-options.js';
import type { Making } from './making.js';
import type { Fault, FileCounts, OutFile } from './out-file.js';
import { MADE_BY } from './out-folder.js';

/** Records that a rule refuses, or that are refused for the sake of another (rule `cascade`). */
export interface ExpectedReject {
  rule: string;
  /** Empty where a record is refused as a whole. */
  field: string;
  records: number;
}

/** What the ledger must say of one file and entity: read = accepted + rejected + filtered + repeated. */
export interface ExpectedLedger {
  source: string;
  file: string;
  entity: string;
  read: number;
  accepted: number;
  rejected: number;
  filtered: number;
  repeated: number;
  rejects: ExpectedReject[];
}

/** What rules must find in records that stay. */
export interface ExpectedFinding extends ExpectedReject {
  source: string;
  entity: string;
}

/** What a correct integration of the files shows. */
export interface Truth {
  made_by: string;
  finished: boolean;
  plan: Plan;
  /** Everything that was written beside `truth.json`. */
  files: string[];
  /** The configuration as it was written, as a hash: until somebody changes it, it is written anew. */
  config: string | null;
  /** Rows of each unified table, without placeholders. */
  golden: Record<string, number>;
  /** Accepted records that became part of a row which another record leads. */
  merged: Record<string, number>;
  /** Refused records that wait for what they refer to. */
  waiting: number;
  /** Sums over the unified tables, as exact text. */
  amounts: { measure: string; currency: string; amount: string }[];
  /** What was sold less what came back, cancelled orders left out: the sum of the view `sales`. */
  sold: { currency: string; amount: string };
  ledger: ExpectedLedger[];
  findings: ExpectedFinding[];
  /** By entity, the file that says which records are the same. */
  same: Record<string, string>;
  /** The file of every record that must be refused. */
  rejects: string;
}

/** Rules that refuse a record until what it refers to has come. */
const WAITING_RULES = ['reference', 'ambiguous'];

/** Puts the truth together from what was made and how often it was written. */
export async function tellTruth(
  making: Making,
  files: readonly { file: OutFile; counts: FileCounts }[],
  lists: Pick<Truth, 'same' | 'rejects'>,
): Promise<Truth> {
  const { plan } = making;
  const ledger = files.flatMap(({ file, counts }) => [
    ledgerOf(file, file.entity, counts),
    ...(file.parts === undefined ? [] : [ledgerOf(file, file.parts, counts)]),
  ]);
  const golden: Record<string, number> = {
    customers: plan.customers,
    products: plan.products,
    orders: plan.orders,
    order_items: plan.items,
  };
  const accepted = (entity: string) =>
    ledger.filter((row) => row.entity === entity).reduce((sum, row) => sum + row.accepted, 0);
  const waiting = ledger.flatMap(({ rejects }) => rejects).filter(({ rule }) => WAITING_RULES.includes(rule));
  return {
    made_by: MADE_BY,
    finished: true,
    plan,
    files: [...files.map(({ file }) => file.path), ...Object.values(lists.same), lists.rejects].sort(),
    config: null,
    golden,
    merged: Object.fromEntries(
      Object.entries(golden).map(([entity, rows]) => [entity, accepted(entity) - rows]),
    ),
    waiting: waiting.reduce((sum, { records }) => sum + records, 0),
    ...(await sumsOf(making)),
    ledger,
    findings: files.flatMap(({ file, counts }) => findingsOf(file, counts)),
    ...lists,
  };
}

async function sumsOf({ workspace }: Making): Promise<Pick<Truth, 'amounts' | 'sold'>> {
  // The till prints a return with a minus, the web shop without; both take away.
  const printed = sql`CASE WHEN bought IS NULL OR web THEN 1 ELSE -1 END`;
  const meant = sql`CASE WHEN bought IS NULL THEN 1 ELSE -1 END`;
  const sums = await workspace.row<{ goods: string; totals: string; sold: string }>(
    sql`SELECT ${decimal(sql`sum(${printed} * goods)::BIGINT`)}::VARCHAR AS goods,
        ${decimal(sql`sum(${printed} * (goods + shipping))::BIGINT`)}::VARCHAR AS totals,
        ${decimal(sql`coalesce(sum(${meant} * goods) FILTER (status <> 'cancelled'), 0)::BIGINT`)}::VARCHAR AS sold
      FROM totals JOIN sales USING (n) WHERE fault IS NULL`,
  );
  return {
    amounts: [
      { measure: 'orders.total_amount', currency: 'KES', amount: sums.totals },
      { measure: 'order_items.subtotal', currency: 'KES', amount: sums.goods },
    ],
    sold: { currency: 'KES', amount: sums.sold },
  };
}

function ledgerOf(file: OutFile, entity: string, counts: FileCounts): ExpectedLedger {
  const nested = entity !== file.entity;
  const repeated = nested ? counts.repeatedParts : counts.repeated;
  const torn = nested ? 0 : counts.torn;
  const told = faultsOf(file, entity).map(([name, { rule, field }]) => ({
    rule,
    field,
    records: counts.faults[name] ?? 0,
  }));
  const filtered = told
    .filter(({ rule }) => rule === 'filtered')
    .reduce((sum, { records }) => sum + records, 0);
  const rejects = together(told.filter(({ rule, records }) => rule !== 'filtered' && records > 0));
  if (torn > 0) rejects.push({ rule: tornRule(file), field: '', records: torn });
  const rejected = rejects.reduce((sum, { records }) => sum + records, 0);
  const read = (nested ? counts.parts : counts.rows) + repeated + torn;
  return {
    source: file.source,
    file: file.path,
    entity,
    read,
    accepted: read - rejected - filtered - repeated,
    rejected,
    filtered,
    repeated,
    rejects,
  };
}

/** The rule that refuses a record which breaks off. */
export function tornRule({ format }: OutFile): string {
  return format.kind === 'ndjson' ? 'json' : 'structure';
}

/** What is refused of an entity by fault: for its own sake, or with another. Faulty orders have one line each. */
export function faultsOf(file: OutFile, entity: string): [string, Fault][] {
  const own = Object.entries(file.faults).filter(([, fault]) => fault.entity === entity);
  const taken = Object.entries(file.cascades?.[entity] ?? {}).map(([name, field]): [string, Fault] => [
    name,
    { entity, rule: 'cascade', field },
  ]);
  return [...own, ...taken];
}

function findingsOf(file: OutFile, { blemishes }: FileCounts): ExpectedFinding[] {
  const told = Object.entries(file.blemishes ?? {}).flatMap(([name, found]) =>
    found.map(({ rule, field }) => ({ rule, field, records: blemishes[name] ?? 0 })),
  );
  return together(told.filter(({ records }) => records > 0)).map((finding) => ({
    source: file.source,
    entity: file.entity,
    ...finding,
  }));
}

/** One line a rule and field. */
function together(told: readonly ExpectedReject[]): ExpectedReject[] {
  const sums = new Map<string, ExpectedReject>();
  for (const { rule, field, records } of told) {
    const key = `${rule} ${field}`;
    sums.set(key, { rule, field, records: records + (sums.get(key)?.records ?? 0) });
  }
  return [...sums.values()];
}
