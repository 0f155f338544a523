import { Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { capital, sayCount, sayInWords } from '../say-number.js';
import { sayDuration, sayMoment } from '../say-time.js';
import { showSection } from './show-section.js';

/** The tables and how they hang together. */
export function showSchema({ schema }: ReportData): Html {
  const title = `${capital(sayInWords(schema.tables, 'table'))}, ${sayInWords(schema.references, 'reference')}`;
  return showSection(
    'schema',
    title,
    'A crow’s foot stands where there are many, a bar where there is one, a ring where there may be none.',
    html`<figure class="erd-figure scroll" tabindex="0" role="region" aria-label="Diagram of the tables">
${new Html(schema.svg)}</figure>
`,
  );
}

/** How the run and this report came about, as pairs of a word and its meaning. */
export function madeOf({ run, made, timezone, checks }: ReportData): [string, string][] {
  return [
    ['Run', `${run.id}, number ${sayCount(run.number)}, ${run.outcome}`],
    ['Started', sayMoment(run.startedAt, timezone)],
    [
      'Finished',
      `${sayMoment(run.finishedAt, timezone)}, after ${sayDuration(run.startedAt, run.finishedAt)}`,
    ],
    ['Run by', `Pamoja ${run.version}`],
    ['Database', made.database],
    ['Server', `PostgreSQL ${made.postgres}`],
    [
      'Checks',
      `${sayCount(checks.filter((check) => check.passed).length)} of ${sayCount(checks.length)} passed`,
    ],
    ['Time zone', timezone],
    ['Report made', `${sayMoment(made.at, timezone)} by Pamoja ${made.version} on Node.js ${made.node}`],
    ['Personal data', made.names ? 'shown, as asked with --names' : 'masked or left out'],
  ];
}

export function showMade(data: ReportData): Html {
  return showSection(
    'made',
    'How it was made',
    null,
    html`<dl class="made">
${madeOf(data).map(([word, means]) => html`<div><dt>${word}</dt><dd>${means}</dd></div>\n`)}</dl>
`,
  );
}
