import { chmodSync, closeSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdSign } from '../../src/engine/sign-of-life.js';
import { signOfWorkspace } from '../../src/engine/workspace.js';
import { nameFolder, openWorkspace } from '../../src/pipeline/open-workspace.js';
import { thisProcess } from '../../src/store/embedded/process-identity.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

test('what a dead run left in its folder goes, also where its number is that of a live process; a live run keeps its own', async () => {
  const shop = await openTestProject();
  shop.write(SHOP_FILES);
  const live = thisProcess();
  const leave = (name: string) => {
    const folder = join(shop.root, '.pamoja', 'work', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'spill'), 'rows');
    return folder;
  };
  const dead = leave(nameFolder({ pid: live.pid, started: 'long ago' }));
  const unknown = leave('stranger');
  const own = leave(nameFolder(live));
  // One of another container, where its number is another's or nobody's here.
  const there = leave(nameFolder({ pid: live.pid, started: 'elsewhere' }));
  const sign = holdSign(signOfWorkspace(there));
  await shop.run(SHOP);
  expect([dead, unknown, own].map((folder) => existsSync(folder))).toEqual([false, false, true]);
  expect(existsSync(there)).toBe(sign !== undefined);
  if (sign !== undefined) closeSync(sign);
  rmSync(own, { recursive: true });
  if (process.platform !== 'win32') await expectRefusal(shop);
  await shop.close();
});

/** What a run as another user left, as one with sudo, can neither be looked at nor removed. */
async function expectRefusal(shop: TestProject): Promise<void> {
  const work = join(shop.root, '.pamoja', 'work');
  for (const folder of [shop.root, join(shop.root, '.pamoja')]) chmodSync(folder, 0o755);
  chmodSync(work, 0);
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.('nobody');
  const opening = openWorkspace(shop.project(SHOP)).finally(() => root && process.seteuid?.(0));
  await expect(opening).rejects.toMatchObject({ code: 'PAM-WRK-002', where: work });
  chmodSync(work, 0o700);
}
