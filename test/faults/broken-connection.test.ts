import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { patience } from '../../src/engine/silence-watch.js';
import type { RunOptions } from '../../src/pipeline/run-options.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { ALL, expectNoLeftovers, judge, type State, stateOf, untilAlone } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

// More than all buffers between DuckDB and the server hold: who still writes when the line is cut must not wait for ever.
const LARGE = largeShop(ALL ? 20_000 : 6_000);
const A = ALL ? LARGE : largeShop(300);
const B = { ...changedShop(A), 'customers.csv': (A['customers.csv'] ?? '').replaceAll('Sample', 'Example') };

let shop: TestProject;
let proxy: TcpProxy;
let warned: string[];
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(A);
  proxy = await openTcpProxy(shop.database.url);
  warned = [];
});
afterEach(async () => {
  await proxy.close();
  await shop.close();
});

/** A run by way of the proxy; gives its outcome, or the code of its error with what it says. */
async function through(options: RunOptions = {}): Promise<string> {
  const log = { step() {}, debug() {}, warn: (text: string) => void warned.push(text) };
  proxy.copied = 0;
  const env = { DATABASE_URL: proxy.url };
  const said = await shop.run(SHOP, { env, log, ...options }).then(({ outcome }) => outcome, String);
  await untilAlone(shop);
  return said;
}

/** Brings a change about by a plain run, and gives the state with it: what a re-run must converge to. */
async function converge(before: State): Promise<State> {
  const left = await stateOf(shop);
  const result = await shop.run(SHOP);
  expect(result.checks.filter((check) => !check.passed)).toEqual([]);
  const after = await stateOf(shop);
  if (left.books.runs > before.books.runs) expect(after.rows).toBe(left.rows);
  await expectNoLeftovers(shop);
  return after;
}

describe('a connection that is cut in the middle of COPY leaves the old state whole, and a re-run converges', () => {
  test.each(ALL ? [0.01, 0.5, 0.99] : [0.5])(
    'first load, at %d of the bytes',
    { timeout: 120_000 },
    async (part) => {
      shop.write(LARGE);
      const before = await stateOf(shop);
      await through();
      const whole = proxy.copied;
      const { rows } = await stateOf(shop);
      await shop.query('DROP SCHEMA public, pamoja CASCADE; CREATE SCHEMA public');
      proxy.fault = { kind: 'cut', copied: Math.floor(whole * part) };
      expect(await through()).toMatch(/^PAM-DB-006 .* The connection broke/);
      expect(proxy.happened).toBe(1);
      expect(judge(before, await stateOf(shop), rows)).toBe('old');
      expect((await converge(before)).rows).toBe(rows);
    },
  );

  test.each(ALL ? [0.01, 0.5, 0.99] : [0.5])(
    'change, at %d of the bytes',
    { timeout: 120_000 },
    async (part) => {
      await shop.run(SHOP);
      shop.write(B);
      let copied = 0;
      const whole = await through({
        reached: (point) => {
          if (point !== 'before commit') return;
          copied = proxy.copied;
          throw new Error('far enough');
        },
      });
      expect(whole).toMatch('far enough');
      const before = await stateOf(shop);
      proxy.fault = { kind: 'cut', copied: Math.max(1, Math.floor(copied * part)) };
      expect(await through()).toMatch(/^PAM-DB-006 .* The connection broke/);
      expect(proxy.happened).toBe(1);
      expect(judge(before, await stateOf(shop), '')).toBe('old');
      const after = await converge(before);
      expect(judge(before, after, after.rows)).toBe('new');
    },
  );

  test.runIf(ALL)('the failed run is recorded by a new connection', async () => {
    proxy.fault = { kind: 'cut', copied: 1000 };
    await through();
    expect(await shop.query('SELECT outcome, error_code FROM pamoja.runs')).toEqual([
      { outcome: 'failed', error_code: 'PAM-DB-006' },
    ]);
  });
});

describe.runIf(ALL)('a connection that is bad, and holds', () => {
  test('a stall in the middle of COPY only takes time', async () => {
    proxy.fault = { kind: 'stall', copied: 20_000, milliseconds: 1500 };
    expect(await through()).toBe('published');
    expect(proxy.happened).toBe(1);
  });

  test('a slow line only takes time', async () => {
    proxy.slow = 5;
    expect(await through()).toBe('published');
  });
});

describe('a line that takes everything and passes nothing on', () => {
  const usual = { ...patience };
  beforeEach(() => Object.assign(patience, { first: 400, next: 200, answer: 500 }));
  afterEach(() => Object.assign(patience, usual));

  test.each(ALL ? (['one', 'all'] as const) : (['one'] as const))(
    'in the middle of COPY is given up (%s)',
    { timeout: 120_000 },
    async (lines) => {
      const before = await stateOf(shop);
      proxy.fault = { kind: 'dead', copied: 5000, lines };
      expect(await through()).toMatch(/^PAM-DB-006 .* the server has said nothing for \d+ seconds/);
      proxy.dead = false;
      expect(proxy.happened).toBe(1);
      expect(judge(before, await stateOf(shop), '')).toBe('old');
      await converge(before);
    },
  );
});

describe.each(ALL ? ['first load', 'change', 'nothing new'] : ['first load', 'nothing new'])(
  'the reply to COMMIT is lost (%s)',
  (way) => {
    let before: State;
    beforeEach(async () => {
      if (way !== 'first load') await shop.run(SHOP);
      if (way === 'change') shop.write(B);
      before = await stateOf(shop);
    });
    const outcome = way === 'nothing new' ? 'unchanged' : 'published';
    /** Only the COMMIT of the publish is lost: those before it are of other transactions. */
    const arm = (fault: TcpProxy['fault']): RunOptions => ({
      reached(point) {
        if (point === 'before commit') proxy.fault = fault;
      },
    });

    test('COMMIT was done: the run says so, with a warning', async () => {
      expect(await through(arm({ kind: 'commit', lose: 'reply' }))).toBe(outcome);
      expect(warned).toEqual(['The reply to COMMIT was lost; the database says that the run was published.']);
      const after = await stateOf(shop);
      expect(judge(before, after, after.rows)).toBe('new');
      expect((await shop.run(SHOP)).outcome).toBe('unchanged');
      await expectNoLeftovers(shop);
    });

    test.runIf(ALL || way === 'first load')(
      'COMMIT arrives late: the run waits for what it comes to',
      async () => {
        expect(await through(arm({ kind: 'commit', lose: 'late', milliseconds: 700 }))).toBe(outcome);
        expect(warned).toHaveLength(1);
        const after = await stateOf(shop);
        expect(judge(before, after, after.rows)).toBe('new');
      },
    );

    test('COMMIT never arrived: the run says that nothing was published', async () => {
      const said = await through(arm({ kind: 'commit', lose: 'request' }));
      expect(said).toMatch(
        /^PAM-DB-006 .* The connection broke during COMMIT, and nothing was published\. Run again\.$/,
      );
      expect(judge(before, await stateOf(shop), '')).toBe('old');
      await converge(before);
    });

    test.runIf(ALL)('and nobody can be asked: the run says that it does not know', async () => {
      const said = await through(arm({ kind: 'commit', lose: 'reply', refuse: true }));
      expect(said).toMatch(/^PAM-DB-011 .* whether it was published is not known\. Run again/);
      const after = await stateOf(shop);
      expect(judge(before, after, after.rows)).toBe('new');
      expect((await converge(before)).rows).toBe(after.rows);
    });
  },
);
