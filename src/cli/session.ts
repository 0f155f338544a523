import type { Project } from '../model/config.js';
import type { Interruption } from './interruption.js';
import type { Output } from './output.js';
import type { Progress } from './terminal/progress.js';

/** What a command works with: every effect comes in here. */
export interface Session {
  cwd: string;
  env: Record<string, string | undefined>;
  /** For the result. */
  out: Output;
  /** For progress, warnings and errors. */
  err: Output;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  /** The file or folder in which the configuration is looked for. */
  configFrom: string;
  progress: Progress;
  interruption: Interruption;
  /** A command as it must be typed to mean this project: `pamoja rejects --config shop`. */
  typed(command: string): string;
  /** Reads the configuration. Errors: PAM-CFG-001 to 004. */
  project(): Promise<Project>;
}

/** What was typed after the name of a command. */
export interface Given {
  args: readonly string[];
  flags: Readonly<Record<string, unknown>>;
}

/** A command: does its work and gives the exit code. */
export type Action = (session: Session, given: Given) => Promise<number>;
