import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { sayCount, sayMany } from '../say-number.js';
import { type ShownTable, showSection, showTable } from './show-section.js';

/** What the database was asked before the run was committed, and its answers. */
export function showChecks({ checks, run }: ReportData): Html | null {
  if (checks.length === 0) return null;
  const failed = checks.filter((check) => !check.passed);
  const passed = checks.filter((check) => check.passed);
  const about =
    run.outcome === 'failed'
      ? 'Asked of the database before the run would have been committed.'
      : 'Asked of the database before the run was committed: had one failed, nothing would have been published.';
  return showSection(
    'checks',
    sayChecks(checks),
    about,
    html`${failed.length === 0 ? null : showTable(checksTable(failed))}${
      passed.length === 0
        ? null
        : html`<details><summary>${sayMany(passed.length, 'check')} <span>that passed, with the answers</span></summary><div>${showTable(checksTable(passed))}</div></details>`
    }`,
  );
}

export function sayChecks(checks: ReportData['checks']): string {
  const failed = checks.filter((check) => !check.passed).length;
  if (failed > 0) return `${sayCount(failed)} of ${sayMany(checks.length, 'check')} failed`;
  return checks.length === 1 ? 'The check passed' : `All ${sayCount(checks.length)} checks passed`;
}

/** Those that failed come first. */
export function checksTable(checks: ReportData['checks']): ShownTable {
  const ordered = [...checks.filter((check) => !check.passed), ...checks.filter((check) => check.passed)];
  return {
    caption: '',
    long: true,
    columns: [{ title: 'Check' }, { title: 'Answer' }, { title: 'Result', number: true }],
    rows: ordered.map(({ name, detail, passed }) => [
      { text: name },
      { text: detail },
      passed ? { text: 'passed', tone: 'good' } : { text: 'failed', tone: 'red' },
    ]),
  };
}
