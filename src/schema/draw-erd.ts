import { escapeMarkup } from '../kernel/escape-markup.js';
import type { Entity } from '../model/entity.js';
import { CARD, type Layout, layOutTables, type PlacedReference, type PlacedTable } from './lay-out-tables.js';

const MARGIN = 20;

/** One earth colour a table; the fourth and later ones begin again. */
const COLOURS = ['clay', 'acacia', 'lake', 'plum', 'sun', 'stone'] as const;

/** The colours of the drawing, light and dark; a page that embeds it may set them otherwise. */
export const ERD_STYLE = `.erd{--paper:#faf8f4;--card:#fffdf9;--ink:#211c15;--soft:#756c5f;--line:#e0d8ca;--thread:#a39684;--clay:#c4552d;--acacia:#3d7a58;--lake:#2f6f9f;--sun:#a8740f;--plum:#7b4b78;--stone:#7d7263;--on:#ffffff;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media (prefers-color-scheme:dark){.erd{--paper:#191612;--card:#221e19;--ink:#efe8dc;--soft:#a89d8d;--line:#3a342c;--thread:#7d7365;--clay:#d9693f;--acacia:#539a72;--lake:#4a8fc2;--sun:#c8901f;--plum:#a06c9c;--stone:#8f8474;--on:#14110d}}
.erd .paper{fill:var(--paper)}.erd .card{fill:var(--card);stroke:var(--line)}.erd .title{fill:var(--on);font-size:14px;font-weight:650;letter-spacing:.01em}.erd .count{fill:var(--on);font-size:11px;opacity:.82}
.erd .name{fill:var(--ink);font-size:12.5px}.erd .key{font-weight:650}.erd .type{fill:var(--soft);font-size:11.5px}.erd .mark{font-size:9.5px;font-weight:700;letter-spacing:.06em}.erd .rule{stroke:var(--line)}
.erd .thread{fill:none;stroke:var(--thread);stroke-width:1.6}.erd .end{fill:none;stroke:var(--thread);stroke-width:1.6;stroke-linecap:round}.erd .none{fill:var(--paper)}
${COLOURS.map((colour) => `.erd .${colour}{fill:var(--${colour})}`).join('')}`;

/** The tables and their references as one SVG, in light and dark, with fonts of the system and nothing from outside. */
export async function drawErd(title: string, entities: readonly Entity[]): Promise<string> {
  const layout = await layOutTables(entities);
  const width = Math.ceil(layout.width + MARGIN * 2);
  const height = Math.ceil(layout.height + MARGIN * 2);
  const said = escapeMarkup(title);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="erd" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${said}">`,
    `<title>${said}</title>`,
    `<style>${ERD_STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...drawThreads(layout),
    ...layout.tables.map((table, i) => drawTable(table, COLOURS[i % COLOURS.length] ?? 'stone')),
    ...layout.references.map(drawEnds),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawThreads({ references }: Layout): string[] {
  return references.map(({ points, from, to, column }) => {
    const [first, ...rest] = points.map(({ x, y }) => `${number(x)} ${number(y)}`);
    const told = escapeMarkup(`${to}.${column} → ${from}`);
    return `<path class="thread" d="M${first}C${rest.join(' ')}"><title>${told}</title></path>`;
  });
}

function drawTable({ entity, rows, x, y, width, height }: PlacedTable, colour: string): string {
  const radius = 9;
  const header = `M0 ${CARD.header}V${radius}Q0 0 ${radius} 0H${width - radius}Q${width} 0 ${width} ${radius}V${CARD.header}Z`;
  const lines = rows.map((row, i) => {
    const top = CARD.header + CARD.gap + i * CARD.row;
    const base = top + CARD.row / 2 + 4.5;
    const mark =
      row.key === null
        ? ''
        : `<text class="mark ${colour}" x="${CARD.padding}" y="${base}">${row.key.toUpperCase()}</text>`;
    const key = row.key === 'pk' ? ' key' : '';
    const rule = row.key === 'pk' ? `<path class="rule" d="M0 ${top + CARD.row - 0.5}H${width}"/>` : '';
    return `<g><title>${escapeMarkup(row.description)}</title>${mark}<text class="name${key}" x="${CARD.padding + CARD.keyWidth}" y="${base}">${escapeMarkup(row.name)}</text><text class="type" x="${width - CARD.padding}" y="${base}" text-anchor="end">${escapeMarkup(row.type)}</text>${rule}</g>`;
  });
  return [
    `<g transform="translate(${number(x)} ${number(y)})">`,
    `<rect class="card" x="-.5" y="-.5" width="${width + 1}" height="${height + 1}" rx="${radius + 0.5}"/>`,
    `<path class="${colour}" d="${header}"/>`,
    `<text class="title" x="${CARD.padding}" y="${CARD.header / 2 + 5}">${escapeMarkup(entity.name)}<title>${escapeMarkup(entity.description)}</title></text>`,
    `<text class="count" x="${width - CARD.padding}" y="${CARD.header / 2 + 4}" text-anchor="end">${rows.length} columns</text>`,
    ...lines,
    '</g>',
  ].join('');
}

/** One at the key, a bar, with a ring where there may be none; many at the column, a crow's foot. */
function drawEnds({ points, required }: PlacedReference): string {
  const one = points[0] ?? { x: 0, y: 0 };
  const many = points.at(-1) ?? { x: 0, y: 0 };
  const bar = `M${number(one.x + 8)} ${number(one.y - 6)}v12`;
  const ring = required
    ? `<path class="end" d="M${number(one.x + 13)} ${number(one.y - 6)}v12"/>`
    : `<circle class="end none" cx="${number(one.x + 16)}" cy="${number(one.y)}" r="4"/>`;
  const [x, y] = [many.x, many.y];
  const foot = `M${number(x)} ${number(y - 6)}L${number(x - 12)} ${number(y)}L${number(x)} ${number(y + 6)}`;
  return `<path class="end" d="${bar}"/>${ring}<path class="end" d="${foot}"/>`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
