import { sql } from '../kernel/sql.js';
import { decimal } from './amounts.js';
import type { Plan } from './generate-options.js';
import type { Making } from './making.js';
import type { FileCounts, OutFile } from './out-file.js';
import { MADE_BY } from './out-folder.js';

/** Records that a rule refuses, or that are refused for the sake of another (rule `cascade`). */
export interface ExpectedReject {
  rule: string;
  /** Empty where a record is refused as a whole. */
  field: string;
  records: number;
}

/** What the ledger must say of one file and entity: read = accepted + rejected + repeated. */
export interface ExpectedLedger {
  source: string;
  file: string;
  entity: string;
  read: number;
  accepted: number;
  rejected: number;
  repeated: number;
  rejects: ExpectedReject[];
}

/** What a correct integration of the files shows. */
export interface Truth {
  made_by: string;
  finished: boolean;
  plan: Plan;
  files: string[];
  /** Rows of each unified table. */
  golden: Record<string, number>;
  /** Accepted records that became part of a row which another record leads. */
  merged: Record<string, number>;
  /** Sums over the unified tables, as exact text. */
  amounts: { measure: string; currency: string; amount: string }[];
  ledger: ExpectedLedger[];
}

/** Puts the truth together from what was made and how often it was written. */
export async function tellTruth(
  { workspace, plan }: Making,
  files: readonly { file: OutFile; counts: FileCounts }[],
): Promise<Truth> {
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
  const sums = await workspace.row<{ goods: string; totals: string }>(
    sql`SELECT ${decimal(sql`sum(goods)::BIGINT`)}::VARCHAR AS goods,
        ${decimal(sql`sum(goods + shipping)::BIGINT`)}::VARCHAR AS totals
      FROM totals JOIN sales USING (n) WHERE fault IS NULL`,
  );
  return {
    made_by: MADE_BY,
    finished: true,
    plan,
    files: files.map(({ file }) => file.path).sort(),
    golden,
    merged: Object.fromEntries(
      Object.entries(golden).map(([entity, rows]) => [entity, accepted(entity) - rows]),
    ),
    amounts: [
      { measure: 'orders.total_amount', currency: 'KES', amount: sums.totals },
      { measure: 'order_items.subtotal', currency: 'KES', amount: sums.goods },
    ],
    ledger,
  };
}

function ledgerOf(file: OutFile, entity: string, counts: FileCounts): ExpectedLedger {
  const nested = entity !== file.entity;
  const repeated = nested ? counts.repeatedParts : counts.repeated;
  const torn = nested ? 0 : counts.torn;
  const rejects = rejectsOf(file, entity, counts).filter(({ records }) => records > 0);
  if (torn > 0) rejects.push({ rule: 'structure', field: '', records: torn });
  const rejected = rejects.reduce((sum, { records }) => sum + records, 0);
  const read = (nested ? counts.parts : counts.rows) + repeated + torn;
  return {
    source: file.source,
    file: file.path,
    entity,
    read,
    accepted: read - rejected - repeated,
    rejected,
    repeated,
    rejects,
  };
}

/** Faulty orders have one line each, so as many records are taken along as are refused. */
function rejectsOf(file: OutFile, entity: string, counts: FileCounts): ExpectedReject[] {
  const of = (fault: string) => counts.faults[fault] ?? 0;
  const own = Object.entries(file.faults).filter(([, fault]) => fault.entity === entity);
  const taken = (file.cascades?.[entity] ?? []).reduce((sum, fault) => sum + of(fault), 0);
  return [
    ...own.map(([name, { rule, field }]) => ({ rule, field, records: of(name) })),
    { rule: 'cascade', field: '', records: taken },
  ];
}
