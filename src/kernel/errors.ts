import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import { withoutSecrets, withoutValues } from './log.js';

export interface ErrorParts {
  /** Where it happened: `crm: customers.csv, line 812` or `pamoja.config.yaml: sources.crm.type`. */
  where?: string;
  /** What to do next, as a sentence or a command. */
  next?: string | undefined;
  cause?: unknown;
}

/**
 * An error that a person can act on: what, where, and what next. Bad rows are data, never an error.
 * The message never carries a secret or a person's data.
 */
export class PamojaError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'PamojaError';
    this.code = code;
    this.where = parts.where;
    this.next = parts.next;
  }

  /** The exit code that the CLI ends with. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }

  /** As a program reads it: `JSON.stringify` knows no message of an error. */
  toJSON(): Record<'code' | 'message' | 'where' | 'next', string | null> {
    const { code, message, where, next } = this;
    return { code, message, where: where ?? null, next: next ?? null };
  }

  /** One line: code, place, message, remedy. */
  override toString(): string {
    const place = this.where === undefined ? '' : `${this.where}: `;
    const remedy = this.next === undefined ? '' : ` ${this.next}`;
    return `${this.code} ${place}${this.message}${remedy}`;
  }
}

/** The message as it may be shown or kept: without secrets, and where it is not our own without values of rows. */
export function shownMessageOf(error: unknown): string {
  if (error instanceof PamojaError) return withoutSecrets(error.message);
  const code = (error as { code?: unknown } | null | undefined)?.code;
  // PostgreSQL quotes values where data do not fit a type or a constraint.
  const ofData = typeof code === 'string' && /^2[23]\w{3}$/.test(code) ? true : undefined;
  return withoutSecrets(withoutValues(messageOf(error), ofData));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
