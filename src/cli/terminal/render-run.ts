import { type EntityOutcome, mostlyRefused } from '../../model/ledger.js';
import type { RunResult } from '../../pipeline/run-options.js';
import { sayRefusal, sayRefusedAnew } from '../../report/headline.js';
import { alignTable, type Cell, type Column } from './align-table.js';
import { printable } from './printable.js';
import { renderFailedChecks, sayChecks } from './render-checks.js';
import { renderLedger } from './render-ledger.js';
import { renderMoney } from './render-money.js';
import { sayCount, sayInWords, sayMany, sayName, saySeconds } from './say-number.js';
import type { View } from './view.js';

export interface RunView extends View {
  /** Whether the database is the project's own. */
  embedded: boolean;
  /** Whether the time of every step is shown. */
  details: boolean;
  /** A command as it must be typed here. */
  typed(command: string): string;
}

/** What came of a run: the finding, the ledger, the tables, the money, and what to do next. */
export function renderRun(result: RunResult, view: RunView): string[] {
  const { paint } = view;
  const blocks = [
    [
      mostlyRefused(result.ledger) === undefined
        ? paint.finding(findingOf(result))
        : paint.bad(findingOf(result)),
    ],
    renderLedger(result.ledger, view),
    renderEntities(result, view),
    renderMoney(result.ledger, view),
    renderFailedChecks(result.checks, view),
    renderNext(result, view),
  ];
  return ['', ...blocks.filter((block) => block.length > 0).flatMap((block) => [...block, ''])];
}

/** The result in one sentence. */
export function findingOf(result: RunResult): string {
  const sum = (name: 'created' | 'updated' | 'deleted') =>
    Object.values(result.entities).reduce((total, entity) => total + entity[name], 0);
  const [created, updated, deleted] = [sum('created'), sum('updated'), sum('deleted')];
  const changes = `${sayCount(created)} created, ${sayCount(updated)} updated, ${sayCount(deleted)} deleted`;
  if (result.outcome === 'dry run') return `A dry run, nothing was published. It would be: ${changes}.`;
  const refusal = mostlyRefused(result.ledger);
  if (refusal !== undefined) return sayRefusal(refusal, printable);
  if (created + updated + deleted === 0 && result.refusedAnew !== undefined)
    return sayRefusedAnew(result.refusedAnew);
  if (created + updated + deleted === 0) return `Nothing changed: ${changes}.`;
  const sources = new Set(result.ledger.map((line) => line.source)).size;
  return `${sayInWords(sources, 'source')}, one database, every row accounted for.`;
}

type Count = Exclude<keyof EntityOutcome, never>;
const SPARSE: readonly Count[] = ['kept', 'placeholders'];
const COUNTS: readonly Count[] = [
  'created',
  'updated',
  'unchanged',
  'kept',
  'deleted',
  'total',
  'placeholders',
];

function renderEntities({ entities, outcome }: RunResult, { width, paint }: RunView): string[] {
  const shown = Object.entries(entities).filter(([, counts]) => COUNTS.some((count) => counts[count] > 0));
  if (shown.length === 0) return [];
  const counts = COUNTS.filter(
    (count) => !SPARSE.includes(count) || shown.some(([, entity]) => entity[count] > 0),
  );
  const columns: Column[] = [
    { title: outcome === 'dry run' ? 'table, as it would be' : 'table', least: 8 },
    ...counts.map((title): Column => ({ title, align: 'right' })),
  ];
  const rows = shown.map(([name, entity]): (string | Cell)[] => [
    sayName(name),
    ...counts.map((count) => ({
      text: sayCount(entity[count]),
      paint: entity[count] === 0 ? paint.soft : undefined,
    })),
  ]);
  return alignTable(columns, rows, { width, paintTitle: paint.soft });
}

const WAYS: Record<RunResult['way'], string> = {
  'nothing changed': 'nothing to read again',
  'all new': 'new tables, loaded while linking',
  'only changes': 'only what changed was looked at',
  compared: 'compared, only differences sent',
};

function saySteps(steps: RunResult['steps'], paint: RunView['paint']): string {
  const told = steps.filter(({ seconds }) => seconds >= 0.05);
  return `  ${paint.soft('steps'.padEnd(8))}  ${told.map(({ name, seconds }) => `${name} ${saySeconds(seconds)}`).join(', ')}`;
}

function renderNext(result: RunResult, view: RunView): string[] {
  const { paint, embedded, details, typed } = view;
  const { rejects, waiting, findings, checks, steps, outcome } = result;
  const rows: (string | Cell)[][] = [];
  const add = (label: string, text: string, next = '') =>
    rows.push([{ text: label, paint: paint.soft }, text, { text: next, paint: paint.command }]);
  if (checks.length > 0) add('checks', sayChecks(checks, view));
  if (rejects > 0) {
    const waits =
      waiting === 0
        ? ''
        : `; ${sayMany(waiting, 'of them waits for what it refers', 'of them wait for what they refer')} to`;
    add(
      'rejected',
      paint.bad(sayMany(rejects, 'record')) + waits,
      outcome === 'dry run' ? '' : typed('rejects'),
    );
  }
  if (findings > 0)
    add(
      'findings',
      `${sayMany(findings, 'value')} blanked, mended or doubtful`,
      outcome === 'dry run' ? '' : typed('report'),
    );
  add(
    'database',
    embedded ? 'embedded PostgreSQL' : result.database,
    typed(outcome === 'dry run' ? 'run' : 'db psql'),
  );
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  add('time', `${saySeconds(seconds)}; ${outcome === 'dry run' ? 'nothing was sent' : WAYS[result.way]}`);
  const lines = alignTable([{ title: '' }, { title: '' }, { title: '' }], rows, { width: 400 });
  // Beside the others so long a line would push the commands out of sight.
  return details ? [...lines, saySteps(steps, paint)] : lines;
}
