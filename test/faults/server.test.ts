import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Postgres } from '../../src/engine/postgres.js';
import { raw } from '../../src/kernel/sql.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { choosePlace } from '../../src/store/embedded/data-place.js';
import { openEmbedded } from '../../src/store/embedded/open-embedded.js';
import {
  endsWithin,
  findServer,
  type Postmaster,
  signalServer,
} from '../../src/store/embedded/running-server.js';
import { withDatabase } from '../support/postgres-server.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { makeReachableFolder } from '../support/reachable-folder.js';
import { ALL, expectNoLeftovers, judge, stateOf } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

const A = largeShop(ALL ? 2_000 : 200);
const B = changedShop(A);

async function openShop(way: string, server?: string): Promise<TestProject> {
  const shop = await openTestProject(server);
  shop.write(A);
  if (way === 'change') await shop.run(SHOP);
  // The bookkeeping is there, so that a fault can be prepared in it.
  else await shop.run(SHOP, { reached: () => Promise.reject(new Error('not yet')) }).catch(() => {});
  if (way === 'change') shop.write(B);
  return shop;
}

describe.each(ALL ? ['first load', 'change'] : ['first load'])('a server stopped at once (%s)', (way) => {
  test.each(ALL ? ['loaded orders', 'keys made', 'before commit'] : ['loaded orders'])(
    'at "%s": it comes back with the old state or the new, and a re-run converges',
    { timeout: 180_000 },
    async (at) => {
      const folder = makeReachableFolder('pamoja-stopped-');
      const dir = join(folder, '.pamoja');
      const first = await openEmbedded({ dir });
      const shop = await openShop(way, first.url);
      const before = await stateOf(shop);
      const { data } = choosePlace(dir);
      const reached = async (point: string) => {
        if (point !== at) return;
        const { pid } = findServer(data) as Postmaster;
        signalServer(pid, 'SIGQUIT');
        // COMMIT itself is sent into the fall of the server.
        if (at !== 'before commit') await endsWithin(data, pid, 30);
      };
      const said = await shop.run(SHOP, { reached }).then(({ outcome }) => outcome, String);
      expect(said).toMatch(at === 'before commit' ? /^(published$|PAM-DB-0(06|11) )/ : /^PAM-DB-006 /);
      await first.release();

      const second = await openEmbedded({ dir });
      const url = withDatabase(second.url, shop.database.name);
      const postgres = await Postgres.connect(url);
      const back = {
        root: shop.root,
        query: <Row extends object>(text: string) => postgres.query<Row>(raw(text)),
      };
      const left = await stateOf(back);
      await runProject(shop.project(SHOP), { env: { DATABASE_URL: url } });
      const after = await stateOf(back);
      const found = judge(before, left, after.rows);
      if (!said.startsWith('PAM-DB-011')) expect(found).toBe(said === 'published' ? 'new' : 'old');
      if (found === 'old') expect(judge(before, after, after.rows)).toBe('new');
      await expectNoLeftovers(back);
      await postgres.close();
      await second.release();
      for (const each of [shop.root, folder]) rmSync(each, { recursive: true, force: true });
    },
  );
});

describe.each(ALL ? ['first load', 'change'] : ['first load'])('what a server refuses (%s)', (way) => {
  let shop: TestProject;
  beforeEach(async () => {
    shop = await openShop(way);
  });
  afterEach(() => shop.close());

  /** A run to which something happens at a point: it leaves the old state. Gives what it says. */
  async function befallen(at: string, what: () => Promise<unknown>): Promise<string> {
    const before = await stateOf(shop);
    const reached = async (point: string) => {
      if (point === at) await what();
    };
    const said = await shop.run(SHOP, { reached }).then(({ outcome }) => outcome, String);
    expect(judge(before, await stateOf(shop), '')).toBe('old');
    return said;
  }

  /** What the session of a run does to itself when it writes the run down, inside its transaction. */
  async function prepare(action: string): Promise<void> {
    await shop.query(`CREATE FUNCTION misfortune() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN PERFORM ${action}; RETURN new; END $$`);
    await shop.query(
      'CREATE TRIGGER misfortune BEFORE INSERT ON pamoja.runs FOR EACH ROW EXECUTE FUNCTION misfortune()',
    );
  }

  async function expectConverges(): Promise<void> {
    await shop.query('DROP FUNCTION IF EXISTS misfortune CASCADE');
    const before = await stateOf(shop);
    expect((await shop.run(SHOP)).outcome).toBe('published');
    const after = await stateOf(shop);
    expect(judge(before, after, after.rows)).toBe('new');
    await expectNoLeftovers(shop);
  }

  test('an administrator ends the session', async () => {
    const end = () =>
      shop.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction'`);
    expect(await befallen('loaded orders', end)).toMatch(/^PAM-DB-006 .* The connection broke/);
    await expectConverges();
  });

  test('a statement is stopped, as by a time-out', async () => {
    await prepare('pg_cancel_backend(pg_backend_pid())');
    expect(await befallen('-', async () => {})).toMatch(/^PAM-DB-005 .*57014/);
    await expectConverges();
  });

  test('a table stays locked by somebody else', async () => {
    await prepare(`set_config('lock_timeout', '50', true)`);
    const other = await shop.database.connect();
    await other.run(raw('BEGIN; LOCK TABLE pamoja.ledger IN SHARE MODE'));
    expect(await befallen('-', async () => {})).toMatch(/^PAM-DB-009 .* keeps a table locked/);
    await other.run(raw('ROLLBACK'));
    await expectConverges();
  });
});
