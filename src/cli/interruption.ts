/** What is true when somebody presses Ctrl-C. */
export interface Interruption {
  /** The last words for a stop at this point; undefined: a stop is not for us, but for the program we opened. */
  stopped: string | undefined;
  /** From here on a stop waits: what is being committed is committed or not, and we can only say so afterwards. */
  wait: boolean;
  /** Whether somebody pressed Ctrl-C while it had to wait. */
  asked: boolean;
}

export function makeInterruption(): Interruption {
  return { stopped: 'Stopped.', wait: false, asked: false };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** Answers Ctrl-C and its like; `say` prints the last words, `leave` ends the process. */
export function answerSignals(
  interruption: Interruption,
  say: (text: string) => void,
  leave: (signal: Signal) => void,
): void {
  const answer = (signal: Signal) => {
    if (interruption.stopped === undefined) return;
    if (interruption.wait && !interruption.asked) {
      interruption.asked = true;
      say('Stopping once the database has answered. Press Ctrl-C again to leave now.');
      return;
    }
    say(
      interruption.wait
        ? 'Stopped before the database had answered. Whether the run was published: pamoja check'
        : interruption.stopped,
    );
    leave(signal);
  };
  for (const signal of SIGNALS) process.on(signal, answer);
}

/**
 * Ends the process by the signal itself, which a shell sees as 130 for Ctrl-C: `process.exit` would wait for the query
 * that DuckDB works on. Listeners of `exit` still run, so that the embedded database is let go.
 */
export function leaveBySignal(signal: Signal): void {
  process.emit('exit', 130);
  process.removeAllListeners('exit');
  if (process.platform === 'win32') process.exit(130);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
