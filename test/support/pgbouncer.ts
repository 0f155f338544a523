import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/store/embedded/launch-server.js';
import { chooseServerUser } from '../../src/store/embedded/server-user.js';
import { makeReachableFolder } from './reachable-folder.js';

const PROGRAM = '/usr/sbin/pgbouncer';

/** A pooler in front of a server. */
export interface Pooler {
  /** The given URL, through the pooler. */
  url: string;
  stop(): Promise<void>;
}

/** Starts pgbouncer in front of the server of a URL; undefined where this system has none. */
export async function pgbouncer(
  server: string,
  options: { mode?: 'transaction' | 'session'; poolSize?: number } = {},
): Promise<Pooler | undefined> {
  if (!existsSync(PROGRAM)) return undefined;
  const { hostname, port, username, password } = new URL(server);
  const user = chooseServerUser();
  const folder = join(makeReachableFolder('pamoja-pgbouncer-'), 'conf');
  mkdirSync(folder, { mode: 0o700 });
  const listening = await freePort();
  const users = join(folder, 'users.txt');
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`, { mode: 0o600 });
  const config = join(folder, 'pgbouncer.ini');
  writeFileSync(
    config,
    [
      '[databases]',
      `* = host=${hostname} port=${port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${listening}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      `pool_mode = ${options.mode ?? 'transaction'}`,
      `default_pool_size = ${options.poolSize ?? 20}`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  if (user !== undefined) for (const path of [folder, users, config]) chownSync(path, user.uid, user.gid);
  const child = spawn(PROGRAM, ['-q', config], { ...user, cwd: folder, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = new URL(server);
  url.port = String(listening);
  await listens(listening);
  return {
    url: url.toString(),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(join(folder, '..'), { recursive: true, force: true });
    },
  };
}

async function listens(port: number): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; await pause(10)) {
    const socket = connect(port, '127.0.0.1');
    const connected = await new Promise<boolean>((done) => {
      socket.once('connect', () => done(true));
      socket.once('error', () => done(false));
    });
    socket.destroy();
    if (connected) return;
  }
  throw new Error('pgbouncer did not start');
}
