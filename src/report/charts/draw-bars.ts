import type { Html } from '../html.js';
import { sayShort } from '../say-number.js';
import { shorten } from '../shorten.js';
import type { ChartPanel } from './chart-panels.js';
import type { Drawing } from './plot-svg.js';

/** As wide as a phone: a card on a screen is no wider, so one drawing serves both. */
const WIDTH = 320;
const ROW = 38;
const MOST_BARS = 8;
const LETTER = 6.6;

interface Bar {
  place: number;
  name: string;
  said: string;
  value: number;
}

/** Bars with their names above them, where long ones have room; one stands out. */
export function drawBars(
  { plot, plotSvg }: Drawing,
  panel: ChartPanel,
  title: string,
  percent: boolean,
): Html {
  const bars = barsOf(panel, percent);
  const values = bars.map(({ value }) => value);
  const told = tellingBar(bars);
  const label = `${title}: ${bars.map(({ name, said }) => `${name} ${said}`).join(', ')}`;
  const text = {
    frameAnchor: 'left',
    textAnchor: 'start',
    dy: -8,
    fontSize: 12.5,
    fill: 'var(--ink)',
  } as const;
  return plotSvg(
    {
      width: WIDTH,
      height: bars.length * ROW,
      margin: 0,
      x: { axis: null, domain: [Math.min(0, ...values), Math.max(0, ...values)] },
      y: { axis: null, type: 'band', padding: 0, domain: bars.map(({ place }) => place) },
      marks: [
        plot.barX(bars, {
          x: 'value',
          y: 'place',
          insetTop: 21,
          insetBottom: 7,
          rx: 2,
          fill: (bar: Bar) => (bar === told ? 'var(--clay)' : 'var(--stone)'),
        }),
        plot.text(bars, { ...text, y: 'place', text: 'name' }),
        plot.text(bars, {
          ...text,
          frameAnchor: 'right',
          textAnchor: 'end',
          y: 'place',
          text: 'said',
          fontWeight: 650,
        }),
      ],
    },
    label,
    'bars',
  );
}

/** Of a ranking the first, up or down; of bars in another order the longest. */
function tellingBar(bars: readonly Bar[]): Bar | undefined {
  const steps = bars.slice(1).map(({ value }, i) => Math.sign(value - (bars[i]?.value ?? 0)));
  if (!(steps.includes(1) && steps.includes(-1))) return bars[0];
  return bars.reduce((most, bar) => (Math.abs(bar.value) > Math.abs(most.value) ? bar : most));
}

/** How many bars of a chart are left to the table. */
export function barsLeftOut({ series }: ChartPanel): number {
  return Math.max(0, series.reduce((sum, { points }) => sum + points.length, 0) - MOST_BARS);
}

function barsOf({ series }: ChartPanel, percent: boolean): Bar[] {
  const points = series.flatMap(({ name, points }) =>
    points.map((point) => ({ ...point, label: name === null ? point.label : `${point.label} · ${name}` })),
  );
  // Several series come one after the other; a ranking is one.
  const ordered = series.length > 1 ? points.sort((a, b) => b.value - a.value) : points;
  return ordered.slice(0, MOST_BARS).map(({ label, value }, place) => {
    const said = `${sayShort(value)}${percent ? ' %' : ''}`;
    const room = Math.floor((WIDTH - (said.length + 2) * 7.4) / LETTER);
    return { place, name: shorten(label.replaceAll('_', ' '), room), said, value };
  });
}
