import type { ErrorCode } from '../kernel/error-codes.js';

/** What to do about a run that ended with an error. */
export function remedyOfFailure(code: ErrorCode | null): string {
  if (code === null) return 'Run again; pamoja run --verbose says every detail.';
  return (
    REMEDIES[code] ?? FAMILIES[code.slice(0, 7)] ?? 'Run again; pamoja doctor says what may be in the way.'
  );
}

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  'PAM-SRC-001':
    'Check the path in the configuration: it starts at the folder of the configuration. Then run again.',
  'PAM-SRC-002': 'Check that the file is there and may be read. Then run again.',
  'PAM-SRC-003': 'Did the export change? Correct the mapping, or export the file again. Then run again.',
  'PAM-SRC-004': 'Close the quote in the line that is named, or export the file again. Then run again.',
  'PAM-SRC-005': 'Export the file again, with its header. Then run again.',
  'PAM-SRC-006':
    'Declare the encoding of the source; from a spreadsheet on Windows it is often windows-1252.',
  'PAM-SRC-007': 'Copy the file again: it did not arrive whole. Then run again.',
  'PAM-SRC-008': 'Export the file again: it did not arrive whole. Then run again.',
  'PAM-SRC-009': 'Please report it: a row would have been lost, and the run stopped before that.',
  'PAM-SRC-010': 'Run again when nobody writes to the file.',
  'PAM-SRC-011': 'Correct the type of the source. Then run again.',
  'PAM-SRC-012': 'If the source is right to be empty, declare allowEmpty: true. Otherwise export it again.',
  'PAM-SRC-013':
    'If so many records are right to vanish, raise maxVanished. Otherwise export the source again.',
  'PAM-SRC-016': 'Set the variable with the credentials, in the environment or in .env. Then run again.',
  'PAM-SRC-020':
    'Rows are missing or were changed: export the sheet again. If the row is no total, correct totals.',
  'PAM-QUA-001':
    'The causes are listed below with what to do about each. Correct the source, or, if it is as it should be, raise rejects.maxShare.',
  'PAM-LED-001': 'Please report it: a row is unaccounted for, and the run stopped before it was lost.',
  'PAM-CHK-001': 'The check that failed stands first among the checks below.',
  'PAM-DB-003': 'pamoja doctor names the right that is missing; the owner of the database can grant it.',
  'PAM-DB-004': 'Choose another schema, or run with --adopt: the rows that are there stay.',
  'PAM-DB-006': 'Run again: nothing half is left behind.',
  'PAM-DB-009': 'Run again when the other run has ended.',
};

const FAMILIES: Record<string, string> = {
  'PAM-SRC': 'Look at the source that is named, and run again.',
  'PAM-CFG': 'Correct the configuration at the place that is named, and run again.',
  'PAM-DB-': 'pamoja doctor says what is in the way of the database.',
};
