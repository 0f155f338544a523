import type { Workspace } from '../engine/workspace.js';
import type { Log } from '../kernel/log.js';
import { type Sql, sql } from '../kernel/sql.js';
import { type Draws, oneOf, pickedSoFar, spread } from './draws.js';
import type { Plan } from './generate-options.js';

/** What every step of the generator works with. */
export interface Making {
  workspace: Workspace;
  plan: Plan;
  draws: Draws;
  log: Log;
}

/** The fault of a row, NULL for most: exactly `faulty` of `total` rows have one, each kind in turn. */
export function faultOf(row: Sql, faulty: number, total: number, kinds: readonly string[]): Sql {
  if (faulty === 0) return sql`NULL::VARCHAR`;
  const turn = sql`${pickedSoFar(row, faulty, total)} % ${kinds.length}`;
  return sql`CASE WHEN ${spread(row, faulty, total)} THEN ${oneOf(turn, kinds)} END`;
}
