import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { openTarget } from '../../store/target.js';
import type { Given, Session } from '../session.js';
import { targetOf } from './db.js';

/** `pamoja db psql`: opens psql; the password goes by the environment, never by argv. Gives psql's exit code. */
export async function psql(session: Session, { args }: Given): Promise<number> {
  const { target } = await targetOf(session);
  const { url, release } = await openTarget(target, session.progress.log);
  session.progress.end();
  try {
    // Ctrl-C in psql ends a query, not psql: it is not for us.
    session.interruption.stopped = undefined;
    return await openPsql(args, { ...session.env, ...connectionVariables(url) });
  } finally {
    await release();
  }
}

function openPsql(args: readonly string[], env: Record<string, string | undefined>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('psql', args, { stdio: 'inherit', env });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? absent(cause) : cause);
    });
    // Ctrl-C reaches psql from the terminal, but these two only whom they are sent to.
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('close', (code, signal) => resolve(code ?? codeOf(signal)));
  });
}

/** What a shell shows for a program that a signal ended. */
function codeOf(signal: NodeJS.Signals | null): number {
  return signal === null ? EXIT.unexpected : 128 + constants.signals[signal];
}

function absent(cause: unknown): PamojaError {
  return new PamojaError('PAM-CLI-001', 'psql is not installed here, and Pamoja does not bring it.', {
    next: 'Install it (Debian and Ubuntu: apt install postgresql-client; macOS: brew install libpq), or open what "pamoja db url" prints with another tool after "pamoja db start".',
    cause,
  });
}

const PARAMETERS: Record<string, string> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  options: 'PGOPTIONS',
  application_name: 'PGAPPNAME',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
};

/** A database URL as the variables that psql reads. */
export function connectionVariables(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const given = {
    PGHOST: decodeURIComponent(hostname).replace(/^\[|\]$/g, ''),
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  };
  const variables = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  for (const [name, value] of searchParams) {
    const variable = PARAMETERS[name];
    if (variable !== undefined) variables[variable] = value;
  }
  return variables;
}
