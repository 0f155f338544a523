import { takeArticles, takeBuyers } from './guess-flat.js';
import { feedOf } from './guessed-source.js';
import { type SampledSource, textsOf } from './sampled-fields.js';

/**
 * Learns from the first records whether the customers and products that orders speak of are told of elsewhere. Those
 * that are not would keep their orders waiting for ever, so they are taken out of these, where they say enough.
 */
export function learnMissing(sampled: readonly SampledSource[], most: number): void {
  // All are asked before any is changed: what one takes out of its orders is no list of another.
  const alone = (entity: 'customers' | 'products') =>
    sampled.filter((each) => isMissing(each, entity, sampled, most));
  const [buyers, articles] = [alone('customers'), alone('products')];
  for (const { source } of buyers) takeBuyers(source);
  for (const { source } of articles) takeArticles(source);
}

function isMissing(
  { source, samples }: SampledSource,
  entity: 'customers' | 'products',
  sampled: readonly SampledSource[],
  most: number,
): boolean {
  const [feed, field] =
    entity === 'customers'
      ? [feedOf(source, 'orders'), 'customer_id']
      : [feedOf(source, 'order_items'), 'product_id'];
  const sample = samples.find((each) => each.entity === feed?.entity);
  const mapping = feed?.fields[field];
  if (feed === undefined || sample === undefined || mapping === undefined || feed.each !== undefined)
    return false;
  const { by, source: named } = mapping;
  if (feedOf(source, entity) !== undefined || (by === undefined && named === undefined)) return false;
  const said = new Set(textsOf(feed, sample, field).map(asCompared));
  const known = new Set<string>();
  for (const each of sampled) {
    const giving = feedOf(each.source, entity);
    const rows = each.samples.find((other) => other.entity === entity)?.rows ?? [];
    // Of a long list only the first records are known, and whoever is missing may stand below them.
    if (rows.length >= most) return false;
    const from = by === undefined ? undefined : giving?.fields[by]?.from;
    for (const { key, before } of rows) {
      const value = by === undefined ? key : typeof from === 'string' ? before[from] : undefined;
      if (value) known.add(asCompared(value));
    }
  }
  const missing = [...said].filter((value) => !known.has(value)).length;
  // A number that a list does not know is a gap in it, and none that it knows are of another; an address is somebody's.
  return by === 'email' ? missing > 0 : said.size > 0 && missing === said.size;
}

const asCompared = (text: string) => text.trim().toLowerCase();
