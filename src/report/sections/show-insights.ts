import { arrangeCharts } from '../charts/arrange-charts.js';
import { drawChart } from '../charts/draw-chart.js';
import type { Drawing } from '../charts/plot-svg.js';
import { type Html, html } from '../html.js';
import { inOrder } from '../order-insights.js';
import type { ReportInsight } from '../report-data.js';
import { capital, sayCount, sayExact, sayInWords, sayList, sayMany, sayName } from '../say-number.js';
import { sayWrittenDay } from '../say-time.js';
import { showSection } from './show-section.js';

/** Rows of an insight that its table shows. */
const SHOWN_ROWS = 12;

/** What the business looks like: charts first, tables after. */
export function showInsights(drawing: Drawing, insights: readonly ReportInsight[]): Html | null {
  const answered = inOrder(insights).filter(({ rows, failure }) => failure === null && rows.length > 0);
  const silent = insights.filter(({ rows, failure }) => failure === null && rows.length === 0);
  const failed = insights.filter(({ failure }) => failure !== null);
  if (answered.length + failed.length === 0) return null;
  const charts = answered.flatMap((insight) => drawChart(drawing, insight) ?? []);
  return showSection(
    'insights',
    'What the business looks like now',
    'Asked of the database when this report was made.',
    html`${charts.length === 0 ? null : arrangeCharts(charts)}
<h3 class="tables">${charts.length === 0 ? 'In figures' : 'The same in figures'}</h3>
${answered.map(showAnswer)}
${silent.length === 0 ? null : html`<p class="about">${saySilent(silent)}</p>`}
${failed.map(({ title, failure }) => html`<p class="about"><b>${title}</b> could not be answered: ${failure}</p>`)}
`,
  );
}

/** Those that found nothing, by name where they are few. */
export function saySilent(silent: readonly ReportInsight[]): string {
  if (silent.length > 6)
    return `${capital(sayInWords(silent.length, 'other question'))} found nothing to show.`;
  // `RFM segments` keeps its capitals.
  return `Nothing to show: ${sayList(silent.map(({ title }) => title.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())))}.`;
}

function showAnswer({ title, description, columns, rows, complete, hidden }: ReportInsight): Html {
  const shown = rows.slice(0, SHOWN_ROWS);
  const count = complete ? sayMany(rows.length, 'row') : `more than ${sayMany(rows.length, 'row')}`;
  const part = rows.length > shown.length ? `the first ${sayCount(shown.length)} of ${count}` : count;
  const head = columns.map(
    ({ name, kind }) =>
      html`<th scope="col"${kind === 'number' ? html` class="n"` : null}>${sayName(name)}</th>`,
  );
  const body = shown.map(
    (row) =>
      html`<tr>${row.map((value, i) => showValue(columns[i]?.kind ?? 'text', columns[i]?.name ?? '', value))}</tr>\n`,
  );
  const about = [description, hiddenOf(hidden)].filter((text) => text !== '').join(' ');
  return html`<details><summary>${title} <span>· ${part}</span></summary><div>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><caption>${about}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div></div></details>
`;
}

export function hiddenOf(hidden: readonly string[]): string {
  if (hidden.length === 0) return '';
  return `Left out, as ${hidden.length === 1 ? 'it speaks' : 'they speak'} of people: ${sayList(hidden.map(sayName))}.`;
}

function showValue(kind: 'number' | 'date' | 'text', column: string, value: string | null): Html {
  if (value === null) return html`<td class="zero${kind === 'number' ? ' n' : ''}">–</td>`;
  return kind === 'number'
    ? html`<td class="n">${sayValue(kind, column, value)}</td>`
    : html`<td>${sayValue(kind, column, value)}</td>`;
}

/** A value of an insight as a reader wants it; a key is a name and has no thousands. */
export function sayValue(kind: 'number' | 'date' | 'text', column: string, value: string): string {
  if (kind === 'date') return sayWrittenDay(value);
  return kind === 'number' && !/(^|_)id$/.test(column) ? sayExact(value) : value;
}
