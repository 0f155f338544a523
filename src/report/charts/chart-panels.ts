import type { ReportInsight } from '../report-data.js';
import { sayName } from '../say-number.js';
import { sayMonth, sayWrittenDay } from '../say-time.js';

export interface ChartPoint {
  /** As PostgreSQL writes it. */
  x: string;
  label: string;
  /** For drawing only: amounts are exact in tables. */
  value: number;
}

export interface ChartSeries {
  name: string | null;
  points: ChartPoint[];
}

/** What is drawn on one pair of axes; amounts of different currencies never share one. */
export interface ChartPanel {
  currency: string | null;
  series: ChartSeries[];
}

/** The rows of an insight as they may be drawn, the panel with most first; nothing where its chart has nothing to show. */
export function chartPanels(insight: ReportInsight): ChartPanel[] {
  const { chart, columns, rows } = insight;
  if (chart.kind === 'none') return [];
  const at = (name: string | null) => columns.findIndex((column) => column.name === name);
  const [x, y, by] = [at(chart.x), at(chart.y), at(chart.by)];
  if (x < 0 || y < 0) return [];
  const panels = new Map<string, Map<string, ChartPoint[]>>();
  for (const row of rows) {
    const written = row[y];
    const value = Number(written);
    if (written === null || written === undefined || !Number.isFinite(value)) continue;
    const group = by < 0 ? '' : (row[by] ?? '');
    const [panel, series] = splitsPanels(chart.by) ? [group, ''] : ['', group];
    const found = panels.get(panel) ?? new Map<string, ChartPoint[]>();
    panels.set(panel, found);
    const points = found.get(series) ?? [];
    found.set(series, points);
    points.push({ x: row[x] ?? '', label: labelOf(chart.x, row[x] ?? null), value });
  }
  return [...panels]
    .map(([currency, series]) => ({
      currency: currency === '' ? null : currency,
      series: [...series].map(([name, points]) => ({ name: name === '' ? null : name, points })),
    }))
    .filter((panel) => panel.series.some(({ points }) => points.some(saysSomething)))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
}

/** One bar called `(not known)` is no picture of anything; the table has it. */
function saysSomething({ x, value }: ChartPoint): boolean {
  return value !== 0 && !/^\(.*\)$/.test(x);
}

function splitsPanels(by: string | null): boolean {
  return by !== null && /currency/i.test(by);
}

function sizeOf({ series }: ChartPanel): number {
  return series.reduce((sum, { points }) => sum + points.length, 0);
}

/** A key alone says nothing: `customer 1084`. The first of a month may stand for it: `January 2026`. */
function labelOf(column: string, value: string | null): string {
  if (value === null || value === '') return 'not told';
  if (column.endsWith('_id')) return `${sayName(column.slice(0, -3))} ${value}`;
  return /month/i.test(column) && /^\d{4}-\d{2}-01$/.test(value) ? sayMonth(value) : sayWrittenDay(value);
}
