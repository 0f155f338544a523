import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Postgres } from '../../engine/postgres.js';
import { PamojaError } from '../../kernel/errors.js';
import { type Log, silent } from '../../kernel/log.js';
import { ident, sql } from '../../kernel/sql.js';
import { type Binaries, findBinaryPackage, prepareBinaries } from './binaries.js';
import { choosePlace, type DataPlace } from './data-place.js';
import { tryLock, underLock } from './file-lock.js';
import { boundLog, launchServer } from './launch-server.js';
import { EMBEDDED_USER, makeData, readPassword, setPassword } from './make-data.js';
import {
  clearStaleNote,
  endsWithin,
  findServer,
  type Postmaster,
  signalServer,
  stopServer,
} from './running-server.js';
import { addClient, countClients, isKept, removeClient } from './server-clients.js';

const DATABASE = 'pamoja';
const READY_WITHIN_MS = 300_000;
const ELSEWHERE_WITHIN_MS = 10_000;

/** A server in use. Whoever opened it releases it; the last one to do so stops it. */
export interface EmbeddedServer {
  /** With the password: for connecting, never for showing. */
  url: string;
  port: number;
  release(): Promise<void>;
}

export const lockOf = (dir: string) => join(dir, 'postgres.lock');
export const logOf = (dir: string) => join(dir, 'postgres.log');

/**
 * Joins the project's own PostgreSQL, or makes and starts it. `dir` is the project's `.pamoja` folder.
 * Safe in several processes at once. A process that is killed is forgotten by the next one.
 * Errors: PAM-EMB-001 where it cannot run on this system, PAM-EMB-002 where it does not start.
 */
export async function openEmbedded(options: { dir: string; log?: Log }): Promise<EmbeddedServer> {
  const dir = resolve(options.dir);
  const log = options.log ?? silent;
  const place = choosePlace(dir);
  let counted: string | undefined;
  // Told before the lock gives a sign of life, which is taken back at the exit: to leave asks for the lock again.
  const leaveAtExit = () => counted !== undefined && leaveNow(dir, place, counted);
  process.once('exit', leaveAtExit);
  const { server, client } = await underLock(lockOf(dir), async () => {
    const server = await ensureServer(dir, place, log);
    counted = addClient(dir);
    return { server, client: counted };
  }).catch((error) => {
    process.off('exit', leaveAtExit);
    throw error;
  });
  let released: Promise<void> | undefined;
  return {
    url: server.url,
    port: server.port,
    release() {
      released ??= leave(dir, place, client).finally(() => process.off('exit', leaveAtExit));
      return released;
    },
  };
}

/** The running server of a project, started if need be, with its database. Called under the lock. */
export async function ensureServer(
  dir: string,
  place: DataPlace,
  log: Log,
): Promise<{ pid: number; port: number; url: string }> {
  const password = readPassword(dir);
  const running = await joinable(place, log);
  if (running?.elsewhere) return await joinElsewhere(dir, place, log);
  if (running !== undefined && password !== undefined) {
    boundLog(logOf(dir));
    try {
      return await serving(running, password);
    } catch (error) {
      if (refusesPassword(error)) await stopServer(place.data, running.pid);
      // It may have been told to stop a moment ago, and not have said so yet.
      else if (!(await endsWithin(place.data, running.pid, 3))) throw notLetIn(error, place);
    }
  } else if (running !== undefined) await stopServer(place.data, running.pid);
  const binaries = prepareBinaries(findBinaryPackage(), place.user);
  const known = await makeData(dir, place, binaries);
  clearStaleNote(place.data);
  try {
    return await launchAndServe(dir, place, binaries, known, log);
  } catch (error) {
    if (!refusesPassword(error)) throw notLetIn(error, place);
  }
  log.debug('The embedded PostgreSQL gets the password that our file holds');
  await setPassword(place, binaries, known);
  return await launchAndServe(dir, place, binaries, known, log);
}

/** Starts the server and connects to it. One that nobody can use is not left running. */
async function launchAndServe(
  dir: string,
  place: DataPlace,
  binaries: Binaries,
  password: string,
  log: Log,
): Promise<{ pid: number; port: number; url: string }> {
  const started = await launchServer(place, binaries, logOf(dir));
  log.debug(`The embedded PostgreSQL runs on port ${started.port}`);
  try {
    return await serving(started, password);
  } catch (error) {
    await stopServer(place.data, started.pid);
    throw error;
  }
}

/** The file of the password and the server may come to differ: a folder put together of two, a password set by hand. */
function refusesPassword(error: unknown): boolean {
  return ((error as Error).cause as { code?: string } | undefined)?.code === '28P01';
}

/** Nobody wrote a URL or a server's settings for it: what is in the way was changed by hand. Other errors as they are. */
function notLetIn(error: unknown, place: DataPlace): unknown {
  if (!(error instanceof PamojaError) || !['PAM-DB-001', 'PAM-DB-002', 'PAM-DB-006'].includes(error.code))
    return error;
  return new PamojaError('PAM-EMB-002', 'The embedded PostgreSQL starts, and lets nobody in.', {
    where: place.data,
    next: `Take back what was changed there in postgresql.conf, postgresql.auto.conf or pg_hba.conf. It says: ${error.message}`,
    cause: error,
  });
}

/** A server that takes connections, once it has started or, where it is stopping, none. */
async function joinable(place: DataPlace, log: Log): Promise<Postmaster | undefined> {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const server = findServer(place.data);
    if (server === undefined || server.state === 'ready') return server;
    if (server.state === 'stopping' && !server.elsewhere) {
      await stopServer(place.data, server.pid);
      return undefined;
    }
    if (Date.now() > until) {
      throw new PamojaError('PAM-EMB-002', `The embedded PostgreSQL (process ${server.pid}) is stuck.`, {
        where: place.data,
        next: 'End that process, then run again.',
      });
    }
    log.debug('Waiting for the embedded PostgreSQL');
    await pause(100);
  }
}

/**
 * Joins a server among whose processes we are not. One that was killed a moment ago leaves children that seem to be such
 * a server until they end. Errors: PAM-EMB-002 where it goes on and cannot be reached.
 */
async function joinElsewhere(
  dir: string,
  place: DataPlace,
  log: Log,
): Promise<{ pid: number; port: number; url: string }> {
  log.debug('The embedded PostgreSQL runs elsewhere');
  const until = Date.now() + ELSEWHERE_WITHIN_MS;
  for (;;) {
    const server = findServer(place.data);
    if (server?.elsewhere !== true) return await ensureServer(dir, place, log);
    try {
      return await serving(server, readPassword(dir) ?? '');
    } catch (cause) {
      if (Date.now() > until) {
        throw new PamojaError(
          'PAM-EMB-002',
          'The embedded PostgreSQL runs in another container, out of reach.',
          {
            where: place.data,
            next: 'Run again when its last user there has ended, or give both a PostgreSQL by DATABASE_URL.',
            cause,
          },
        );
      }
    }
    await pause(200);
  }
}

async function serving(
  { pid, port }: Postmaster,
  password: string,
): Promise<{ pid: number; port: number; url: string }> {
  const url = urlOf(port, password);
  await makeDatabase(url, urlOf(port, password, 'postgres'));
  return { pid, port, url };
}

export function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgres://${EMBEDDED_USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Connects once, which also proves that the server is ours; makes the database where it is not there yet. */
async function makeDatabase(url: string, administration: string): Promise<void> {
  try {
    const connection = await Postgres.connect(url);
    await connection.close();
  } catch (error) {
    if (((error as Error).cause as { code?: string } | undefined)?.code !== '3D000') throw error;
    const connection = await Postgres.connect(administration);
    try {
      await connection.run(sql`CREATE DATABASE ${ident(DATABASE)}`);
      // The user is called as the bookkeeping is, and by PostgreSQL's default a user's tables land in such a schema.
      await connection.run(sql`ALTER DATABASE ${ident(DATABASE)} SET search_path = public`);
    } finally {
      await connection.close();
    }
  }
}

async function leave(dir: string, place: DataPlace, client: string): Promise<void> {
  await underLock(lockOf(dir), async () => {
    removeClient(client);
    const server = lonelyServer(dir, place);
    if (server !== undefined) await stopServer(place.data, server.pid);
  });
}

/** The server if nobody uses it and nobody asked for it to stay. */
function lonelyServer(dir: string, place: DataPlace): Postmaster | undefined {
  const server = findServer(place.data);
  // One elsewhere goes with its own last user, or its container: no signal gets there.
  if (server === undefined || server.elsewhere || isKept(dir, server.pid)) return undefined;
  return countClients(dir) === 0 ? server : undefined;
}

/** What can still be done while the process ends: nothing may be awaited. */
function leaveNow(dir: string, place: DataPlace, client: string): void {
  try {
    removeClient(client);
    const unlock = tryLock(lockOf(dir));
    // Whoever holds the lock joins or leaves right now, and is the last one in our place.
    if (unlock === undefined) return;
    const server = lonelyServer(dir, place);
    if (server !== undefined) signalServer(server.pid, 'SIGINT');
    unlock();
  } catch {
    // The next run clears away what is left.
  }
}
