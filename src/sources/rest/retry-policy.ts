/** Statuses that may pass by themselves. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

const ATTEMPTS = 6;
const LONGEST_PAUSE = 120_000;
const LONGEST_IN_ALL = 600_000;
const FIRST_PAUSE = 250;

/** What went wrong with an attempt. */
export interface Failure {
  /** Undefined where no answer came at all. */
  status?: number;
  retryAfter?: string | undefined;
  /** Whether another attempt could go better, where no answer came. */
  passing?: boolean;
}

export type Decision = { kind: 'again'; pause: number } | { kind: 'stop'; why: string };

/** The milliseconds that a `Retry-After` asks for: seconds, also with decimals, or a date. */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Whether to ask again, and when, in milliseconds. The pause doubles with each attempt, less a part by chance so that
 * several who were refused together do not come back together; what the API asks for comes before that.
 */
export function decideRetry(
  failure: Failure,
  { attempt, spent, now, chance }: { attempt: number; spent: number; now: number; chance: number },
): Decision {
  const passing = failure.status === undefined ? failure.passing === true : PASSING.has(failure.status);
  if (!passing) return { kind: 'stop', why: '' };
  if (attempt >= ATTEMPTS) return { kind: 'stop', why: ` ${ATTEMPTS} times` };
  const asked = readRetryAfter(failure.retryAfter, now);
  const pause = asked ?? FIRST_PAUSE * 2 ** (attempt - 1) * (1 - chance / 2);
  if (pause > LONGEST_PAUSE || spent + pause > LONGEST_IN_ALL) {
    return { kind: 'stop', why: ` and asks to wait ${Math.ceil(pause / 1000)} seconds` };
  }
  return { kind: 'again', pause };
}
