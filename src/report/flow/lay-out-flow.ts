import type { SourceFlow } from '../report-data.js';

/** What became of records that are in no table of their own. */
export type Fate = 'merged' | 'refused' | 'waiting' | 'repeated' | 'filtered';

export interface FlowNode {
  /** The source, the entity or the fate; null is the rest of very many sources. */
  name: string | null;
  kind: 'source' | 'table' | 'fate';
  rows: number;
  /** How many sources the rest is made of. */
  sources: number;
  y: number;
  height: number;
}

export interface FlowStream {
  from: FlowNode;
  to: FlowNode;
  rows: number;
  /** Where it leaves and where it arrives, its upper edge. */
  y0: number;
  y1: number;
  width: number;
}

export interface FlowLayout {
  sources: FlowNode[];
  targets: FlowNode[];
  streams: FlowStream[];
  height: number;
}

export interface FlowMeasures {
  /** How high all rows together are. */
  span: number;
  /** Room that the label of a node needs at least, and how much of it lies above the node. */
  label: number;
  above: number;
  gap: number;
}

const MOST_SOURCES = 15;
/** A single row among millions is still to be seen. */
const THINNEST = 1.4;

/** Places sources on the left, tables and fates on the right, and a stream for every way that rows took. */
export function layOutFlow(flows: readonly SourceFlow[], measures: FlowMeasures): FlowLayout {
  const links = linksOf(withRest(flows));
  const total = links.reduce((sum, link) => sum + link.rows, 0);
  const widthOf = (rows: number) => Math.max(THINNEST, (rows / Math.max(1, total)) * measures.span);
  const sources = nodesOf(links, 'from', widthOf);
  const targets = nodesOf(links, 'to', widthOf);
  const height = Math.max(stack(sources, measures), stack(targets, measures));
  for (const column of [sources, targets]) centre(column, measures, height);
  const streams = links.map((link) => ({
    from: find(sources, link.from.name),
    to: find(targets, link.to.name),
    rows: link.rows,
    y0: 0,
    y1: 0,
    width: widthOf(link.rows),
  }));
  settle(streams, targets);
  return { sources, targets, streams, height };
}

interface Link {
  from: { name: string | null; kind: 'source'; sources: number };
  to: { name: string; kind: 'table' | 'fate'; sources: number };
  rows: number;
}

type Lane = SourceFlow & { lane: string | null; sources: number };

/** Of very many sources the smallest are drawn as one. */
function withRest(flows: readonly SourceFlow[]): Lane[] {
  const read = new Map<string, number>();
  for (const flow of flows) read.set(flow.source, (read.get(flow.source) ?? 0) + flow.read);
  if (read.size <= MOST_SOURCES) return flows.map((flow) => ({ ...flow, lane: flow.source, sources: 1 }));
  const largest = [...read].sort((a, b) => b[1] - a[1]).slice(0, MOST_SOURCES - 1);
  const shown = new Set(largest.map(([source]) => source));
  const rest = read.size - shown.size;
  const lanes = flows.map((flow) => {
    const own = shown.has(flow.source);
    return { ...flow, lane: own ? flow.source : null, sources: own ? 1 : rest };
  });
  return [...lanes.filter((lane) => lane.lane !== null), ...lanes.filter((lane) => lane.lane === null)];
}

const FATES: [Fate, (flow: SourceFlow) => number][] = [
  ['merged', (flow) => flow.merged],
  ['repeated', (flow) => flow.repeated],
  ['filtered', (flow) => flow.filtered],
  ['waiting', (flow) => flow.waiting],
  ['refused', (flow) => flow.rejected - flow.waiting],
];

/** Tables come first and fates last, whatever the order of the ledger. */
function linksOf(lanes: readonly Lane[]): Link[] {
  const entities = [...new Set(lanes.map((lane) => lane.entity))];
  const ways = [
    ...entities.map((entity) => ({
      to: { name: entity, kind: 'table' as const, sources: 1 },
      rows: (lane: Lane) => (lane.entity === entity ? lane.accepted - lane.merged : 0),
    })),
    ...FATES.map(([fate, rows]) => ({
      to: { name: `fate:${fate}`, kind: 'fate' as const, sources: 1 },
      rows,
    })),
  ];
  const sources = [...new Set(lanes.map((lane) => lane.lane))];
  return sources.flatMap((source) => {
    const own = lanes.filter((lane) => lane.lane === source);
    const from = { name: source, kind: 'source' as const, sources: own[0]?.sources ?? 1 };
    return ways
      .map(({ to, rows }) => ({ from, to, rows: own.reduce((sum, lane) => sum + rows(lane), 0) }))
      .filter((link) => link.rows > 0);
  });
}

function nodesOf(links: readonly Link[], end: 'from' | 'to', widthOf: (rows: number) => number): FlowNode[] {
  const nodes = new Map<string | null, FlowNode>();
  for (const link of links) {
    const { name, kind, sources } = link[end];
    const node = nodes.get(name) ?? { name, kind, sources, rows: 0, y: 0, height: 0 };
    nodes.set(name, { ...node, rows: node.rows + link.rows, height: node.height + widthOf(link.rows) });
  }
  const order = [...FATES.map(([fate]) => `fate:${fate}`)];
  const rank = (node: FlowNode) => (node.kind === 'fate' ? order.indexOf(String(node.name)) : -1);
  return [...nodes.values()].sort((a, b) => rank(a) - rank(b));
}

/** One below the other, each with room for its label; gives the height of all. */
function stack(nodes: readonly FlowNode[], { label, above, gap }: FlowMeasures): number {
  let y = 0;
  for (const [i, node] of nodes.entries()) {
    // Fates stand apart from tables.
    if (node.kind === 'fate' && nodes[i - 1]?.kind === 'table') y += gap;
    const room = above + Math.max(node.height, label - above);
    node.y = y + above + (above > 0 ? 0 : (room - node.height) / 2);
    y += room + gap;
  }
  return Math.max(0, y - gap);
}

function centre(nodes: readonly FlowNode[], measures: FlowMeasures, height: number): void {
  const shift = (height - stack(nodes, measures)) / 2;
  for (const node of nodes) node.y += shift;
}

/** Where each stream leaves and arrives: in the order of its other end, so that few cross. */
function settle(streams: readonly FlowStream[], targets: readonly FlowNode[]): void {
  const left = new Map<FlowNode, number>();
  const right = new Map<FlowNode, number>();
  const inOrder = [...streams].sort((a, b) => targets.indexOf(a.to) - targets.indexOf(b.to));
  for (const stream of inOrder) stream.y0 = take(left, stream.from, stream.width);
  for (const stream of streams) stream.y1 = take(right, stream.to, stream.width);
}

function take(taken: Map<FlowNode, number>, node: FlowNode, width: number): number {
  const y = taken.get(node) ?? node.y;
  taken.set(node, y + width);
  return y;
}

function find(nodes: readonly FlowNode[], name: string | null): FlowNode {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined) throw new RangeError(`no node ${name}`);
  return found;
}
