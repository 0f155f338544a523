import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { Postgres } from '../../src/engine/postgres.js';
import { ident, sql } from '../../src/kernel/sql.js';
import { launchServer } from '../../src/store/embedded/launch-server.js';
import { runProgram } from '../../src/store/embedded/run-program.js';
import { stopServer } from '../../src/store/embedded/running-server.js';
import { chooseServerUser } from '../../src/store/embedded/server-user.js';
import { makeReachableFolder } from './reachable-folder.js';

/** An empty database of its own for one test, or for the tests of one file. */
export interface TestDatabase {
  name: string;
  url: string;
  /** Opens a connection, which `close` ends. */
  connect(): Promise<Postgres>;
  /** Makes it a copy of another database of the server. Nobody may be connected to either. */
  writeOver(template: string): Promise<void>;
  /** Drops the database, whoever is still connected. */
  close(): Promise<void>;
}

/** Makes an empty database with a name of its own on the server that all tests share, or on another one. */
export async function openTestDatabase(server: string = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(server, (connection) => connection.run(sql`CREATE DATABASE ${ident(name)}`));
  const url = withDatabase(server, name);
  const open: Postgres[] = [];
  return {
    name,
    url,
    async connect() {
      const connection = await Postgres.connect(url);
      open.push(connection);
      return connection;
    },
    async writeOver(template) {
      await administer(server, async (connection) => {
        await connection.run(sql`DROP DATABASE ${ident(name)}`);
        await connection.run(sql`CREATE DATABASE ${ident(name)} TEMPLATE ${ident(template)}`);
      });
    },
    async close() {
      for (const connection of open) await connection.close();
      await administer(server, (connection) =>
        connection.run(sql`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`),
      );
    },
  };
}

/** The same server's URL for another database. */
export function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

async function administer(server: string, work: (connection: Postgres) => Promise<void>): Promise<void> {
  const connection = await Postgres.connect(withDatabase(server, 'postgres'));
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

/** A server of this system's own, in a temporary folder. */
export interface OtherServer {
  url: string;
  stop(): Promise<void>;
}

/** Starts the PostgreSQL of that major version that the system has installed; undefined where it has none. */
export async function otherServer(major: number): Promise<OtherServer | undefined> {
  const bin = `/usr/lib/postgresql/${major}/bin`;
  if (!existsSync(join(bin, 'postgres'))) return undefined;
  const user = chooseServerUser();
  const folder = makeReachableFolder('pamoja-other-server-');
  const data = join(folder, 'data');
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) for (const path of [passwordFile, data]) chownSync(path, user.uid, user.gid);
  const options = [
    '--username=pamoja',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  await runProgram(join(bin, 'initdb'), ['-D', data, ...options, '--locale=C'], { ...user, cwd: folder });
  const { pid, port } = await launchServer({ data, user }, { bin, major }, join(folder, 'log'));
  return {
    url: `postgres://pamoja:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await stopServer(data, pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
