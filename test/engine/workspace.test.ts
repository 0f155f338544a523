import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';

test('a folder that cannot be written is told as such, with what to do', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pamoja-closed-'));
  writeFileSync(join(root, '.pamoja'), 'a file where a folder should be');
  const dir = join(root, '.pamoja', 'work', 'run');
  await expect(Workspace.open({ dir })).rejects.toMatchObject({ code: 'PAM-WRK-002', where: dir });
  rmSync(root, { recursive: true });
});
