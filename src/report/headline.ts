import { ERROR_CODES } from '../kernel/error-codes.js';
import { mostlyRefused, type Refusal } from '../model/ledger.js';
import { remedyOfFailure } from './remedy-of-failure.js';
import type { ReportData } from './report-data.js';
import { capital, sayCount, sayInWords, sayList, sayMany, sayName } from './say-number.js';
import { sayMoment } from './say-time.js';
import { sourcesOf, sumChanges, sumFlows } from './sum-up.js';

export interface Headline {
  /** The finding. */
  title: string;
  /** The result in a sentence or two. */
  lead: string;
  /** Of a run that failed: what to do. */
  next: string | null;
  /** What stands in the badge below, and whether it is good. */
  badge: { text: string; good: boolean };
}

/** What a reader must know who reads nothing else. */
export function headlineOf(data: ReportData): Headline {
  return data.run.outcome === 'failed' ? failed(data) : succeeded(data);
}

function succeeded(data: ReportData): Headline {
  const balanced = data.flows.every((flow) => flow.balanced);
  return { title: titleOf(data), lead: leadOf(data), next: null, badge: badgeOf(data, balanced) };
}

/** What a run found that changed no row, and refused records that the one before it did not. */
export function sayRefusedAnew(records: number): string {
  return `No row changed, and ${sayMany(records, 'record is', 'records are')} newly refused or waiting.`;
}

/** What was refused, and of which source. */
export function sayRefusal(
  { entity, source, accepted, rejected }: Refusal,
  saySource: (source: string) => string,
): string {
  const of = source === null ? '' : ` of ${saySource(source)}`;
  const [name, refused] = [`${sayName(entity)}${of}`, sayCount(rejected)];
  if (accepted === 0) return `No ${name} came in: all ${refused} were refused.`;
  return `Only ${sayCount(accepted)} of ${sayCount(accepted + rejected)} ${name} came in: ${refused} were refused.`;
}

function titleOf(data: ReportData): string {
  const refusal = mostlyRefused(data.flows);
  if (refusal !== undefined) return sayRefusal(refusal, sayName);
  const sources = sourcesOf(data.flows).length;
  const { created, updated, deleted } = sumChanges(data);
  if (created + updated + deleted > 0)
    return `${capital(sayInWords(sources, 'source'))}, one database, every row accounted for.`;
  if (data.refusedAnew > 0) return sayRefusedAnew(data.refusedAnew);
  const say = sources === 1 ? 'its source says' : `its ${sayInWords(sources, 'source')} say`;
  return `Nothing changed: the database is still what ${say}.`;
}

function leadOf(data: ReportData): string {
  const { read, rejected, filtered, repeated, merged, waiting } = sumFlows(data.flows);
  const rows = data.tables.reduce((total, { outcome }) => total + (outcome?.total ?? 0), 0);
  const refused = rejected - waiting;
  const fates = [
    ...(merged > 0 ? [`${sayCount(merged)} turned out to be one we already had`] : []),
    ...(refused > 0
      ? [`${sayMany(refused, 'was', 'were')} refused and kept with ${refused === 1 ? 'its' : 'their'} reason`]
      : []),
    ...(waiting > 0
      ? [`${sayMany(waiting, 'waits', 'wait')} for what ${waiting === 1 ? 'it refers' : 'they refer'} to`]
      : []),
    ...(repeated > 0 ? [`${sayMany(repeated, 'was a repetition', 'were repetitions')}`] : []),
    ...(filtered > 0 ? [`${sayMany(filtered, 'was', 'were')} left out as declared`] : []),
  ];
  const sources = sourcesOf(data.flows).length;
  const first = `${sayMany(read, 'record was', 'records were')} read from ${sayInWords(sources, 'source')}.`;
  const taken =
    read === 0
      ? 'The sources are empty.'
      : fates.length === 0
        ? 'Every one was taken.'
        : `Of these, ${sayList(fates)}.`;
  const stand = `The database now holds ${sayMany(rows, 'row')}.`;
  return `${first} ${taken} ${stand}`;
}

function badgeOf({ checks, amounts }: ReportData, balanced: boolean): Headline['badge'] {
  const passed = checks.filter((check) => check.passed).length;
  const good = passed === checks.length && balanced;
  const money = amounts.length > 0 && amounts.every((amount) => amount.reconciled);
  const ledger = balanced
    ? `the ledger balances${money ? ' to the cent' : ''}`
    : 'the ledger does not balance';
  return { text: `${sayCount(passed)} of ${sayMany(checks.length, 'check')} passed · ${ledger}`, good };
}

function failed(data: ReportData): Headline {
  const { run, standing, timezone } = data;
  const what = run.errorCode === null ? 'It stopped unexpectedly.' : ERROR_CODES[run.errorCode].means;
  const since =
    standing === null
      ? 'No run has published anything here yet.'
      : `The database is as the run of ${sayMoment(standing.finishedAt, timezone)} left it.`;
  return {
    title: `The run failed, and nothing was changed: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    lead: `${run.error === null ? '' : `${sentence(run.error)} `}${since}`,
    next: remedyOfFailure(run.errorCode),
    badge: { text: `${run.errorCode ?? 'Unexpected error'} · nothing was published`, good: false },
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
