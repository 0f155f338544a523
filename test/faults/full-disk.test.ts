import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ident, literal, sql } from '../../src/kernel/sql.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { chooseServerUser } from '../../src/store/embedded/server-user.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { makeReachableFolder } from '../support/reachable-folder.js';
import { canMakeDisks, makeSmallDisk } from '../support/small-disk.js';
import { ALL, expectNoLeftovers, judge, stateOf } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

const A = largeShop(ALL ? 20_000 : 4_000);
const B = changedShop(A);

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(A);
});
afterEach(() => shop.close());

describe.skipIf(!canMakeDisks)('a full disk under the working files (needs root and mount)', () => {
  test('fails the run with a code, publishes nothing, and a re-run with room converges', async () => {
    const disk = makeSmallDisk(join(shop.root, '.pamoja'), 1);
    onTestFinished(() => disk.remove());
    // One buffer of the reader of CSV files is 48 MB: less memory fails for want of memory, whatever the disk.
    const customers = Array.from(
      { length: 500 },
      (_, i) => `C${i},${randomBytes(50_000).toString('hex')},,\n`,
    );
    shop.write({ 'customers.csv': `id,name,email,phone\n${customers.join('')}` });
    const before = await stateOf(shop);
    const project = { ...shop.project(SHOP), memoryMb: 64 };
    const env = { DATABASE_URL: shop.database.url };
    await expect(runProject(project, { env })).rejects.toMatchObject({ code: 'PAM-WRK-001' });
    expect(judge(before, await stateOf(shop), '')).toBe('old');
    disk.remove();
    shop.write(A);
    expect((await shop.run(SHOP)).outcome).toBe('published');
    await expectNoLeftovers(shop);
  });
});

describe.skipIf(!canMakeDisks)('a full disk of the server (needs root and mount)', () => {
  test.each(ALL ? ['first load', 'change'] : ['first load'])(
    'fails the run with a code, leaves the old state whole, and a re-run with room converges (%s)',
    async (way) => {
      const folder = makeReachableFolder('pamoja-full-disk-');
      const disk = makeSmallDisk(folder, ALL ? 4 : 1);
      onTestFinished(() => {
        disk.remove();
        rmSync(folder, { recursive: true, force: true });
      });
      const owner = chooseServerUser();
      if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
      chmodSync(folder, 0o700);
      const space = ident(`full_${randomBytes(4).toString('hex')}`);
      const admin = await shop.database.connect();
      await admin.run(sql`CREATE TABLESPACE ${space} LOCATION ${literal(folder)}`);
      const database = ident(shop.database.name);
      if (way === 'change') {
        await shop.run(SHOP);
        for (const table of ['customers', 'products', 'orders'])
          await admin.run(sql`ALTER TABLE ${ident(table)} SET TABLESPACE ${space}`);
        await admin.run(sql`CREATE TABLE filler TABLESPACE ${space} AS SELECT 1 AS byte WHERE false`);
        await fill(admin);
        shop.write({ ...B, 'orders.csv': (B['orders.csv'] ?? '').replaceAll('2026-0', '2025-0') });
      } else await admin.run(sql`ALTER DATABASE ${database} SET default_tablespace = ${space}`);
      const before = await stateOf(shop);
      await expect(shop.run(SHOP)).rejects.toMatchObject({
        code: 'PAM-DB-005',
        message: expect.stringMatching('53100'),
      });
      expect(judge(before, await stateOf(shop), '')).toBe('old');
      await admin.run(sql`ALTER DATABASE ${database} RESET default_tablespace`);
      await admin.run(sql`DROP TABLE IF EXISTS filler`);
      for (const table of way === 'change' ? ['customers', 'products', 'orders'] : [])
        await admin.run(sql`ALTER TABLE ${ident(table)} SET TABLESPACE pg_default`);
      const result = await shop.run(SHOP);
      expect(result.outcome).toBe('published');
      await expectNoLeftovers(shop);
      await shop.query('DROP SCHEMA public, pamoja CASCADE');
      await admin.run(sql`DROP TABLESPACE ${space}`);
    },
  );
});

/** Takes up what room the disk has left. */
async function fill(admin: Awaited<ReturnType<TestProject['database']['connect']>>): Promise<void> {
  for (let rows = 20_000; rows > 100; ) {
    try {
      await admin.run(sql`INSERT INTO filler SELECT generate_series(1, ${literal(String(rows))}::int)`);
    } catch {
      rows = Math.floor(rows / 2);
    }
  }
}
