import { closeSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { holdSign } from '../../../src/engine/sign-of-life.js';
import { tryLock, underLock } from '../../../src/store/embedded/file-lock.js';
import { boundLog } from '../../../src/store/embedded/launch-server.js';
import { findServer, signOfServer } from '../../../src/store/embedded/running-server.js';
import { addClient, countClients } from '../../../src/store/embedded/server-clients.js';
import { makeReachableFolder } from '../../support/reachable-folder.js';
import { canMakeDisks, makeSmallDisk } from '../../support/small-disk.js';

const root = makeReachableFolder('pamoja-lock-');
const lock = join(root, 'lock');
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('what is done under the lock is done one after the other', async () => {
  const order: string[] = [];
  const work = (name: string) =>
    underLock(lock, async () => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(existsSync(lock)).toBe(false);
});

test('the lock is free again after an error', async () => {
  await expect(underLock(lock, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(lock)).toBe(false);
});

test('the lock of a living process holds, that of a dead one is broken', () => {
  const release = tryLock(lock);
  expect(tryLock(lock)).toBeUndefined();
  release?.();
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'another time' }));
  const again = tryLock(lock);
  expect(again).toBeDefined();
  again?.();
});

/** A process of another container: its number means nothing here, or somebody else. */
const NOT_HERE = { pid: 2 ** 30, started: 'there' };
const hasSigns = process.platform !== 'win32';

test.runIf(hasSigns)(
  'one who lives in another container is alive as long as he shows it: his lock holds, and he counts',
  () => {
    const client = addClient(root);
    const sign = holdSign(join(root, 'postgres-signs', 'theirs')) as number;
    const there = JSON.stringify({ ...NOT_HERE, sign: 'theirs' });
    writeFileSync(lock, there);
    writeFileSync(join(root, 'postgres-clients', 'theirs'), there);
    expect(tryLock(lock)).toBeUndefined();
    expect(countClients(root)).toBe(2);
    closeSync(sign);
    expect(countClients(root)).toBe(1);
    expect(tryLock(lock)).toBeDefined();
    for (const path of [lock, client]) rmSync(path);
  },
);

test.runIf(hasSigns)(
  'a server of another container is found, and known as one to which no signal gets',
  () => {
    const data = join(root, 'postgres');
    mkdirSync(data);
    writeFileSync(join(data, 'postmaster.pid'), `${NOT_HERE.pid}\n${data}\n1\n5432\n\n\n\nready\n`);
    expect(findServer(data)).toBeUndefined();
    const sign = holdSign(signOfServer(data)) as number;
    expect(findServer(data)).toEqual({ pid: NOT_HERE.pid, port: 5432, state: 'ready', elsewhere: true });
    closeSync(sign);
    expect(findServer(data)).toBeUndefined();
  },
);

test.runIf(canMakeDisks)(
  'a full disk is told, and nobody waits for a lock that it left without a name',
  async () => {
    const full = join(root, 'full');
    const disk = makeSmallDisk(full, 1);
    onTestFinished(() => disk.remove());
    expect(() => writeFileSync(join(full, 'fill'), Buffer.alloc(2 << 20))).toThrow('ENOSPC');
    const fullLock = join(full, 'lock');
    expect(await underLock(fullLock, async () => 'a server is left')).toBe('a server is left');
    expect(existsSync(fullLock)).toBe(false);
    const counting = underLock(fullLock, async () => addClient(full));
    await expect(counting).rejects.toMatchObject({ code: 'PAM-EMB-002', where: full });
    expect(existsSync(fullLock)).toBe(false);
  },
);

test('a lock that is being written is respected, and broken when nobody wrote it in time', () => {
  writeFileSync(lock, '');
  expect(tryLock(lock)).toBeUndefined();
  utimesSync(lock, 1, 1);
  const release = tryLock(lock);
  expect(release).toBeDefined();
  release?.();
});

test('a long log keeps its last whole lines', () => {
  const path = join(root, 'log');
  writeFileSync(path, Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join(''));
  boundLog(path, 400);
  const lines = readLines(path);
  expect(lines.at(-1)).toBe('line 999');
  expect(lines.every((line) => /^line \d{3}$/.test(line))).toBe(true);
  expect(lines.length).toBeLessThan(20);
});

function readLines(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split('\n');
}
