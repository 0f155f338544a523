import type { Check } from '../../model/ledger.js';
import { alignTable } from './align-table.js';
import { printable } from './printable.js';
import { sayCount } from './say-number.js';
import type { View } from './view.js';

/** `41 of 41 passed`, red where one failed. */
export function sayChecks(checks: readonly Check[], { paint }: View): string {
  const passed = checks.filter((check) => check.passed).length;
  const said = `${sayCount(passed)} of ${sayCount(checks.length)} passed`;
  return passed === checks.length ? paint.good(said) : paint.bad(said);
}

/** Name and answer of each check that failed. */
export function renderFailedChecks(checks: readonly Check[], { width, paint }: View): string[] {
  const failed = checks.filter((check) => !check.passed);
  return alignTable(
    [{ title: '' }, { title: '' }, { title: '' }],
    failed.map((check) => [
      { text: 'failed', paint: paint.bad },
      printable(check.name),
      printable(check.detail),
    ]),
    { width: Math.max(width, 400) },
  );
}

/** Every check with its answer, those that failed first. */
export function renderChecks(checks: readonly Check[], { width, paint }: View): string[] {
  const rows = checks
    .filter((check) => check.passed)
    .map((check) => [
      { text: 'passed', paint: paint.good },
      printable(check.name),
      { text: printable(check.detail), paint: paint.soft },
    ]);
  const columns = [{ title: '' }, { title: '', least: 16 }, { title: '', least: 20 }];
  return [...renderFailedChecks(checks, { width, paint }), ...alignTable(columns, rows, { width })];
}
