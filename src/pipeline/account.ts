import type { Workspace } from '../engine/workspace.js';
import { sql } from '../kernel/sql.js';
import { tellUnbalanced } from '../linking/tell-unbalanced.js';
import type { Project } from '../model/config.js';
import type { LedgerLine } from '../model/ledger.js';
import { listFindings, listRejects } from '../quality/list-rejects.js';
import { keepLedger } from '../verify/keep-ledger.js';
import type { ExtractedFeed } from './read-sources.js';

/** What became of the records of a run. */
export interface Account {
  ledger: LedgerLine[];
  counts: { rejects: number; waiting: number; findings: number };
}

/** Adds up what became of every record, and lists what was refused or found; nothing is demanded of it yet. */
export async function account(
  workspace: Workspace,
  project: Project,
  feeds: readonly ExtractedFeed[],
): Promise<Account> {
  const ledger = await keepLedger(workspace, feeds, project.entities);
  const rejects = await listRejects(workspace, project.entities, feeds);
  const waiting = await workspace.count(sql`SELECT count(*) FROM rejects WHERE waiting`);
  await listFindings(workspace, feeds);
  await tellUnbalanced(workspace, project.entities, feeds, project.orderIntegrity);
  const findings = await workspace.size(sql`reported_findings`);
  return { ledger, counts: { rejects, waiting, findings } };
}
