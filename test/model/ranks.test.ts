import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { ident, joined, sql } from '../../src/kernel/sql.js';
import { rankOf, rankRows } from '../../src/model/ranks.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await Workspace.open({ dir: mkdtempSync(join(tmpdir(), 'pamoja-ranks-')), memoryMb: 512 });
});
afterAll(() => workspace.close());

/** The numbers that rows get from `next`, by their ranks; null for a row that is not among the numbered. */
async function numbersOf(numbered: readonly number[], asked: readonly number[], next: number) {
  const rows = numbered.length === 0 ? sql`SELECT 0 AS seq WHERE false` : listed(numbered);
  await workspace.run(sql`CREATE OR REPLACE TABLE ranks AS ${rankRows(rows, next)}`);
  const found = await workspace.rows<{ seq: number; id: number | null }>(
    sql`SELECT a.seq, ${rankOf(ident('ranks'), sql`a.seq`)} AS id FROM (${listed(asked)}) a
      LEFT JOIN ranks ON ranks.block = a.seq >> 6 ORDER BY a.seq`,
  );
  return found.map(({ id }) => id);
}

function listed(seqs: readonly number[]) {
  return sql`SELECT unnest([${joined(seqs.map((seq) => sql`${seq}::BIGINT`))}]) AS seq`;
}

describe('ranks', () => {
  test('number any rows in their order, without a gap', async () => {
    const seqs = fc.uniqueArray(fc.nat({ max: 700 }), { minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(seqs, fc.nat({ max: 2 ** 40 }), async (given, next) => {
        const sorted = [...given].sort((a, b) => a - b);
        expect(await numbersOf(given, sorted, next)).toEqual(sorted.map((_, i) => next + i));
      }),
      { numRuns: 40 },
    );
  });

  test('give no number to a row that is not among them, in a block of theirs or in another', async () => {
    expect(await numbersOf([3, 64, 127], [2, 3, 63, 64, 65, 127, 128, 5000], 10)).toEqual([
      null,
      10,
      null,
      11,
      null,
      12,
      null,
      null,
    ]);
    expect(await numbersOf([], [0, 63], 1)).toEqual([null, null]);
  });

  test('hold for a block that is full', async () => {
    const all = Array.from({ length: 130 }, (_, i) => i);
    expect(await numbersOf(all, all, 1)).toEqual(all.map((i) => i + 1));
  });
});
