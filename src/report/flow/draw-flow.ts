import { type Html, html } from '../html.js';
import type { ReportData, SourceFlow } from '../report-data.js';
import { sayCount, sayMany, sayName } from '../say-number.js';
import { shorten } from '../shorten.js';
import { type FlowLayout, type FlowNode, type FlowStream, layOutFlow } from './lay-out-flow.js';

const COLOURS = ['clay', 'sun', 'acacia', 'lake', 'plum', 'stone'] as const;

interface Frame {
  name: 'broad' | 'narrow';
  width: number;
  /** Where the bars of sources and of targets stand. */
  left: number;
  right: number;
  bar: number;
  span: number;
  label: number;
  above: number;
  gap: number;
  /** How many letters a name and what stands below it may have. */
  letters: number;
  smallLetters: number;
  size: number;
  small: number;
}

const BROAD: Frame = {
  name: 'broad',
  width: 1120,
  left: 288,
  right: 820,
  bar: 7,
  span: 320,
  label: 40,
  above: 0,
  gap: 16,
  letters: 32,
  smallLetters: 40,
  size: 15,
  small: 13,
};

/** On a phone labels stand above the bars, so that the streams have the whole width. */
const NARROW: Frame = {
  name: 'narrow',
  width: 340,
  left: 0,
  right: 335,
  bar: 5,
  span: 260,
  label: 38,
  above: 36,
  gap: 10,
  letters: 20,
  smallLetters: 30,
  size: 13,
  small: 11.5,
};

/** The way of every row from its source into a table, or to what else became of it; once for a screen, once for a phone. */
export function drawFlow(data: ReportData): Html {
  return html`${drawFrame(data, BROAD)}${drawFrame(data, NARROW)}`;
}

function drawFrame(data: ReportData, frame: Frame): Html {
  // Of few ways a picture that high would be a poster.
  const span = Math.min(frame.span, 70 + 45 * data.flows.length);
  const layout = layOutFlow(data.flows, { ...frame, span });
  const height = Math.ceil(layout.height) + 8;
  const colours = coloursOf(layout);
  const streams = [...layout.streams].sort((a, b) => rank(a) - rank(b));
  return html`<svg class="${frame.name}" viewBox="0 -4 ${frame.width} ${height}" role="img" aria-label="${describe(layout)}">
${streams.map((stream) => drawStream(stream, frame, colours))}
${layout.sources.map((node) => drawNode(node, frame, colours.get(node) ?? 'stone', labelOf(node, data, frame)))}
${layout.targets.map((node) => drawNode(node, frame, toneOf(node), labelOf(node, data, frame)))}
</svg>`;
}

/** What was refused lies on top, where a thin line can be followed. */
function rank({ to }: FlowStream): number {
  if (to.name === 'fate:refused') return 2;
  return to.kind === 'fate' ? 1 : 0;
}

function coloursOf({ sources }: FlowLayout): Map<FlowNode, string> {
  return new Map(
    sources.map((node, i) => [node, node.name === null ? 'stone' : (COLOURS[i % COLOURS.length] ?? 'stone')]),
  );
}

function toneOf({ kind, name }: FlowNode): string {
  if (kind === 'table') return 'ink';
  return name === 'fate:refused' ? 'ember' : 'stone';
}

function drawStream(stream: FlowStream, frame: Frame, colours: Map<FlowNode, string>): Html {
  const { from, to, rows, y0, y1, width } = stream;
  const refused = to.name === 'fate:refused';
  const colour = refused ? 'ember' : (colours.get(from) ?? 'stone');
  const opacity = refused ? 0.8 : to.kind === 'fate' ? 0.26 : 0.42;
  const [x0, x1] = [frame.left + frame.bar, frame.right];
  const middle = (x0 + x1) / 2;
  const [a, b, c, d] = [y0, y1, y1 + width, y0 + width].map(rounded);
  const path = `M${x0} ${a}C${middle} ${a} ${middle} ${b} ${x1} ${b}V${c}C${middle} ${c} ${middle} ${d} ${x0} ${d}Z`;
  const what = to.kind === 'table' ? sayName(to.name ?? '') : FATES[to.name ?? ''];
  return html`<path class="stream" d="${path}" fill="var(--${colour})" fill-opacity="${opacity}"><title>${nameOf(from)}: ${sayCount(rows)} › ${what}</title></path>`;
}

interface Label {
  name: string;
  detail: string;
}

function drawNode(node: FlowNode, frame: Frame, colour: string, { name, detail }: Label): Html {
  const source = node.kind === 'source';
  const x = source ? frame.left : frame.right;
  const bar = html`<rect x="${x}" y="${rounded(node.y)}" width="${frame.bar}" height="${rounded(Math.max(node.height, 2))}" rx="1.5" fill="var(--${colour})"/>`;
  const beside = frame.above === 0;
  const at = beside
    ? { x: source ? x - 14 : x + frame.bar + 14, anchor: source ? 'end' : 'start' }
    : { x: source ? x : x + frame.bar, anchor: source ? 'start' : 'end' };
  const middle = node.y + node.height / 2;
  const only = detail === '';
  const first = beside ? middle + (only ? 5 : -2) : node.y - (only ? 6 : 20);
  const second = beside ? middle + 16 : node.y - 6;
  const text = (y: number, size: number, said: string, fill: string, weight: number) =>
    html`<text x="${at.x}" y="${rounded(y)}" text-anchor="${at.anchor}" font-size="${size}" font-weight="${weight}" fill="var(--${fill})" stroke="var(--paper)" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">${shorten(said, only ? 40 : size === frame.size ? frame.letters : frame.smallLetters)}</text>`;
  const tone = node.name === 'fate:refused' ? 'ember' : 'ink';
  return html`<g><title>${name}${detail === '' ? '' : `: ${detail}`}</title>${bar}${text(first, frame.size, name, tone, 650)}${only ? null : text(second, frame.small, detail, 'soft', 400)}</g>
`;
}

const FATES: Record<string, string> = {
  'fate:merged': 'were one we already had',
  'fate:repeated': 'repeated word for word',
  'fate:filtered': 'left out as declared',
  'fate:waiting': 'wait, and are tried again',
  'fate:refused': 'refused, each with its reason',
};

const ONE_FATE: Record<string, string> = {
  'fate:merged': 'was one we already had',
  'fate:waiting': 'waits, and is tried again',
  'fate:refused': 'refused, with its reason',
};

/** Where there is little room. */
const SHORT_FATES: Record<string, string> = {
  'fate:merged': 'we already had',
  'fate:repeated': 'repeated',
  'fate:filtered': 'left out',
  'fate:waiting': 'waiting',
  'fate:refused': 'refused',
};

function labelOf(node: FlowNode, { flows, tables, run }: ReportData, frame: Frame): Label {
  if (node.kind === 'fate') {
    const fate = frame.name === 'narrow' ? (SHORT_FATES[node.name ?? ''] ?? '') : fateOf(node);
    return { name: `${sayCount(node.rows)} ${fate}`, detail: '' };
  }
  if (node.kind === 'source') {
    const own = flows.filter((flow) => flow.source === node.name);
    const place = frame.name === 'narrow' ? '' : placeOf(own);
    return { name: nameOf(node), detail: `${sayMany(node.rows, 'row')}${place === '' ? '' : ` · ${place}`}` };
  }
  const total = tables.find((table) => table.name === node.name)?.outcome?.total;
  const stands =
    run.outcome === 'failed' || total === undefined
      ? `${sayCount(node.rows)} good, not published`
      : `${sayCount(total)} in the database`;
  return { name: sayName(node.name ?? ''), detail: stands };
}

function fateOf({ name, rows }: FlowNode): string {
  const one = rows === 1 ? ONE_FATE[name ?? ''] : undefined;
  return one ?? FATES[name ?? ''] ?? '';
}

function nameOf(node: FlowNode): string {
  return node.name === null ? sayMany(node.sources, 'more source') : sayName(node.name);
}

function placeOf(own: readonly SourceFlow[]): string {
  const [first] = own;
  if (first === undefined) return '';
  return first.files > 1 ? sayMany(first.files, 'file') : first.file;
}

/** The picture in words, for who cannot see it; the ledger has the figures. */
function describe({ sources, targets }: FlowLayout): string {
  const from = sources.map((node) => `${nameOf(node)} ${sayCount(node.rows)}`).join(', ');
  const to = targets.map((node) =>
    node.kind === 'table'
      ? `${sayName(node.name ?? '')} ${sayCount(node.rows)}`
      : `${sayCount(node.rows)} ${fateOf(node)}`,
  );
  return `Rows from sources: ${from}. Into: ${to.join(', ')}.`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
