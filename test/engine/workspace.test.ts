import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

test('too little memory is told as such, and not as a full disk', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-memory-'));
  const workspace = await Workspace.open({ dir, memoryMb: 16, threads: 1 });
  const held = workspace.run(sql`SELECT list(repeat('x', 100000) || range) FROM range(1000)`);
  await expect(held).rejects.toMatchObject({ code: 'PAM-WRK-003', where: 'memoryMb' });
  workspace.close();
});

test('a folder on a disk that is mounted to read only is told as one that may not be written', () => {
  const error = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', syscall: 'mkdir' });
  expect(explainWorkspaceError(error, '/work')).toMatchObject({ code: 'PAM-WRK-002', where: '/work' });
});
