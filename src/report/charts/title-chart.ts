import type { ReportInsight } from '../report-data.js';
import { capital, sayCurrency, sayName } from '../say-number.js';
import { sayMonth, sayWrittenDay } from '../say-time.js';
import { shorten } from '../shorten.js';
import type { ChartPanel, ChartPoint } from './chart-panels.js';

export interface ChartTitle {
  /** What the chart shows: `Electronics lead`. */
  title: string;
  /** What is drawn, and in which unit. */
  subtitle: string;
}

/** Reads the title of a chart from its rows; where they tell no plain story, it is the name of the insight. */
export function titleChart(insight: ReportInsight, panels: readonly ChartPanel[]): ChartTitle {
  const finding = findingOf(insight, panels);
  const unit = unitOf(insight, panels);
  return finding === null
    ? { title: insight.title, subtitle: capital(unit) }
    : { title: finding, subtitle: joinedTo(insight.title, unit) };
}

function findingOf(
  { chart, columns, complete }: ReportInsight,
  panels: readonly ChartPanel[],
): string | null {
  const [panel, ...others] = panels;
  if (chart.kind === 'none' || panel === undefined || others.length > 0) return null;
  const [series, ...more] = panel.series;
  if (series === undefined) return null;
  if (chart.kind === 'line') {
    const dated = columns.find(({ name }) => name === chart.x)?.kind === 'date';
    return dated && more.length === 0 && complete ? peakOf(series.points, chart.x, chart.y) : null;
  }
  return more.length === 0 ? leaderOf(series.points) : null;
}

/** The highest of a series in time, if one is. */
function peakOf(points: readonly ChartPoint[], column: string, measure: string): string | null {
  if (points.length < 3) return null;
  const most = Math.max(...points.map(({ value }) => value));
  const peaks = points.filter(({ value }) => value === most);
  const [peak] = peaks;
  if (peak === undefined || peaks.length > 1) return null;
  const when = /month/i.test(column) ? sayMonth(peak.x) : sayWrittenDay(peak.x);
  return `${capital(sayName(measure))} highest in ${when}`;
}

/** Who comes first, where the rows are a ranking from the top and the first is alone there. */
function leaderOf(points: readonly ChartPoint[]): string | null {
  const known = points.filter(({ label }) => !/^\(.*\)$|^not told$/.test(label));
  const [first, second] = known;
  if (first === undefined || second === undefined || first.value <= second.value) return null;
  const ranked = points.every((point, i) => i === 0 || point.value <= (points[i - 1]?.value ?? 0));
  if (!ranked || first.value <= 0 || points[0] !== first) return null;
  return `${capitalised(shorten(first.label, 44))} ${isPlural(first.label) ? 'lead' : 'leads'}`;
}

/** By its ending, as English goes: Electronics and Groceries lead, Nairobi and Maize Flour 2kg lead alone. */
function isPlural(label: string): boolean {
  return /^[^\d]*[a-z]s$/.test(label) && !/(ss|us|is)$/.test(label) && label.split(' ').length < 3;
}

function capitalised(text: string): string {
  return /^[a-z]+ \d+$/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** `revenue in KES`, `retention in %, by months after`. */
function unitOf({ chart, columns }: ReportInsight, panels: readonly ChartPanel[]): string {
  if (chart.kind === 'none') return '';
  const [only, ...more] = panels.map(({ currency }) => currency);
  const percent = /percent/i.test(chart.y);
  const counted = columns.find(({ name }) => name === chart.y)?.whole === true;
  const currency =
    !counted && more.length === 0 && only !== null && only !== undefined ? sayCurrency(only) : '';
  const measured = percent ? '%' : currency;
  const along = chart.kind === 'line' && columns.find(({ name }) => name === chart.x)?.kind !== 'date';
  return [
    sayName(chart.y.replace(/_?percent$/i, '')),
    measured === '' ? '' : ` in ${measured}`,
    along ? `, by ${sayName(chart.x)}` : '',
  ].join('');
}

/** `Revenue by month, in KES` rather than the word twice. */
function joinedTo(title: string, unit: string): string {
  if (unit === '') return title;
  const [measure = '', rest] = unit.split(/(?= in |, by )/, 2);
  if (!title.toLowerCase().includes(measure.toLowerCase())) return `${title}: ${unit}`;
  return rest === undefined ? title : `${title}, ${rest.trim().replace(/^, /, '')}`;
}
