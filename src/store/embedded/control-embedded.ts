import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PamojaError } from '../../kernel/errors.js';
import { type Log, silent } from '../../kernel/log.js';
import { choosePlace, knownPlace } from './data-place.js';
import { underLock } from './file-lock.js';
import { readPassword } from './make-data.js';
import { ensureServer, lockOf, logOf, urlOf } from './open-embedded.js';
import { findServer, stopServer } from './running-server.js';
import { countClients, isKept, keepServer, seeClients, unkeepServer } from './server-clients.js';

export type EmbeddedStatus =
  | { state: 'absent' }
  | { state: 'stopped'; data: string; logFile: string }
  | {
      state: 'running';
      data: string;
      logFile: string;
      pid: number;
      port: number;
      /** With the password; undefined where it was lost. */
      url: string | undefined;
      /** Processes that use it now. */
      clients: number;
      /** Whether it stays on when the last of them leaves. */
      kept: boolean;
    };

/** What there is of a project's own PostgreSQL. Changes nothing. */
export function embeddedStatus(folder: string): EmbeddedStatus {
  const dir = resolve(folder);
  const place = existsSync(dir) ? knownPlace(dir) : undefined;
  if (place === undefined) return { state: 'absent' };
  const found = { data: place.data, logFile: logOf(dir) };
  const server = findServer(place.data);
  if (server === undefined) return { state: 'stopped', ...found };
  const password = readPassword(dir);
  return {
    state: 'running',
    ...found,
    pid: server.pid,
    port: server.port,
    url: password === undefined ? undefined : urlOf(server.port, password),
    clients: seeClients(dir),
    kept: isKept(dir, server.pid),
  };
}

/** Starts the server, or finds it running, and lets it stay on until `stopEmbedded`. Errors: as `openEmbedded`. */
export async function startEmbedded(
  folder: string,
  log: Log = silent,
): Promise<{ url: string; port: number }> {
  const dir = resolve(folder);
  const place = choosePlace(dir);
  return await underLock(lockOf(dir), async () => {
    const { pid, port, url } = await ensureServer(dir, place, log);
    keepServer(dir, pid);
    return { url, port };
  });
}

/**
 * Stops the server. While a run uses it nothing is cut off: it no longer stays on, and its last user stops it.
 * Errors: PAM-EMB-002 where it does not end.
 */
export async function stopEmbedded(folder: string): Promise<'stopped' | 'not running' | 'in use'> {
  const dir = resolve(folder);
  const place = existsSync(dir) ? knownPlace(dir) : undefined;
  if (place === undefined) return 'not running';
  return await underLock(lockOf(dir), async () => {
    const server = findServer(place.data);
    unkeepServer(dir);
    if (server === undefined) return 'not running';
    if (countClients(dir) > 0) return 'in use';
    if (server.elsewhere) {
      throw new PamojaError('PAM-EMB-002', 'The embedded PostgreSQL runs in another container.', {
        where: place.data,
        next: 'Stop it there, or end that container.',
      });
    }
    await stopServer(place.data, server.pid);
    return 'stopped';
  });
}
