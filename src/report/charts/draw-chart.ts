import { type Html, html } from '../html.js';
import type { ReportInsight } from '../report-data.js';
import { sayCurrency, sayMany, sayShort } from '../say-number.js';
import { sayMonth, sayWrittenDay } from '../say-time.js';
import type { ChartCard } from './arrange-charts.js';
import { type ChartPanel, chartPanels } from './chart-panels.js';
import { barsLeftOut, drawBars } from './draw-bars.js';
import { drawLine, type LineKind } from './draw-line.js';
import { drawTiles } from './draw-tiles.js';
import type { Drawing } from './plot-svg.js';
import { titleChart } from './title-chart.js';

/** More are for the tables. */
const MOST_PANELS = 3;

/** A chart with its finding, in a card; undefined where the insight has nothing to draw. */
export function drawChart(drawing: Drawing, insight: ReportInsight): ChartCard | undefined {
  const panels = chartPanels(insight);
  const { chart } = insight;
  if (chart.kind === 'none' || panels.length === 0) return undefined;
  const { title, subtitle } = titleChart(insight, panels);
  const percent = /percent/i.test(chart.y);
  const shown = panels.slice(0, MOST_PANELS);
  const more = panels.length - shown.length;
  const drawn = shown.map((panel) => drawPanel(drawing, insight, panel, { title, percent }));
  const heading = (panel: ChartPanel) =>
    panels.length > 1
      ? html`<p class="currency"><b>${sayCurrency(panel.currency ?? 'XXX') || 'No currency told'}</b></p>
`
      : null;
  const body = html`<h3>${title}</h3>
<p>${subtitle}</p>
${shown.map((panel, i) => html`${heading(panel)}<figure>${drawn[i]?.picture}</figure>${noteOf(drawn[i]?.note)}`)}${more === 0 ? null : noteOf(`${sayMany(more, 'currency more is', 'currencies more are')} not drawn.`)}
`;
  return { kind: drawn[0]?.kind ?? 'bars', body };
}

interface DrawnPanel {
  picture: Html;
  note: string | null;
  kind: ChartCard['kind'];
}

function drawPanel(
  drawing: Drawing,
  { chart, columns }: ReportInsight,
  panel: ChartPanel,
  { title, percent }: { title: string; percent: boolean },
): DrawnPanel {
  if (chart.kind === 'tiles') {
    const map = drawTiles(panel, title);
    if (map !== undefined) return { picture: map.drawing, note: elsewhereOf(map.elsewhere), kind: 'map' };
  }
  if (chart.kind === 'line' && panel.series.some(({ points }) => points.length > 1)) {
    const x: LineKind['x'] = columns.find(({ name }) => name === chart.x)?.kind ?? 'text';
    const picture = drawLine(drawing, panel, title, { x, percent });
    return { picture, note: seriesOf(panel), kind: 'line' };
  }
  const left = barsLeftOut(panel);
  const note = left === 0 ? null : `${sayMany(left, 'more is', 'more are')} not drawn.`;
  return { picture: drawBars(drawing, panel, title, percent), note, kind: 'bars' };
}

function elsewhereOf(elsewhere: readonly { label: string; value: number }[]): string | null {
  if (elsewhere.length === 0) return null;
  const said = elsewhere.slice(0, 3).map(({ label, value }) => `${label} ${sayShort(value)}`);
  return `Not on the map: ${said.join(', ')}${elsewhere.length > 3 ? ' and others' : ''}.`;
}

function seriesOf({ series }: ChartPanel): string | null {
  const [first, ...others] = series;
  if (others.length === 0 || first?.name === null || first === undefined) return null;
  const months = series.every(({ name }) => /^\d{4}-\d{2}-01$/.test(name ?? ''));
  return `Blue: ${months ? sayMonth(first.name) : sayWrittenDay(first.name)}. Grey: ${sayMany(others.length, 'other')}.`;
}

function noteOf(note: string | null | undefined): Html | null {
  return note === null || note === undefined ? null : html`<p class="after">${note}</p>`;
}
