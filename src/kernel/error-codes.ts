/** Exit codes of the CLI; documented in docs/reference/exit-codes.md. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  config: 3,
  source: 4,
  quality: 5,
  store: 6,
  checks: 7,
  busy: 8,
} as const;

/** Every error that Pamoja raises: its exit code and what it means in general. */
export const ERROR_CODES = {
  'PAM-CLI-001': { exit: EXIT.usage, means: 'The command line has a word that Pamoja does not know.' },
  'PAM-CLI-002': { exit: EXIT.usage, means: 'A file or folder that would be written is already there.' },
  'PAM-CFG-001': { exit: EXIT.config, means: 'No configuration was found.' },
  'PAM-CFG-002': {
    exit: EXIT.config,
    means: 'The configuration file cannot be read as YAML, JSON or TypeScript.',
  },
  'PAM-CFG-003': {
    exit: EXIT.config,
    means: 'The configuration says something that Pamoja does not understand.',
  },
  'PAM-CFG-004': {
    exit: EXIT.config,
    means: 'A mapping names a column, entity or field that does not exist.',
  },
  'PAM-CFG-005': { exit: EXIT.config, means: 'An SQL expression in the configuration does not work.' },
  'PAM-SRC-001': { exit: EXIT.source, means: 'No file matches what the source names.' },
  'PAM-SRC-002': { exit: EXIT.source, means: 'A file cannot be opened or read.' },
  'PAM-SRC-003': {
    exit: EXIT.source,
    means: 'The header of a file is missing, doubled, or lacks a mapped column.',
  },
  'PAM-SRC-004': { exit: EXIT.source, means: 'A quote that is opened is never closed.' },
  'PAM-SRC-005': { exit: EXIT.source, means: 'The file is empty, or holds no header.' },
  'PAM-SRC-006': {
    exit: EXIT.source,
    means: 'The bytes are not text in the declared or recognised encoding.',
  },
  'PAM-SRC-007': { exit: EXIT.source, means: 'A compressed file is cut short or damaged.' },
  'PAM-SRC-008': { exit: EXIT.source, means: 'A JSON document is malformed or cut short.' },
  'PAM-SRC-009': { exit: EXIT.source, means: 'What the reader gave and the independent count differ.' },
  'PAM-SRC-010': { exit: EXIT.source, means: 'A file changed while it was read.' },
  'PAM-SRC-011': { exit: EXIT.source, means: 'The file is not of the declared kind.' },
  'PAM-SRC-012': { exit: EXIT.source, means: 'A source that held records before holds none now.' },
  'PAM-SRC-013': { exit: EXIT.source, means: 'More records vanished from a source than is allowed.' },
  'PAM-SRC-014': { exit: EXIT.source, means: 'An API cannot be reached, or does not answer in time.' },
  'PAM-SRC-015': { exit: EXIT.source, means: 'An API answers with an error.' },
  'PAM-SRC-016': { exit: EXIT.source, means: 'The credentials of an API are missing, or refused.' },
  'PAM-SRC-017': {
    exit: EXIT.source,
    means: 'The answer of an API is cut short, or holds no list of records.',
  },
  'PAM-SRC-018': { exit: EXIT.source, means: 'The pages of an API do not add up.' },
  'PAM-SRC-019': { exit: EXIT.source, means: 'An API is at an address that may not be asked.' },
  'PAM-SRC-020': {
    exit: EXIT.source,
    means: 'A control total is missing, or is not the sum of the records.',
  },
  'PAM-QUA-001': { exit: EXIT.quality, means: 'More records were refused than the declared share.' },
  'PAM-LED-001': { exit: EXIT.checks, means: 'The ledger does not balance.' },
  'PAM-CHK-001': { exit: EXIT.checks, means: 'A check failed, so nothing was published.' },
  'PAM-DB-001': { exit: EXIT.store, means: 'The database cannot be reached.' },
  'PAM-DB-002': { exit: EXIT.store, means: 'The database refused the name or password.' },
  'PAM-DB-003': { exit: EXIT.store, means: 'A right is missing in the database.' },
  'PAM-DB-004': { exit: EXIT.store, means: 'A table is there that Pamoja did not make.' },
  'PAM-DB-005': { exit: EXIT.store, means: 'The database refused a statement.' },
  'PAM-DB-006': { exit: EXIT.store, means: 'The connection broke.' },
  'PAM-DB-007': { exit: EXIT.store, means: 'The database was written by a newer Pamoja.' },
  'PAM-DB-008': { exit: EXIT.store, means: 'No run has been published yet.' },
  'PAM-DB-009': { exit: EXIT.busy, means: 'Another run kept publishing first.' },
  'PAM-DB-010': { exit: EXIT.store, means: 'The encoding of the database cannot hold every name.' },
  'PAM-DB-011': { exit: EXIT.store, means: 'The reply to COMMIT was lost, and nobody can be asked.' },
  'PAM-WRK-001': { exit: EXIT.unexpected, means: 'There is no room left for working files.' },
  'PAM-EMB-001': { exit: EXIT.store, means: 'The embedded PostgreSQL cannot run on this system.' },
  'PAM-EMB-002': { exit: EXIT.store, means: 'The embedded PostgreSQL did not start.' },
  'PAM-GEN-001': { exit: EXIT.usage, means: 'The generator was asked for something it cannot make.' },
} as const satisfies Record<string, { exit: number; means: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
