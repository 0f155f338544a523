import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceConfig } from '../../src/model/config.js';
import { changed, openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
let snapshot: string;
beforeEach(async () => {
  shop = await openTestProject();
  await shop.ranShop();
  snapshot = join(shop.root, '.pamoja/snapshot/records.duckdb');
});
afterEach(() => shop.close());

/** The same shop, with one order of another amount. */
function sell(price: string): void {
  shop.write({
    'orders.csv': SHOP_FILES['orders.csv'].replace('420.00', `${price}.00`),
    'lines.csv': SHOP_FILES['lines.csv'].replace(/^O1,P1,2,.*$/m, `O1,P1,2,${Number(price) / 2}.00`),
  });
}

const TOTAL = `SELECT total_amount::float8 AS total FROM orders WHERE source_key = 'O1'`;
const total = async () => (await shop.query<{ total: number }>(TOTAL))[0]?.total;

describe('a run after a small change', () => {
  test('looks only at what changed, and at nothing where nothing did', async () => {
    sell('500');
    const first = await shop.run(SHOP);
    expect(first.way).toBe('only changes');
    expect(changed(first)).toMatchObject({ updated: 2, created: 0, deleted: 0 });
    expect(await total()).toBe(500);
    expect((await shop.run(SHOP)).way).toBe('nothing changed');
    sell('600');
    expect((await shop.run(SHOP)).way).toBe('only changes');
    expect(await total()).toBe(600);
  });

  test('writes no text of the sources into the snapshot', () => {
    const bytes = readFileSync(snapshot).toString('latin1');
    for (const text of ['Mwangi', 'example.com', 'O1', 'P1']) expect(bytes).not.toContain(text);
  });

  test('looks at everything where the snapshot is gone, and leaves one again', async () => {
    rmSync(snapshot);
    sell('500');
    expect((await shop.run(SHOP)).way).toBe('compared');
    expect(existsSync(snapshot)).toBe(true);
    sell('600');
    expect((await shop.run(SHOP)).way).toBe('only changes');
  });

  test('looks at everything where the snapshot is no snapshot', async () => {
    writeFileSync(snapshot, 'not a database at all, but quite long for a text: '.repeat(500));
    sell('500');
    expect((await shop.run(SHOP)).way).toBe('compared');
    expect(await total()).toBe(500);
    sell('600');
    expect((await shop.run(SHOP)).way).toBe('only changes');
  });

  test('looks at everything where a part of the snapshot was written over, and leaves a whole one', async () => {
    const head = 12_288;
    const block = 262_144;
    const damage = (from: number, to?: number) => {
      const bytes = readFileSync(snapshot).fill(0, from, to);
      writeFileSync(snapshot, bytes);
    };
    damage(head + block);
    expect((await shop.run(SHOP)).outcome).toBe('unchanged');
    sell('500');
    await shop.run(SHOP);
    damage(head, head + block);
    sell('600');
    expect((await shop.run(SHOP)).way).toBe('compared');
    damage(head + block);
    sell('700');
    expect((await shop.run(SHOP)).way).toBe('compared');
    expect(await total()).toBe(700);
    sell('800');
    expect((await shop.run(SHOP)).way).toBe('only changes');
  });

  test('looks at everything where somebody wrote to a table, and puts it right', async () => {
    await shop.query(`UPDATE customers SET first_name = 'Somebody'`);
    sell('500');
    expect((await shop.run(SHOP)).way).toBe('compared');
    expect(await shop.query(`SELECT * FROM customers WHERE first_name = 'Somebody'`)).toEqual([]);
  });

  test('looks at everything after a run of another project folder on the same database', async () => {
    const kept = readFileSync(snapshot);
    sell('500');
    await shop.run(SHOP);
    writeFileSync(snapshot, kept);
    sell('600');
    expect((await shop.run(SHOP)).way).toBe('compared');
    expect(await total()).toBe(600);
  });

  test('keeps the snapshot of the run before where it fails', async () => {
    sell('500');
    const failing = shop.run(SHOP, {
      reached: (point) => {
        if (point === 'before commit') throw new Error('pulled the plug');
      },
    });
    await expect(failing).rejects.toThrow('pulled the plug');
    expect((await shop.run(SHOP)).way).toBe('only changes');
    expect(await total()).toBe(500);
  });

  test('that was overtaken compares anew', async () => {
    sell('500');
    let overtaking: Promise<unknown> | undefined;
    const overtaken = await shop.run(SHOP, {
      reached: async (point) => {
        if (point !== 'before publish' || overtaking !== undefined) return;
        overtaking = shop.run(SHOP, { full: true });
        await overtaking;
      },
    });
    expect(overtaken.way).toBe('compared');
    expect(changed(overtaken)).toEqual({ created: 0, updated: 0, deleted: 0 });
    expect(await total()).toBe(500);
  });

  describe('though something of an earlier run is no longer in any file', () => {
    const people = (...rows: string[]) =>
      shop.write({ 'customers.csv': `id,name,email,phone\n${rows.join('\n')}\n` });
    const crm = SHOP.sources.crm as SourceConfig;
    const { customers } = crm.entities;
    const email = { from: 'email', severity: 'reject' as const };
    const STRICT = {
      ...SHOP,
      maxVanished: 1,
      rejects: { maxShare: 1 },
      sources: {
        ...SHOP.sources,
        crm: {
          ...crm,
          vanished: 'delete' as const,
          entities: { customers: { ...customers, fields: { ...customers?.fields, email } } },
        },
      },
    };
    const given = ['C1,Wanjiru Kamau,wanjiru@example.com,', 'C2,Otieno Ouma,otieno@example.com,'];
    const keys = async () =>
      (
        await shop.query<{ key: string }>(
          `SELECT key FROM pamoja.links WHERE entity = 'customers' AND NOT deleted ORDER BY 1`,
        )
      ).map((row) => row.key);

    test('a record that a torn line protected goes when the line is whole', async () => {
      people(...given, 'C3,Amina Hassan,amina@example.com,');
      await shop.run(STRICT, { full: true });
      people(...given, 'C9,a,b,c,d,e');
      await shop.run(STRICT);
      expect(await keys()).toEqual(['C1', 'C2', 'C3']);
      people(...given, 'C9,Njeri Mutua,njeri@example.com,');
      expect((await shop.run(STRICT)).way).toBe('only changes');
      expect(await keys()).toEqual(['C1', 'C2', 'C9']);
    });

    test('a record whose last version was refused goes when it is gone', async () => {
      people(...given, 'C3,Amina Hassan,amina@example.com,');
      await shop.run(STRICT, { full: true });
      people(...given, 'C3,Amina Hassan,no address,');
      const refusing = await shop.run(STRICT);
      people(...given);
      await shop.run(STRICT);
      expect([refusing.rejects, await keys()]).toEqual([1, ['C1', 'C2']]);
    });
  });
});
