/** How long a connection may be silent: tests shorten it. */
export const patience = {
  /** Before the server is asked by another way, in milliseconds. */
  first: 60_000,
  /** Before it is asked again. */
  next: 30_000,
  /** For being let in: less than a connection waits by itself. */
  answer: 9_000,
  /** Before silence is a bad word by itself, where nobody can say whether the server works for us. */
  unknown: 1_800_000,
};

/** How often in a row the answer must be bad. */
const STRIKES = 2;

/** What the other way says of a connection: the server works for it, waits for it, says nothing at all, or cannot tell. */
export type Word = 'at work' | 'waiting' | 'silent' | 'unknown';

/** A connection, as far as its silence can be heard. */
export interface Line {
  /** Bytes that have left and come so far. */
  moved(): number;
  /** Whether something is awaited from the server: an answer, or room for what is sent. */
  awaited(): boolean;
  /** Asks by another way what the server does for this connection, until nobody wants to know any more. */
  ask(stopped: AbortSignal): Promise<Word>;
  /** Ends the connection, with the seconds of silence. */
  giveUp(seconds: number): void;
}

/**
 * Notices a connection that is open and dead: a pooler or a box on the way takes bytes and passes nothing on, which no
 * keepalive sees. A server that works for long is silent too; so it is asked by another way, and given up only if it
 * waits for us while we wait for it, or if nobody is answered, twice. Behind a pooler nobody can tell who serves what is
 * asked outside a transaction: that is never much, and given up after half an hour.
 */
export class SilenceWatch {
  private moved = -1;
  private since = 0;
  private askAt = 0;
  private strikes = 0;
  private asking = false;
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly line: Line) {
    this.timer = setInterval(() => void this.look(), Math.max(10, Math.min(5000, patience.first / 4)));
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  private async look(): Promise<void> {
    const now = performance.now();
    const moved = this.line.moved();
    if (moved !== this.moved || !this.line.awaited()) {
      this.moved = moved;
      this.since = now;
      this.askAt = now + patience.first;
      this.strikes = 0;
      return;
    }
    if (this.asking || now < this.askAt) return;
    this.asking = true;
    // A failure to ask is a failure of ours.
    const word = await this.line.ask(this.stopping.signal).catch((): Word => 'at work');
    this.asking = false;
    this.askAt = performance.now() + patience.next;
    // Meanwhile it may have found its voice, or nobody listens any more.
    if (this.stopping.signal.aborted || this.line.moved() !== moved || !this.line.awaited()) return;
    const silent = performance.now() - this.since;
    const fine = word === 'at work' || (word === 'unknown' && silent < patience.unknown);
    this.strikes = fine ? 0 : this.strikes + 1;
    if (this.strikes < STRIKES) return;
    this.stop();
    this.line.giveUp(Math.round(silent / 1000));
  }
}
