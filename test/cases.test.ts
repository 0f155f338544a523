import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type Account, openCase } from './support/golden-case.js';
import { briefly, isExact, layOut } from './support/golden-file.js';

/*
 * Every folder of test/cases is a small project: `input/`, what a run over it must give in `expected/`, and for
 * runs that follow on the same database `input-2/` (laid over what is there) and `expected-2/`. What the case is
 * about stands in the first line of its configuration. UPDATE_CASES=1 writes what came out, to be judged by eye.
 */
const cases = join(import.meta.dirname, 'cases');
const names = readdirSync(cases, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Columns that no mapping names hold only such values in all cases, so that one look finds a leak. */
const UNMAPPED = 'unmapped-';

// Four runs at once would wait for each other: each needs two of the four threads on which Node opens files.
vi.setConfig({ maxConcurrency: 2 });

for (const name of names) {
  test.concurrent(`${name}: ${subject(name)}`, async ({ expect, onTestFinished }) => {
    const golden = await openCase();
    onTestFinished(golden.close);
    const steps = suffixes(name);
    for (const suffix of steps) {
      const before = await golden.published();
      const account = await golden.run(join(cases, name, `input${suffix}`));
      compare(join(cases, name, `expected${suffix}`), account);
      holdsForEveryRun(account);
      if (account.code !== undefined) expect(await golden.published()).toEqual(before);
      expect(await golden.textsWith(UNMAPPED), 'a value that nobody mapped').toEqual([]);
      if (suffix === steps.at(-1) && deservesCheck(steps, account)) expect(await golden.check()).toEqual([]);
      expect(golden.leftovers(), 'files that a run left behind').toEqual([]);
    }
  });
}

/** The first line of the configuration, a comment. */
function subject(name: string): string {
  const [line = ''] = readFileSync(join(cases, name, 'input/pamoja.config.yaml'), 'utf8').split('\n');
  if (!line.startsWith('# ')) throw new Error(`${name} does not say what it is about`);
  return line.slice(2);
}

function suffixes(name: string): string[] {
  const all = ['', '-2', '-3', '-4'];
  return all.filter((suffix) => existsSync(join(cases, name, `input${suffix}`)));
}

/** The check costs as much as a run, so it is asked of rows that several runs or several records made. */
function deservesCheck(steps: readonly string[], { code, ledger }: Account): boolean {
  return code === undefined && (steps.length > 1 || (ledger ?? []).some((line) => line.merged > 0));
}

/** A run that ends well has a result, another one an error: never both. */
function compare(folder: string, account: Account): void {
  const [file, other] = ['result.json', 'error.json'].map((each) => join(folder, each)) as [string, string];
  const [wanted, stale] = account.code === undefined ? [file, other] : [other, file];
  const told = briefly(account) as object;
  if (process.env.UPDATE_CASES === '1') {
    mkdirSync(dirname(wanted), { recursive: true });
    rmSync(stale, { force: true });
    writeFileSync(wanted, layOut(told));
  }
  expect(told).toEqual(JSON.parse(readFileSync(existsSync(file) ? file : other, 'utf8')));
}

/** Promises that hold whatever the case is about. */
function holdsForEveryRun(account: Account): void {
  for (const line of account.ledger ?? []) {
    const { read, accepted, rejected, filtered, repeated, merged } = line;
    expect(line.balanced).toBe(true);
    expect(accepted + rejected + filtered + repeated).toBe(read);
    expect(merged).toBeLessThanOrEqual(accepted);
    const listed = account.rejects?.filter(
      (each) => each.source === line.source && each.file === line.file && each.entity === line.entity,
    );
    expect(listed?.length ?? 0, `rejects of ${line.entity} in ${line.file}`).toBe(rejected);
    for (const amount of Object.values(line.amounts ?? {}))
      expect(isExact(amount), JSON.stringify(amount)).toBe(true);
  }
  for (const [entity, outcome] of Object.entries(account.entities ?? {})) {
    const { created, updated, unchanged, kept, total, placeholders } = outcome;
    expect(created + updated + unchanged + kept).toBe(total);
    expect(account.tables?.[entity]?.length ?? 0, `rows of ${entity}`).toBe(total + placeholders);
  }
  for (const check of account.failedChecks ?? []) expect(check).toBeUndefined();
}
