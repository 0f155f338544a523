import { type Html, html } from '../html.js';

/** A chart as a card: a line can be wide or small, a map is as tall as two lines, bars are small. */
export interface ChartCard {
  kind: 'bars' | 'line' | 'map';
  body: Html;
}

const MOST_SMALL = 9;

/**
 * Puts cards into rows without holes: the map between two lines, other lines in pairs, what is left over small and in
 * threes. They come in the order of their importance.
 */
export function arrangeCharts(cards: readonly ChartCard[]): Html {
  const maps = cards.filter(({ kind }) => kind === 'map');
  const lines = cards.filter(({ kind }) => kind === 'line');
  const beside = maps.length > 0 && lines.length > 1 ? lines.slice(0, 2) : [];
  const others = lines.slice(beside.length);
  const paired = others.slice(0, others.length - (others.length % 2));
  const small = cards.filter(
    (card) =>
      card.kind === 'bars' || (card.kind === 'line' && others.includes(card) && !paired.includes(card)),
  );
  const room = Math.min(MOST_SMALL, small.length > 3 ? small.length - (small.length % 3) : small.length);
  const [first, ...rest] = beside;
  return html`<div class="grid">
${first === undefined ? null : showCard(first, 'wide')}${maps.map((card, i) => showCard(card, i === 0 && beside.length > 0 ? 'wide tall' : 'wide'))}${[...rest, ...paired].map((card) => showCard(card, 'wide'))}${small.slice(0, room).map((card) => showCard(card, ''))}</div>
`;
}

function showCard({ body }: ChartCard, classes: string): Html {
  return html`<article class="card${classes === '' ? '' : ` ${classes}`}">
${body}</article>
`;
}
