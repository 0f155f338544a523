import { instance } from '@viz-js/viz';
import { type Entity, postgresType, references } from '../model/entity.js';

/** Measures of the drawing, in pixels. */
export const CARD = { header: 34, gap: 4, row: 22, padding: 14, keyWidth: 30 } as const;

export interface TableRow {
  name: string;
  type: string;
  key: 'pk' | 'fk' | null;
  description: string;
}

/** A table as it is placed: its upper left corner and its size. */
export interface PlacedTable {
  entity: Entity;
  rows: TableRow[];
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Point {
  x: number;
  y: number;
}

/** A reference as a curve from the key it points at to the column that points: the points of a Bézier spline. */
export interface PlacedReference {
  from: string;
  to: string;
  column: string;
  /** Every row of the table has one. */
  required: boolean;
  points: Point[];
}

export interface Layout {
  width: number;
  height: number;
  tables: PlacedTable[];
  references: PlacedReference[];
}

/** Places the tables from left to right in the order of their references, with Graphviz, which draws nothing here. */
export async function layOutTables(entities: readonly Entity[]): Promise<Layout> {
  const viz = await instance();
  const own = entities.map(sizeOf);
  // Of one width, the tables of a column stand edge to edge.
  const widest = Math.max(0, ...own.map((table) => table.width));
  const sized = own.map((table) => ({ ...table, width: widest }));
  const known = new Set(entities.map((entity) => entity.name));
  const edges = entities.flatMap((entity, head) =>
    references(entity)
      .filter((field) => known.has(field.entity) && field.entity !== entity.name)
      .map((field) => ({
        entity,
        field,
        head,
        tail: entities.findIndex((each) => each.name === field.entity),
      })),
  );
  const graph = [
    'digraph { graph [rankdir=LR, nodesep=0.45, ranksep=1.5, pad=0, splines=true]',
    'node [shape=plain, fontsize=10] edge [dir=none]',
    ...sized.map((table, i) => `t${i} [label=<${labelOf(table)}>]`),
    ...edges.map(({ field, head, tail, entity }) => {
      const row = entity.fields.indexOf(field) + 1;
      return `t${tail}:r0:e -> t${head}:r${row}:w`;
    }),
    '}',
  ].join('\n');
  const placed = JSON.parse(viz.renderString(graph, { format: 'json' })) as GraphvizLayout;
  const [, , width = 0, height = 0] = placed.bb.split(',').map(Number);
  const tables = sized.map((table, i) => {
    const [cx = 0, cy = 0] = (placed.objects[i]?.pos ?? '').split(',').map(Number);
    return { ...table, x: cx - table.width / 2, y: height - cy - table.height / 2 };
  });
  return {
    width,
    height,
    tables,
    references: edges.map(({ entity, field }, i) => ({
      from: field.entity,
      to: entity.name,
      column: field.name,
      required: field.required === true,
      points: straightened(pointsOf(placed.edges?.[i]?.pos ?? '', height), tables),
    })),
  };
}

interface GraphvizLayout {
  bb: string;
  objects: { pos: string }[];
  edges?: { pos: string }[];
}

/** How far a line runs straight before it bends, so that its end can be read. */
const STUB = 26;

/** One calm curve where no table is in between; where one is, the way that Graphviz found around it. */
function straightened(points: Point[], tables: readonly PlacedTable[]): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return points;
  const [from, to] = [first.x + STUB, last.x - STUB];
  const blocked = to - from < 1 || tables.some(({ x, width }) => x < last.x - 1 && x + width > first.x + 1);
  if (blocked) return points;
  const reach = Math.max((to - from) / 2, STUB);
  return [
    first,
    first,
    { x: from, y: first.y },
    { x: from, y: first.y },
    { x: from + reach, y: first.y },
    { x: to - reach, y: last.y },
    { x: to, y: last.y },
    { x: to, y: last.y },
    last,
    last,
  ];
}

function pointsOf(pos: string, height: number): Point[] {
  return pos.split(' ').map((point) => {
    const [x = 0, y = 0] = point.split(',').map(Number);
    return { x, y: height - y };
  });
}

function sizeOf(entity: Entity): PlacedTable {
  const rows: TableRow[] = [
    { name: entity.id, type: 'bigint', key: 'pk', description: 'Stable from run to run, never given twice' },
    ...entity.fields.map(
      (field): TableRow => ({
        name: field.name,
        type: postgresType(field.type),
        key: field.type === 'reference' ? 'fk' : null,
        description: field.description,
      }),
    ),
  ];
  const names = Math.max(...rows.map((row) => row.name.length)) * 7.1;
  const types = Math.max(...rows.map((row) => row.type.length)) * 6.3;
  const inside = Math.max(CARD.keyWidth + names + 22 + types, entity.name.length * 9.2 + 60);
  return {
    entity,
    rows,
    x: 0,
    y: 0,
    width: Math.ceil(CARD.padding * 2 + inside),
    height: CARD.header + rows.length * CARD.row + CARD.gap * 2,
  };
}

/** An empty table of the same measures: Graphviz needs to know where each row is. */
function labelOf({ width, rows }: PlacedTable): string {
  const cell = (height: number, port = '') =>
    `<TR><TD FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${height}"${port}></TD></TR>`;
  const body = rows.map((_, i) => cell(CARD.row, ` PORT="r${i}"`)).join('');
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">${cell(CARD.header + CARD.gap)}${body}${cell(CARD.gap)}</TABLE>`;
}
