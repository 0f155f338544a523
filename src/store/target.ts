import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { connectReader } from './embedded/connect-reader.js';
import { openEmbedded } from './embedded/open-embedded.js';

const VARIABLES = ['DATABASE_URL', 'SUPABASE_DB_URL'] as const;

/** The database that a project writes to. */
export type Target =
  | { kind: 'url'; url: string; from: (typeof VARIABLES)[number] }
  | { kind: 'embedded'; dir: string };

/**
 * DATABASE_URL, else SUPABASE_DB_URL, else the embedded PostgreSQL. Each is taken from the environment, and where
 * that does not have it, from `.env` in `root`; set to nothing it counts as not set, and hides the one in `.env`.
 * Errors: PAM-DB-001 for a URL that is none (without repeating it), PAM-CFG-002 where `.env` cannot be read.
 */
export function resolveTarget(root: string, env: Record<string, string | undefined>): Target {
  const written = readDotEnv(join(root, '.env'));
  for (const from of VARIABLES) {
    const url = (env[from] ?? written[from] ?? '').trim();
    if (url === '') continue;
    checkUrl(url, from);
    return { kind: 'url', url, from };
  }
  return { kind: 'embedded', dir: join(root, '.pamoja') };
}

/** The variables of the project's `.env`, under those of the environment, as sources see them. Errors: PAM-CFG-002. */
export function projectEnvironment(
  root: string,
  env: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const given = Object.entries(env).filter(([, value]) => value !== undefined);
  return { ...readDotEnv(join(root, '.env')), ...Object.fromEntries(given) };
}

function readDotEnv(path: string): Record<string, string | undefined> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return {};
    throw new PamojaError('PAM-CFG-002', 'The file cannot be read.', {
      where: '.env',
      next: 'Check its rights.',
      cause: error,
    });
  }
  // `echo … > .env` in an older PowerShell writes UTF-16.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return parseEnv(new TextDecoder(encoding).decode(bytes));
}

/** Errors never carry the cause: the message of a failed URL parse repeats the text, and its password. */
function checkUrl(url: string, from: string): void {
  const wrong = whatIsWrong(url);
  if (wrong === undefined) return;
  throw new PamojaError('PAM-DB-001', wrong, {
    where: from,
    next: 'It looks like postgres://user:password@host:5432/database; in the password write # as %23, / as %2F, ? as %3F, % as %25, and quote the value in .env.',
  });
}

function whatIsWrong(url: string): string | undefined {
  // As libpq takes them; a comma of a password stands before the last @.
  const hosts = /^\w+:\/\/(?:[^/?]*@)?([^/?]*)/.exec(url)?.[1] ?? '';
  if (hosts.includes(',')) return 'The URL names several hosts, and one is asked: that of the primary.';
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'The text is not a URL.';
  }
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) return 'The URL does not start with postgres://.';
  if (parsed.hash !== '') return 'The URL has a # in it, which cuts off what follows.';
  if (/\[?YOUR[-_ ]PASSWORD\]?/i.test(decoded(parsed.password) ?? '')) {
    return 'The URL still has the placeholder for the password in it.';
  }
  for (const part of [parsed.username, parsed.password, parsed.pathname, parsed.hostname]) {
    if (decoded(part) === undefined)
      return 'The URL has a % in it that is not followed by two hexadecimal digits.';
  }
  if (parsed.hostname === '' && !parsed.searchParams.has('host')) return 'The URL names no host.';
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A target that can be connected to until it is released. */
export interface OpenTarget {
  /** Opens a connection of its own; who asks for it closes it. Once `signal` says stop it is abandoned. */
  postgres(signal?: AbortSignal): Promise<Postgres>;
  /** The same as a user who can only read, where the server is ours. Whom a URL names has the rights of that user. */
  reader: (() => Promise<Postgres>) | undefined;
  /** With the password: for connecting, never for showing. */
  url: string;
  /** Leaves the embedded server, which stops if nobody else uses it. */
  release(): Promise<void>;
}

/** Makes a target ready, starting the embedded server if that is the one. Errors: PAM-EMB-001, PAM-EMB-002. */
export async function openTarget(target: Target, log: Log): Promise<OpenTarget> {
  if (target.kind === 'url') {
    return {
      postgres: (signal) => Postgres.connect(target.url, signal),
      reader: undefined,
      url: target.url,
      release: async () => {},
    };
  }
  const { url, release } = await openEmbedded({ dir: target.dir, log });
  return {
    postgres: (signal) => Postgres.connect(url, signal),
    reader: () => connectReader(url),
    url,
    release,
  };
}
