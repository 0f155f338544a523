import { type Html, html } from '../html.js';
import { sayShort } from '../say-number.js';
import type { ChartPanel } from './chart-panels.js';
import { COUNTY_TILES, type CountyTile, countyNamed } from './county-tiles.js';

interface Frame {
  name: 'broad' | 'narrow';
  tile: number;
  height: number;
  gap: number;
  /** Sizes of the name and of the figure. */
  letters: number;
  figure: number;
}

const FRAMES: Frame[] = [
  { name: 'broad', tile: 60, height: 50, gap: 4, letters: 10.5, figure: 12 },
  { name: 'narrow', tile: 37, height: 36, gap: 3, letters: 11, figure: 10.5 },
];

/** Fewer counties than these are no map. */
const FEWEST = 5;

export interface CountyMap {
  drawing: Html;
  /** What lies in no county: `(not known)`. */
  elsewhere: { label: string; value: number }[];
}

/** The counties of Kenya as tiles, the deeper the more; nothing where the rows do not speak of them. */
export function drawTiles({ series }: ChartPanel, title: string): CountyMap | undefined {
  const values = new Map<CountyTile, number>();
  const elsewhere: CountyMap['elsewhere'] = [];
  for (const { label, value } of series.flatMap(({ points }) => points)) {
    const county = countyNamed(label);
    if (county === undefined) elsewhere.push({ label, value });
    else values.set(county, (values.get(county) ?? 0) + value);
  }
  if (values.size < FEWEST) return undefined;
  const drawing = html`${FRAMES.map((frame) => drawFrame(frame, values, title))}`;
  return { drawing, elsewhere };
}

function drawFrame(frame: Frame, values: ReadonlyMap<CountyTile, number>, title: string): Html {
  const columns = Math.max(...COUNTY_TILES.map(({ column }) => column)) + 1;
  const rows = Math.max(...COUNTY_TILES.map(({ row }) => row)) + 1;
  const most = Math.max(0, ...values.values());
  const ranked = [...values].sort((a, b) => b[1] - a[1]).slice(0, 5);
  const said = ranked.map(([county, value]) => `${county.name} ${sayShort(value)}`).join(', ');
  const width = columns * (frame.tile + frame.gap) - frame.gap;
  const height = rows * (frame.height + frame.gap) - frame.gap;
  return html`<svg class="${frame.name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}, by county: ${said}">
${COUNTY_TILES.map((county) => drawTile(county, frame, values.get(county), most))}</svg>
`;
}

function drawTile(county: CountyTile, frame: Frame, value: number | undefined, most: number): Html {
  const x = county.column * (frame.tile + frame.gap);
  const y = county.row * (frame.height + frame.gap);
  const leads = value !== undefined && most > 0 && value === most;
  const share = value === undefined || most <= 0 ? 0 : Math.max(0, value / most);
  const fill = value === undefined ? 'wash' : 'tile';
  // Up to a little over half the colour, ink stays readable on it; who leads has all of it.
  const opacity = value === undefined || leads ? 1 : Math.round((0.1 + 0.45 * share) * 100) / 100;
  const ink = leads ? 'on-tile' : value === undefined ? 'soft' : 'ink';
  const figure =
    value === undefined ? null : sayShort(value).replace(' ', frame.name === 'narrow' ? '' : ' ');
  const lines = linesOf(county, frame);
  const block = lines.length * (frame.letters + 1) + (figure === null ? 0 : frame.figure + 1);
  const top = (frame.height - block) / 2 + frame.letters - 1;
  const text = (at: number, size: number, weight: number, said: string) =>
    html`<text x="${frame.tile / 2}" y="${round(at)}" text-anchor="middle" font-size="${size}" font-weight="${weight}" fill="var(--${ink})">${said}</text>`;
  return html`<g transform="translate(${x} ${y})"><title>${county.name}${figure === null ? '' : `: ${figure}`}</title><rect width="${frame.tile}" height="${frame.height}" rx="5" fill="var(--${fill})" fill-opacity="${opacity}"/>${lines.map((line, i) => text(top + i * (frame.letters + 1), frame.letters, 400, line))}${figure === null ? null : text(top + lines.length * (frame.letters + 1) + 1, frame.figure, 650, figure)}</g>
`;
}

function linesOf({ name, short }: CountyTile, frame: Frame): string[] {
  return frame.name === 'narrow' ? [short] : name.split(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
