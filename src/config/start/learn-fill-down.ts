import { saysTotal } from '../../model/totals-row.js';
import { COLUMN_WORDS } from './column-words.js';
import { columnsOf } from './guess-feed.js';
import { ONE_ARTICLE } from './guess-flat.js';
import { feedOf, type GuessedSource } from './guessed-source.js';
import { type Row, rowsOf, type Sample } from './sampled-fields.js';

/** The samples of a source as `read` gives them; where rows continue the order above them, with what they continue. */
export async function filledDown(source: GuessedSource, read: () => Promise<Sample[]>): Promise<Sample[]> {
  const samples = await read();
  const first = fillDownOf(source, samples);
  if (first === undefined) return samples;
  const tried = tryTotal(source);
  const fillDown = tried === undefined ? first : (fillDownOf(source, await read()) ?? first);
  if (tried !== undefined && !fillDown.includes(tried.total)) tried.undo();
  source.fillDown = fillDown;
  const orders = feedOf(source, 'orders');
  if (orders?.notes.key === ONE_ARTICLE) delete orders.notes.key;
  return read();
}

/**
 * Where rows with a quantity lack the number of their order and all else that is said of it, as in exports of Odoo, they
 * continue the order above them. Gives the columns that only the first row fills, the number first; nothing where every
 * row says its order.
 */
function fillDownOf(source: GuessedSource, samples: readonly Sample[]): string[] | undefined {
  const { type, feeds } = source;
  const [orders, lines] = [feedOf(source, 'orders'), feedOf(source, 'order_items')];
  const [number, quantity] = [lines?.fields.order_id?.from, lines?.fields.quantity?.from];
  if (type !== 'csv' && type !== 'excel') return undefined;
  if (orders === undefined || typeof number !== 'string' || typeof quantity !== 'string') return undefined;
  const rows = rowsOf(samples, 'order_items').filter((row) => !Object.values(row).some(saysTotal));
  const continuing = rows.filter((row) => isEmpty(row, number) && !isEmpty(row, quantity));
  if (continuing.length === 0 || rows[0] === undefined || isEmpty(rows[0], number)) return undefined;
  const own = new Set(
    feeds.flatMap(({ entity, fields }) =>
      entity === 'order_items' || entity === 'products' ? Object.values(fields).map(({ from }) => from) : [],
    ),
  );
  const others = Object.keys(rows[0]).filter(
    (column) => !own.has(column) && continuing.every((row) => isEmpty(row, column)),
  );
  const day = orders.fields.order_date?.from;
  return typeof day === 'string' && !others.includes(day) ? undefined : [number, ...others];
}

/** What may be the total of the order, as it may stand in its first row alone: mapped so, and how that is taken back. */
function tryTotal(source: GuessedSource): { total: string; undo: () => void } | undefined {
  const [orders, lines] = [feedOf(source, 'orders'), feedOf(source, 'order_items')];
  const total = columnsOf(source.columns).find(COLUMN_WORDS.orders?.fields.total_amount ?? []);
  if (orders === undefined || lines === undefined || total === undefined) return undefined;
  if (orders.fields.total_amount !== undefined) return undefined;
  const { subtotal } = lines.fields;
  orders.fields.total_amount = { from: total };
  if (subtotal?.from === total) delete lines.fields.subtotal;
  const undo = () => {
    delete orders.fields.total_amount;
    if (subtotal !== undefined) lines.fields.subtotal = subtotal;
  };
  return { total, undo };
}

function isEmpty(row: Row, column: string): boolean {
  return (row[column] ?? '').trim() === '';
}
