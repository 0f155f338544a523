import { PamojaError } from './errors.js';

/** What can be stopped, and may pass points behind which it no longer can. */
export interface Stoppable {
  signal?: AbortSignal;
  reached?: (point: string) => void | Promise<void>;
}

/** Does `work` once a signal says stop, or at once where it has; the answer takes that back. */
export function onceStopped(signal: AbortSignal | undefined, work: () => void): () => void {
  if (signal?.aborted) work();
  else signal?.addEventListener('abort', work);
  return () => signal?.removeEventListener('abort', work);
}

/**
 * Does `work` until the signal of the options stops it. Whoever heeds the signal lets go at once, so whatever waits for
 * them fails; once COMMIT is on its way a stop comes too late and is not heard. Errors: PAM-RUN-001 where it was stopped.
 */
export async function untilStopped<T, Options extends Stoppable>(
  what:
    | 'run'
    | 'check'
    | 'report'
    | 'trace'
    | 'preview'
    | 'look at the files'
    | 'generation'
    | 'insight'
    | 'look at the rejects'
    | 'comparison of the schema',
  options: Options,
  work: (heeding: Options) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  if (signal === undefined) return work(options);
  const stopping = new AbortController();
  const reached = async (point: string) => {
    await options.reached?.(point);
    if (point !== 'before commit') return;
    stopping.signal.throwIfAborted();
    forget();
  };
  const forget = onceStopped(signal, () => stopping.abort(signal.reason));
  try {
    stopping.signal.throwIfAborted();
    return await work({ ...options, signal: stopping.signal, reached });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    throw new PamojaError('PAM-RUN-001', `The ${what} was stopped on request.`, {
      next: what === 'run' ? 'Nothing was published.' : undefined,
      cause: stopping.signal.reason,
    });
  } finally {
    forget();
  }
}
