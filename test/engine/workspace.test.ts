import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { explainWorkspaceError } from '../../src/engine/workspace-errors.js';
import { sql } from '../../src/kernel/sql.js';

test('a folder that cannot be written is told as such, with what to do', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pamoja-closed-'));
  writeFileSync(join(root, '.pamoja'), 'a file where a folder should be');
  const dir = join(root, '.pamoja', 'work', 'run');
  await expect(Workspace.open({ dir })).rejects.toMatchObject({ code: 'PAM-WRK-002', where: dir });
  rmSync(root, { recursive: true });
});

test('a folder that somebody else works in, or was killed in, can be worked in', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-shared-'));
  const [first, second] = [
    await Workspace.open({ dir, threads: 1 }),
    await Workspace.open({ dir, threads: 1 }),
  ];
  expect(await second.count(sql`SELECT 7`)).toBe(7);
  await second.close();
  await first.close();
});

test('a workspace that does not open leaves no folder', async () => {
  const dir = join(mkdtempSync(join(tmpdir(), 'pamoja-unopened-')), 'run');
  await expect(Workspace.open({ dir, memoryMb: Number.NaN })).rejects.toThrow();
  expect(existsSync(dir)).toBe(false);
  await expect(Workspace.open({ dir, threads: -1 })).rejects.toThrow();
  expect(existsSync(dir)).toBe(false);
});

test('too little memory is told as such, and not as a full disk', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-memory-'));
  const workspace = await Workspace.open({ dir, memoryMb: 16, threads: 1 });
  const held = workspace.run(sql`SELECT list(repeat('x', 100000) || range) FROM range(1000)`);
  await expect(held).rejects.toMatchObject({ code: 'PAM-WRK-003', where: 'memoryMb' });
  workspace.close();
});

test('a folder that is removed in the middle of a run is told as such', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-removed-'));
  const workspace = await Workspace.open({ dir, threads: 1 });
  rmSync(dir, { recursive: true });
  const gone = { code: 'PAM-WRK-005', where: dir };
  await expect(workspace.copyToFile(sql`SELECT 7`, join(dir, 'pipe'))).rejects.toMatchObject(gone);
  await expect(workspace.fifos.take()).rejects.toMatchObject(gone);
  await workspace.close();
});

test('a folder on a disk that is mounted to read only is told as one that may not be written', () => {
  const error = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', syscall: 'mkdir' });
  expect(explainWorkspaceError(error, '/work')).toMatchObject({ code: 'PAM-WRK-002', where: '/work' });
});

test('a workspace that is closed in the middle of a statement ends it, and leaves no thread behind', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-closing-'));
  const workspace = await Workspace.open({ dir, threads: 1 });
  const statement = workspace.run(sql`SELECT sum(a.range * b.range) FROM range(100000) a, range(1000000) b`);
  const left = new Promise((resolve) => setTimeout(resolve, 8_000, 'still under way'));
  setTimeout(() => workspace.close(), 50);
  const ended = statement.catch(() => 'stopped');
  expect(await Promise.race([ended, left])).toBe('stopped');
});
