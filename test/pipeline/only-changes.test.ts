import { afterEach, describe, expect, test } from 'vitest';
import { account, left } from '../support/left-by-runs.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { type Layout, randomBusiness } from '../support/random-business.js';

/** More seeds than these, and more rounds, are a matter of patience: PAMOJA_SEEDS=1-50. */
const [from = 1, to = 1] = (process.env.PAMOJA_SEEDS ?? '1-1').split('-').map(Number);
const SEEDS = Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ROUNDS = Number(process.env.PAMOJA_ROUNDS ?? 3);

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function opened(): Promise<TestProject> {
  const project = await openTestProject();
  open.push(project);
  return project;
}

const clock = () => new Date('2026-02-01T08:00:00Z');

describe.each<Layout>(['tables', 'flat', 'nested'])(
  'files as %s, changed a little from run to run',
  (layout) => {
    test.each(SEEDS)(
      'leave the same, whether all is looked at or only what changed (seed %i)',
      async (seed) => {
        const [some, all] = [await opened(), await opened()];
        const business = randomBusiness(layout, seed);
        const ways: string[] = [];
        for (let round = 0; round <= ROUNDS; round++) {
          const files = business.next();
          some.write(files);
          all.write(files);
          const [one, other] = await Promise.all([
            some.run(business.config, { clock }),
            all.run(business.config, { clock, full: true }),
          ]);
          ways.push(one.way);
          expect(account(one), `round ${round}, ${one.way}`).toEqual(account(other));
          expect(await left(some), `round ${round}, ${one.way}`).toEqual(await left(all));
        }
        expect(ways).toContain('only changes');
      },
    );
  },
);
