import type { Markish } from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { sayShort } from '../say-number.js';
import { sayWrittenDay } from '../say-time.js';
import type { ChartPanel, ChartPoint } from './chart-panels.js';
import type { Drawing } from './plot-svg.js';

export interface LineKind {
  x: 'date' | 'number' | 'text';
  percent: boolean;
}

interface Placed {
  x: Date | number | string;
  y: number;
  written: string;
}

const SIZES = [
  { name: 'broad', width: 500, height: 192, ticks: 6 },
  { name: 'narrow', width: 320, height: 210, ticks: 4 },
] as const;

/** A line over time with its highest point named; of several lines the first stands out. */
export function drawLine(drawing: Drawing, panel: ChartPanel, title: string, kind: LineKind): Html {
  return html`${SIZES.map((size) => drawSize(drawing, panel, title, kind, size))}`;
}

/** A point in which all lines begin, as 100 % of every cohort, says nothing and flattens the rest. */
function withoutSharedStart<P extends { x: unknown; y: number }>(lines: P[][]): P[][] {
  const [start] = lines[0] ?? [];
  const shared = lines.every((line) => Number(line[0]?.x) === Number(start?.x) && line[0]?.y === start?.y);
  const shortened = lines.map((line) => line.slice(1)).filter((line) => line.length > 0);
  return lines.length > 2 && shared && shortened.length > 0 ? shortened : lines;
}

function drawSize(
  { plot, plotSvg }: Drawing,
  { series }: ChartPanel,
  title: string,
  kind: LineKind,
  { name, width, height, ticks }: (typeof SIZES)[number],
): Html {
  const lines = withoutSharedStart(series.map(({ points }) => points.map((point) => place(point, kind))));
  const [first = [], ...others] = lines;
  const values = lines.flat().map(({ y }) => y);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const say = (value: number) => `${sayShort(value)}${kind.percent ? ' %' : ''}`;
  const peak = first.find(({ y }) => y === Math.max(...first.map((each) => each.y)));
  const marks: Markish[] = [
    plot.gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
    plot.axisY({ ticks: 4, tickSize: 0, label: null, fontSize: 12, fill: 'var(--soft)', tickFormat: say }),
    plot.axisX({
      ticks: ticksOf(first, ticks),
      tickSize: 0,
      tickPadding: 8,
      label: null,
      fontSize: 12,
      fill: 'var(--soft)',
      tickFormat: (x: unknown) => sayTick(x),
    }),
    plot.areaY(others.length === 0 ? first : [], { x: 'x', y: 'y', fill: 'var(--lake)', fillOpacity: 0.13 }),
    ...others.map((line) =>
      plot.lineY(line, { x: 'x', y: 'y', stroke: 'var(--stone)', strokeOpacity: 0.55 }),
    ),
    plot.lineY(first, { x: 'x', y: 'y', stroke: 'var(--lake)', strokeWidth: 2.2 }),
    plot.ruleY([0], { stroke: 'var(--stone)' }),
  ];
  if (peak !== undefined && others.length === 0) marks.push(...nameOf(peak, first));
  return plotSvg(
    {
      width,
      height,
      marginLeft: 52,
      marginRight: 20,
      marginTop: 26,
      marginBottom: 40,
      x: { type: kind.x === 'date' ? 'utc' : kind.x === 'number' ? 'linear' : 'point', label: null },
      y: { domain: [low, high], nice: 4, label: null },
      marks,
    },
    `${title}: from ${first[0]?.written ?? ''} to ${first.at(-1)?.written ?? ''}, between ${say(Math.min(...values))} and ${say(high)}`,
    name,
  );

  function nameOf(point: Placed, line: readonly Placed[]): Markish[] {
    // A point alone stands in the middle.
    const at = line.length === 1 ? 0.5 : line.indexOf(point) / (line.length - 1);
    const textAnchor = at < 0.12 ? 'start' : at > 0.88 ? 'end' : 'middle';
    return [
      plot.dot([point], {
        x: 'x',
        y: 'y',
        r: 4,
        fill: 'var(--lake)',
        stroke: 'var(--card)',
        strokeWidth: 1.5,
      }),
      plot.text([point], {
        x: 'x',
        y: 'y',
        text: [say(point.y)],
        dy: -13,
        textAnchor,
        fontSize: 13,
        fontWeight: 650,
        fill: 'var(--ink)',
      }),
    ];
  }
}

function place({ x, value }: ChartPoint, kind: LineKind): Placed {
  const at =
    kind.x === 'date' ? new Date(`${x.slice(0, 10)}T00:00:00Z`) : kind.x === 'number' ? Number(x) : x;
  return { x: at, y: value, written: sayWrittenDay(x) };
}

/** Evenly among what is there, so that every tick is a point. */
function ticksOf(line: readonly Placed[], most: number): Placed['x'][] {
  const step = Math.max(1, Math.ceil((line.length - 1) / (most - 1)));
  return line.filter((_, i) => i % step === 0).map(({ x }) => x);
}

function sayTick(x: unknown): string {
  if (!(x instanceof Date)) return String(x);
  const month = x.toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' });
  const day = x.getUTCDate() === 1 ? '' : `${x.getUTCDate()} `;
  return `${day}${month}\n${x.getUTCFullYear()}`;
}
