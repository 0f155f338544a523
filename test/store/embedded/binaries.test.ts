import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type BinaryPackage,
  findBinaryPackage,
  prepareBinaries,
  program,
} from '../../../src/store/embedded/binaries.js';
import { chooseServerUser, isRoot } from '../../../src/store/embedded/server-user.js';
import { makeReachableFolder } from '../../support/reachable-folder.js';

const user = chooseServerUser();
const { native, version } = findBinaryPackage();
const root = makeReachableFolder('pamoja-binaries-');
const cache = join(root, 'cache');
const bare: BinaryPackage = { native: join(root, 'package/native'), version };

beforeAll(() => {
  // As it is after an install that runs no scripts: the links are not there.
  cpSync(native, bare.native, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const runs = (bin: string) =>
  execFileSync(program({ bin }, 'postgres'), ['--version'], { encoding: 'utf8', ...user, cwd: '/' });

test('links that a blocked install script left out are made in place', () => {
  expect(existsSync(join(bare.native, 'lib/libicuuc.so.60'))).toBe(false);
  const { bin, major } = prepareBinaries(bare, user, [cache]);
  expect(bin).toBe(join(bare.native, 'bin'));
  expect(runs(bin)).toContain(`PostgreSQL) ${major}.`);
  expect(existsSync(cache)).toBe(false);
});

test.runIf(isRoot())(
  'binaries in a private folder are copied to where the user of the server can run them',
  () => {
    chmodSync(join(root, 'package'), 0o700);
    const { bin } = prepareBinaries(bare, user, [cache]);
    expect(bin.startsWith(cache)).toBe(true);
    expect(runs(bin)).toContain('PostgreSQL');
    expect(prepareBinaries(bare, user, [cache]).bin).toBe(bin);
    expect(readdirSync(cache)).toHaveLength(1);
  },
);

test('binaries that lost their execute bits are copied with them, into a folder that only we can write to', () => {
  for (const name of readdirSync(join(bare.native, 'bin'))) chmodSync(join(bare.native, 'bin', name), 0o644);
  const open = join(root, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  expect(() => prepareBinaries(bare, user, [open])).toThrow('no folder');
  const { bin } = prepareBinaries(bare, user, [open, cache]);
  expect(bin.startsWith(cache)).toBe(true);
  expect(runs(bin)).toContain('PostgreSQL');
});

test('binaries that do not run on this system say so, and name the way out', () => {
  const foreign = { native: join(root, 'foreign/native'), version: '18.0.0' };
  mkdirSync(join(foreign.native, 'bin'), { recursive: true });
  writeFileSync(join(foreign.native, 'bin/postgres'), '#!/no/such/loader\n', { mode: 0o755 });
  expect(() => prepareBinaries(foreign, user, [cache])).toThrow(
    expect.objectContaining({ code: 'PAM-EMB-001', next: expect.stringContaining('DATABASE_URL') }),
  );
});
