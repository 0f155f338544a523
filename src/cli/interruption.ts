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

/** Answers Ctrl-C and SIGTERM; `say` prints the last words, `leave` ends the process. */
export function answerSignals(
  interruption: Interruption,
  say: (text: string) => void,
  leave: () => void,
): void {
  const answer = () => {
    if (interruption.stopped === undefined) return;
    if (interruption.wait && !interruption.asked) {
      interruption.asked = true;
      say('Stopping once the database has answered. Press Ctrl-C again to leave now.');
      return;
    }
    say(
      interruption.asked
        ? 'Stopped before the database had answered. See with: pamoja check'
        : interruption.stopped,
    );
    leave();
  };
  process.on('SIGINT', answer);
  process.on('SIGTERM', answer);
}

/**
 * Ends the process by the signal itself: `process.exit` would wait for the query that DuckDB works on. Listeners of
 * `exit` still run, so that the embedded database is let go.
 */
export function leaveBySignal(): void {
  process.exitCode = 130;
  process.emit('exit', 130);
  process.removeAllListeners('exit');
  if (process.platform === 'win32') process.exit(130);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}
