import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import type { Project } from '../model/config.js';
import type { Check, EntityOutcome, LedgerLine } from '../model/ledger.js';
import { checkAmounts } from './check-amounts.js';
import { checkDatabase } from './check-database.js';
import { StoredSums } from './stored-sums.js';

/** What is asked before COMMIT: whether the ledger balances, and whether the database holds what the run says. */
export async function verifyRun(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  entities: Record<string, EntityOutcome>,
  ledger: readonly LedgerLine[],
): Promise<Check[]> {
  const stored = new StoredSums(postgres, project);
  const unbalanced = ledger.filter((line) => !line.balanced).length;
  return [
    {
      name: 'ledger: balance',
      passed: unbalanced === 0,
      detail:
        unbalanced === 0
          ? 'read = accepted + rejected + filtered + repeated on every line'
          : `${unbalanced} lines do not balance`,
    },
    ...(await checkDatabase(postgres, project, entities, stored)),
    ...(await checkAmounts(workspace, stored, project, ledger)),
  ];
}
