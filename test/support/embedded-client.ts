import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServerUser } from '../../src/store/embedded/server-user.js';

/** Another process that uses an embedded PostgreSQL. */
export interface EmbeddedClient {
  child: ChildProcess;
  port: number;
  /** Releases the server and ends. */
  leave(): Promise<void>;
  /** Ends by an error that nobody catches. */
  fail(): Promise<void>;
  /** Ends without a chance to clean up. */
  kill(): Promise<void>;
}

/** Starts a process that opens the embedded PostgreSQL of `dir`, and waits until it has done so. */
export async function startEmbeddedClient(dir: string, user?: ServerUser): Promise<EmbeddedClient> {
  const child = spawnEmbeddedClient(dir, user);
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  const first = await Promise.race([once(lines, 'line'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error('the other process ended before it had opened the database');
  const { port } = JSON.parse(String(first[0])) as { port: number };
  const tell = async (order: string) => {
    child.stdin?.write(`${order}\n`);
    await ended;
  };
  return {
    child,
    port,
    leave: () => tell('leave'),
    fail: () => tell('fail'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export function spawnEmbeddedClient(dir: string, user?: ServerUser): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'embedded-client.mjs'), dir], {
    ...user,
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: user === undefined ? process.env.HOME : '/nonexistent' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
