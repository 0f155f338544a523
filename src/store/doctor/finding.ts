import { messageOf, PamojaError } from '../../kernel/errors.js';
import { withoutSecrets } from '../../kernel/log.js';

/** What the doctor found out about one thing. */
export interface Finding {
  /** The thing, in a word or two: `connection`, `rights on schema public`. */
  name: string;
  state: 'ok' | 'warn' | 'fail';
  /** What is so, in plain words. */
  detail: string;
  /** What to do about it. */
  next?: string;
}

/** An error as a finding; it never carries a secret. */
export function failed(name: string, error: unknown, next?: string): Finding {
  const detail = withoutSecrets(messageOf(error));
  const remedy = next ?? (error instanceof PamojaError ? error.next : undefined);
  // "Run: pamoja doctor" helps nobody who just did.
  return remedy === undefined || /pamoja doctor/.test(remedy)
    ? { name, state: 'fail', detail }
    : { name, state: 'fail', detail, next: remedy };
}
