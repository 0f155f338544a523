import type { EntityOutcome } from '../model/ledger.js';
import type { ReportData } from './report-data.js';
import { capital, sayCount, sayList, sayMany, sayName } from './say-number.js';
import { sayMoment } from './say-time.js';
import type { ShownTable, TableColumn } from './sections/show-section.js';
import { sumChanges } from './sum-up.js';

type Change = 'created' | 'updated' | 'deleted' | 'unchanged' | 'kept' | 'placeholders';
const CHANGES: readonly Change[] = ['created', 'updated', 'deleted', 'unchanged', 'kept', 'placeholders'];
const SPARSE: readonly Change[] = ['kept', 'placeholders'];

/** What the run did to the tables, in a sentence. */
export function sayChanges(data: ReportData): { title: string; about: string } {
  const { created, updated, deleted } = sumChanges(data);
  const counts = [
    { count: created, done: 'created' },
    { count: updated, done: 'updated' },
    { count: deleted, done: 'deleted' },
  ].filter(({ count }) => count > 0);
  const parts = counts.map(
    ({ count, done }, i) => `${i === 0 ? sayMany(count, 'row') : sayCount(count)} ${done}`,
  );
  const { before, timezone } = data;
  if (before === null) {
    return {
      title: `The first run: ${parts.length === 0 ? 'no row was created' : sayList(parts)}`,
      about:
        'There is no earlier run to compare with. The next report says here what has changed since this one.',
    };
  }
  const title =
    parts.length === 0 ? 'Nothing changed since the last run' : `Since the last run: ${sayList(parts)}`;
  return { title, about: `Compared with the run of ${sayMoment(before.startedAt, timezone)}.` };
}

/** A line a table: what it held, what was done, what it holds. */
export function changesTable({ tables, before }: ReportData): ShownTable {
  const known = tables.flatMap(({ name, outcome, before: then }) =>
    outcome === null ? [] : [{ name, outcome, then }],
  );
  const shown = CHANGES.filter(
    (change) => !SPARSE.includes(change) || known.some(({ outcome }) => outcome[change] > 0),
  );
  const titles: Partial<Record<Change, string>> = { placeholders: 'Stand-ins' };
  return {
    caption: explain(known.map(({ outcome }) => outcome)),
    columns: [
      { title: 'Table' },
      ...(before === null ? [] : [{ title: 'Before', number: true }]),
      ...shown.map((change): TableColumn => ({ title: titles[change] ?? capital(change), number: true })),
      { title: 'Now', number: true },
    ],
    rows: known.map(({ name, outcome, then }) => [
      { text: sayName(name) },
      ...(before === null ? [] : [{ text: sayCount(then?.total ?? 0) }]),
      ...shown.map((change) => ({
        text: sayCount(outcome[change]),
        ...(outcome[change] === 0
          ? { tone: 'zero' as const }
          : change === 'deleted'
            ? { tone: 'red' as const }
            : {}),
      })),
      { text: sayCount(outcome.total) },
    ]),
  };
}

function explain(outcomes: readonly EntityOutcome[]): string {
  const sentences = [
    'Created + updated + unchanged + kept rows are what a table holds now.',
    ...(outcomes.some(({ kept }) => kept > 0)
      ? ['Kept: no record that this run accepted speaks of them, and they stay as they were.']
      : []),
    ...(outcomes.some(({ placeholders }) => placeholders > 0)
      ? [
          'Stand-ins, such as the walk-in customer, take the place of what a source did not give, and are counted apart.',
        ]
      : []),
  ];
  return sentences.join(' ');
}
