import type { ReportData, SourceFlow } from './report-data.js';

type Counted = Pick<
  SourceFlow,
  'read' | 'accepted' | 'rejected' | 'filtered' | 'repeated' | 'merged' | 'waiting'
>;

/** The ledger of several flows as one. */
export function sumFlows(flows: readonly Counted[]): Counted {
  const sum = (key: keyof Counted) => flows.reduce((total, flow) => total + flow[key], 0);
  return {
    read: sum('read'),
    accepted: sum('accepted'),
    rejected: sum('rejected'),
    filtered: sum('filtered'),
    repeated: sum('repeated'),
    merged: sum('merged'),
    waiting: sum('waiting'),
  };
}

/** Rows created, updated and deleted in all tables together. */
export function sumChanges({ tables }: ReportData): { created: number; updated: number; deleted: number } {
  const sum = (key: 'created' | 'updated' | 'deleted') =>
    tables.reduce((total, { outcome }) => total + (outcome?.[key] ?? 0), 0);
  return { created: sum('created'), updated: sum('updated'), deleted: sum('deleted') };
}

/** The sources of a ledger, in its order. */
export function sourcesOf(flows: readonly SourceFlow[]): string[] {
  return [...new Set(flows.map((flow) => flow.source))];
}

/** Exact decimals added up, which floats would round. */
export function addAmounts(amounts: readonly string[]): string {
  const scale = Math.max(0, ...amounts.map((amount) => (amount.split('.')[1] ?? '').length));
  const total = amounts.reduce((sum, amount) => sum + scaled(amount, scale), 0n);
  const digits = String(total < 0n ? -total : total).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${total < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
}

function scaled(amount: string, scale: number): bigint {
  const [whole = '0', decimals = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole + decimals.padEnd(scale, '0'));
  return amount.startsWith('-') ? -value : value;
}
