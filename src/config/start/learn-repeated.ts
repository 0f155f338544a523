import { feedOf } from './guessed-source.js';
import type { SampledSource } from './sampled-fields.js';

/** What an order comes to, and what its total is made of. */
const AMOUNTS = ['total_amount', 'discount_amount', 'tax_amount', 'shipping_amount'];

/** Where each row is a line, an amount of the order is the same on all its rows; one that differs is left out, and told. */
export function learnRepeated({ source, samples }: SampledSource): void {
  const [orders, lines] = [feedOf(source, 'orders'), feedOf(source, 'order_items')];
  if (orders === undefined || lines === undefined || lines.each !== undefined) return;
  const rows = samples.find(({ entity }) => entity === 'orders')?.rows ?? [];
  for (const name of AMOUNTS) {
    const from = orders.fields[name]?.from;
    if (typeof from !== 'string') continue;
    const first = new Map<string, string>();
    const differs = rows.some(({ key, before }) => {
      const value = before[from]?.trim();
      if (key === null || !value) return false;
      if (!first.has(key)) first.set(key, value);
      return first.get(key) !== value;
    });
    if (!differs) continue;
    delete orders.fields[name];
    orders.notes[name] = `${from} is left out: it differs among the rows of an order`;
  }
}
