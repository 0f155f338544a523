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
