import type { Action } from './session.js';

export interface OptionEntry {
  flags: string;
  means: string;
}

/** Everything that `--help` says of a command, and where its code is. Loads nothing itself. */
export interface CommandEntry {
  name: string;
  /** Its arguments as commander writes them: `[dir]`. */
  takes?: string;
  group?: string;
  summary: string;
  description?: string;
  options?: readonly OptionEntry[];
  /** What to type, and what that does. */
  examples: readonly (readonly [string, string])[];
  /** Passes words that Pamoja does not know on to another program. */
  passesOn?: boolean;
  load?: () => Promise<Action>;
  commands?: readonly CommandEntry[];
}
