import type { RunResult } from '../pipeline/run-options.js';

/** The result of a run as one JSON object: counts are numbers, amounts stay text. */
export function runAsJson({ runId, ...result }: RunResult): string {
  return JSON.stringify({ run_id: runId, ...result }, null, 2);
}
