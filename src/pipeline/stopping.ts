import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import type { RunOptions } from './run-options.js';

/** Does `work` once a signal says stop, or at once where it has; the answer takes that back. */
export function onceStopped(signal: AbortSignal | undefined, work: () => void): () => void {
  if (signal?.aborted) work();
  else signal?.addEventListener('abort', work);
  return () => signal?.removeEventListener('abort', work);
}

/**
 * Does `work` until the signal of the options stops it. The connection is let go at once, and whoever heeds the signal
 * lets go of the rest, so whatever it waits for fails; once COMMIT is on its way a stop comes too late and is not heard.
 * Errors: PAM-RUN-001 where it was stopped.
 */
export async function untilStopped<T>(
  { postgres }: { postgres: Postgres },
  options: RunOptions,
  work: (heeding: RunOptions) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  if (signal === undefined) return work(options);
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort(signal.reason);
    postgres.abandon();
  };
  const reached = async (point: string) => {
    await options.reached?.(point);
    if (point !== 'before commit') return;
    stopping.signal.throwIfAborted();
    forget();
  };
  const forget = onceStopped(signal, stop);
  try {
    stopping.signal.throwIfAborted();
    return await work({ ...options, signal: stopping.signal, reached });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    throw new PamojaError('PAM-RUN-001', 'The run was stopped on request.', {
      next: 'Nothing was published.',
      cause: stopping.signal.reason,
    });
  } finally {
    forget();
  }
}
