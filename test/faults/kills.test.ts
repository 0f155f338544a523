import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestProject, type TestProject } from '../support/project.js';
import { ALL, expectNoLeftovers, judge, killedRun, stateOf } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

const POINTS = [
  'before publish',
  'loaded customers',
  'loaded products',
  'loaded orders',
  'loaded order_items',
  'keys made',
  'verified',
  'before commit',
  'after publish',
];
const points = ALL ? POINTS : ['before commit'];
const times = ALL ? 20 : 1;

const A: Record<string, string> = { 'pamoja.config.json': JSON.stringify(SHOP), ...largeShop(200) };
const B = changedShop(A);

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(A);
});
afterEach(() => shop.close());

const known = new Map<Record<string, string>, string>();

/** The rows that a run over these files gives, published in a database of its own. */
async function rowsOf(files: Record<string, string>): Promise<string> {
  const before = known.get(files);
  if (before !== undefined) return before;
  const other = await openTestProject();
  other.write(files);
  await other.run(SHOP);
  const { rows } = await stateOf(other);
  await other.close();
  known.set(files, rows);
  return rows;
}

async function empty(): Promise<void> {
  await shop.query('DROP SCHEMA public, pamoja CASCADE; CREATE SCHEMA public');
}

type Moment = Parameters<typeof killedRun>[1];
type Ended = Awaited<ReturnType<typeof killedRun>>;

/** Kills so many bulk runs, each over an empty database; judges what each left. */
async function killBulk(count: number, when: (last?: Ended) => Moment): Promise<void> {
  const target = await rowsOf(A);
  let last: Ended | undefined;
  for (let kills = 0; kills < count; kills += last.killed ? 1 : 0) {
    const before = await stateOf(shop);
    last = await killedRun(shop, when(last));
    const left = judge(before, await stateOf(shop), target);
    if (left === 'new') await empty();
  }
  await shop.run(SHOP);
  expect((await stateOf(shop)).rows).toBe(target);
  await expectNoLeftovers(shop);
}

/** Kills so many runs that bring a change, to and fro between two states; judges what each left. */
async function killDelta(count: number, when: (last?: Ended) => Moment): Promise<void> {
  let [from, to] = [A, B];
  const rows = new Map([
    [A, await rowsOf(A)],
    [B, await rowsOf(B)],
  ]);
  await shop.run(SHOP);
  let last: Ended | undefined;
  for (let kills = 0; kills < count; kills += last.killed ? 1 : 0) {
    shop.write(to);
    const before = await stateOf(shop);
    expect(before.rows).toBe(rows.get(from));
    last = await killedRun(shop, when(last));
    const left = judge(before, await stateOf(shop), rows.get(to) as string);
    if (left === 'new') [from, to] = [to, from];
  }
  shop.write(to);
  await shop.run(SHOP);
  expect((await stateOf(shop)).rows).toBe(rows.get(to));
  await expectNoLeftovers(shop);
}

/**
 * Milliseconds between the start of a process and its end, over and over, without a pattern: the golden ratio. How long
 * a run takes is learnt from those that ended by themselves.
 */
function moments(seconds: number): (last?: Ended) => { after: number } {
  let step = 0;
  let longest = seconds * 1000;
  return (last) => {
    if (last?.killed === false) longest = last.seconds * 1000;
    step += 0.618034;
    return { after: longest * (0.15 + 0.85 * (step % 1)) };
  };
}

describe('a run killed with SIGKILL at a named point leaves the old state or the new, and the next run completes', () => {
  // test/pipeline/faults.test.ts kills a first load at three points, every time.
  test.runIf(ALL).each(POINTS)('first load: %s', { timeout: 600_000 }, (at) =>
    killBulk(times, () => ({ at })),
  );
  test.each(points)('change: %s', { timeout: 600_000 }, (at) => killDelta(times, () => ({ at })));
});

describe('a run killed with SIGKILL at any moment leaves the old state or the new, and the next run completes', () => {
  test('first load', { timeout: 1_200_000 }, async () => {
    const { seconds } = await killedRun(shop, { at: 'never' });
    await empty();
    await killBulk(ALL ? 50 : 1, moments(seconds));
  });

  test('change', { timeout: 1_200_000 }, async () => {
    const { seconds } = await killedRun(shop, { at: 'never' });
    await empty();
    await killDelta(ALL ? 50 : 1, moments(seconds));
  });
});
