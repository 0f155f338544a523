import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { embeddedStatus, startEmbedded, stopEmbedded } from '../../../src/store/embedded/control-embedded.js';
import { openEmbedded } from '../../../src/store/embedded/open-embedded.js';
import { endsWithin, findServer } from '../../../src/store/embedded/running-server.js';
import { isRoot } from '../../../src/store/embedded/server-user.js';
import { spawnEmbeddedClient, startEmbeddedClient } from '../../support/embedded-client.js';
import { isReachable, makeReachableFolder } from '../../support/reachable-folder.js';

const root = makeReachableFolder('pamoja-processes-');
/** A project whose data are made already. */
const dir = join(root, '.pamoja');
const freshProject = () => {
  const folder = mkdtempSync(join(root, 'fresh-'));
  chmodSync(folder, 0o755);
  return join(folder, '.pamoja');
};

beforeAll(async () => {
  const server = await openEmbedded({ dir });
  await server.release();
});
afterEach(() => stopEmbedded(dir));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('two processes at once make one database and share its server, which the last one stops', async () => {
  const dir = freshProject();
  const [one, two] = await Promise.all([startEmbeddedClient(dir), startEmbeddedClient(dir)]);
  expect(one.port).toBe(two.port);
  expect(embeddedStatus(dir)).toMatchObject({ state: 'running', clients: 2 });
  await one.leave();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'running', clients: 1 });
  await two.leave();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
});

test('after a process was killed the next one finds its server, and stops it at the end', async () => {
  const killed = await startEmbeddedClient(dir);
  await killed.kill();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'running', clients: 0 });
  const next = await openEmbedded({ dir });
  expect(next.port).toBe(killed.port);
  await next.release();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
});

test('a process that ends by an error nobody catches takes its server along', async () => {
  const failing = await startEmbeddedClient(dir);
  const status = embeddedStatus(dir);
  await failing.fail();
  if (status.state !== 'running') throw new Error('the server did not run');
  expect(await endsWithin(status.data, status.pid, 30)).toBe(true);
});

test('a process that was killed while it made the data leaves nothing that is taken for whole', async () => {
  const dir = freshProject();
  const killed = spawnEmbeddedClient(dir);
  const makes = () => existsSync(dir) && readdirSync(dir).some((name) => name.startsWith('postgres.making-'));
  while (!makes()) await turn();
  killed.kill('SIGKILL');
  const next = await openEmbedded({ dir });
  expect(next.port).toBeGreaterThan(0);
  await next.release();
});

test('a server that was asked to stay survives its users until it is told to stop', async () => {
  const { port } = await startEmbedded(dir);
  const user = await openEmbedded({ dir });
  expect(user.port).toBe(port);
  await user.release();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'running', kept: true, clients: 0 });
  expect(await stopEmbedded(dir)).toBe('stopped');
  expect(await stopEmbedded(dir)).toBe('not running');
});

test('a server in use is not stopped under its users, but by the last of them', async () => {
  await startEmbedded(dir);
  const user = await openEmbedded({ dir });
  expect(await stopEmbedded(dir)).toBe('in use');
  expect(embeddedStatus(dir)).toMatchObject({ state: 'running', kept: false });
  await user.release();
  expect(embeddedStatus(dir)).toMatchObject({ state: 'stopped' });
});

const canBeAnother = isRoot() && isReachable(import.meta.dirname);
test.runIf(canBeAnother)('a user without privileges runs a server of its own', async () => {
  const dir = freshProject();
  const nobody = { uid: 65534, gid: 65534 };
  chownSync(dirname(dir), nobody.uid, nobody.gid);
  const client = await startEmbeddedClient(dir, nobody);
  expect(statSync(join(dir, 'postgres')).uid).toBe(nobody.uid);
  expect(findServer(join(dir, 'postgres'))?.port).toBe(client.port);
  await client.leave();
  expect(findServer(join(dir, 'postgres'))).toBeUndefined();
});
