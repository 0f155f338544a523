import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePlace, knownPlace } from '../../../src/store/embedded/data-place.js';
import { canReach, chooseServerUser, isRoot } from '../../../src/store/embedded/server-user.js';
import { makeReachableFolder } from '../../support/reachable-folder.js';

let root: string;
let elsewhere: string;
beforeEach(() => {
  root = makeReachableFolder('pamoja-place-');
  elsewhere = join(root, 'elsewhere');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const project = (name: string, mode: number): string => {
  const folder = join(root, name);
  mkdirSync(folder);
  chmodSync(folder, mode);
  return join(folder, '.pamoja');
};

test('data rest in the project where the server can reach it', () => {
  const dir = project('open', 0o755);
  expect(choosePlace(dir, [elsewhere]).data).toBe(join(dir, 'postgres'));
  expect(statSync(dir).mode & 0o007).toBe(0);
});

test.runIf(isRoot())('data of a private project rest elsewhere, and are found again', () => {
  const dir = project('private', 0o700);
  const { data, user } = choosePlace(dir, [elsewhere]);
  expect(dirname(dirname(data))).toBe(elsewhere);
  expect(canReach(dirname(data), user)).toBe(true);
  expect(statSync(dirname(data)).mode & 0o007).toBe(0);
  mkdirSync(data);
  expect(choosePlace(dir, [elsewhere]).data).toBe(data);
});

test.runIf(isRoot())('a project that moved takes its data along, and a copy of it gets its own', () => {
  const dir = project('first', 0o700);
  const { data } = choosePlace(dir, [elsewhere]);
  mkdirSync(data);
  cpSync(dirname(dir), join(root, 'copy'), { recursive: true });
  chmodSync(join(root, 'copy'), 0o700);
  expect(choosePlace(join(root, 'copy/.pamoja'), [elsewhere]).data).not.toBe(data);
  renameSync(join(root, 'first'), join(root, 'moved'));
  expect(knownPlace(join(root, 'moved/.pamoja'))?.data).toBe(data);
});

test.runIf(isRoot())('data that root owns are given to the user of the server', () => {
  const dir = project('image', 0o755);
  mkdirSync(join(dir, 'postgres/base'), { recursive: true });
  // As `cp -r` leaves it of a project that was served by another user.
  chmodSync(dir, 0o710);
  const { user } = choosePlace(dir, [elsewhere]);
  expect(statSync(join(dir, 'postgres/base')).uid).toBe(user?.uid);
  expect(canReach(dir, user)).toBe(true);
});

test.runIf(isRoot())('the user of the server is postgres, else nobody, else another one', () => {
  const line = (name: string, id: number) => `${name}:x:${id}:${id}::/:/bin/false\n`;
  const [top, ann, nobody, postgres] = [
    line('root', 0),
    line('ann', 7),
    line('nobody', 8),
    line('postgres', 9),
  ];
  expect(chooseServerUser(top + ann + nobody + postgres)).toEqual({ uid: 9, gid: 9 });
  expect(chooseServerUser(top + nobody + ann)).toEqual({ uid: 8, gid: 8 });
  expect(chooseServerUser(top + ann)).toEqual({ uid: 7, gid: 7 });
  expect(() => chooseServerUser(top)).toThrow(expect.objectContaining({ code: 'PAM-EMB-001' }));
});
