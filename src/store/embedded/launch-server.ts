import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { holdSign } from '../../engine/sign-of-life.js';
import { messageOf, PamojaError } from '../../kernel/errors.js';
import { type Binaries, program } from './binaries.js';
import type { DataPlace } from './data-place.js';
import { type Postmaster, readPostmaster, signOfServer } from './running-server.js';
import { serverEnvironment, serverSettings } from './server-settings.js';

/** Replaying what a crash left behind takes its time; a server that says nothing for this long hangs. */
const START_WITHIN_MS = 300_000;
const ORPHANS_WITHIN_MS = 30_000;
const LOG_BYTES = 1 << 20;
const PORT_ATTEMPTS = 10;
/** On Windows pg_ctl gives up an administrator's rights, with which PostgreSQL would not run. */
const THROUGH_PG_CTL = process.platform === 'win32';

/**
 * Starts the server on a free port, the last one's if it still is free, and waits until it takes connections.
 * It lives on by itself: not the caller's end nor Ctrl-C in its terminal ends it.
 * Errors: PAM-EMB-002 with the server's last words.
 */
export async function launchServer(
  place: DataPlace,
  binaries: Binaries,
  logFile: string,
): Promise<Postmaster> {
  const began = Date.now();
  let port = await freePort(lastPort(place.data));
  for (let attempt = 1; ; attempt += 1) {
    const { postmaster, said } = await launchOnce(place, binaries, port, logFile);
    if (postmaster !== undefined) return postmaster;
    if (/address already in use|could not (bind|create any TCP)/i.test(said) && attempt < PORT_ATTEMPTS) {
      port = await freePort();
    } else if (/shared memory block .* still in use/.test(said) && Date.now() - began < ORPHANS_WITHIN_MS) {
      // The children of a killed server notice within moments that it is gone.
      await pause(200);
    } else {
      throw new PamojaError(
        'PAM-EMB-002',
        `The embedded PostgreSQL ended at its start: ${lastWords(said)}.`,
        {
          where: logFile,
          next: 'Read that file, or set DATABASE_URL to a PostgreSQL of your own.',
        },
      );
    }
  }
}

async function launchOnce(
  place: DataPlace,
  binaries: Binaries,
  port: number,
  logFile: string,
): Promise<{ postmaster?: Postmaster; said: string }> {
  const log = openLog(logFile);
  const sign = holdSign(signOfServer(place.data));
  const from = statSync(logFile).size;
  const child = spawn(...launchCommand(place, binaries, port), {
    ...place.user,
    cwd: dirname(binaries.bin),
    detached: true,
    windowsHide: true,
    env: serverEnvironment(),
    stdio: ['ignore', log, log, ...(sign === undefined ? [] : [sign])],
  });
  child.unref();
  closeSync(log);
  if (sign !== undefined) closeSync(sign);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = messageOf(error);
  });
  child.once('exit', (code, signal) => {
    if (!THROUGH_PG_CTL || code !== 0) ended = `it ended with ${signal ?? code}`;
  });
  const until = Date.now() + START_WITHIN_MS;
  while (ended === undefined) {
    const postmaster = readPostmaster(place.data);
    const ours = THROUGH_PG_CTL || postmaster?.pid === child.pid;
    if (ours && postmaster?.state === 'ready') return { postmaster, said: '' };
    if (Date.now() > until) {
      child.kill('SIGQUIT');
      ended = 'it was not ready in time';
      break;
    }
    await pause(15);
  }
  return { said: readFileSync(logFile).subarray(from).toString('utf8') || ended };
}

function launchCommand(place: DataPlace, binaries: Binaries, port: number): [path: string, args: string[]] {
  const settings = serverSettings(port, binaries.major);
  return THROUGH_PG_CTL
    ? [program(binaries, 'pg_ctl'), ['start', '-D', place.data, '-w', '-t', '300', '-o', settings.join(' ')]]
    : [program(binaries, 'postgres'), ['-D', place.data, ...settings]];
}

function lastWords(said: string): string {
  const fatal = said.split('\n').filter((line) => /(FATAL|PANIC|ERROR):/.test(line));
  const line = fatal.at(-1) ?? said.trim().split('\n').at(-1) ?? '';
  return line.replace(/^.*?(FATAL|PANIC|ERROR): +/, '').replace(/\.$/, '');
}

/** The port that the server had before, so that a bookmark in somebody's SQL client goes on working. */
function lastPort(data: string): number | undefined {
  try {
    const found = /port=(\d+)/.exec(readFileSync(join(data, 'postmaster.opts'), 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}

/** A port of this machine that nobody listens on: the wished one, or any. */
export async function freePort(wished?: number): Promise<number> {
  const port = await tryPort(wished ?? 0);
  return port ?? (await tryPort(0)) ?? 0;
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  return await new Promise((done) => {
    server.once('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => done(taken));
    });
  });
}

/** Opens the server's log for appending; a long one loses all but its end. */
function openLog(path: string): number {
  boundLog(path);
  return openSync(path, 'a', 0o600);
}

/** Keeps the last quarter of a log that grew too long. A running server goes on at the new end: it appends. */
export function boundLog(path: string, bytes = LOG_BYTES): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch {
    return;
  }
  try {
    const { size } = statSync(path);
    if (size <= bytes) return;
    const end = Buffer.alloc(bytes / 4);
    const length = readSync(file, end, 0, end.length, size - end.length);
    ftruncateSync(file, 0);
    writeSync(file, end.subarray(end.indexOf(10) + 1, length), 0);
  } finally {
    closeSync(file);
  }
}
