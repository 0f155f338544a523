import { feedOf } from './guessed-source.js';
import { type Row, type SampledSource, textsOf } from './sampled-fields.js';

/** Which entity a field refers to, as far as its source may be another. */
const REFERENCES = { customer_id: 'customers', product_id: 'products', order_id: 'orders' } as const;

/**
 * Learns from the first records who is meant: where orders know their buyers by the numbers of another source, it is
 * that source's customers they refer to; else they keep their own. What no key of the source that is referred to is,
 * refers to the one whose key it is, or is told.
 */
export function learnReferences(sampled: readonly SampledSource[], most: number): void {
  for (const each of sampled) joinBuyers(each, sampled);
  for (const each of sampled) chooseSources(each, sampled, most);
}

/** Buyers that were taken out of orders and are told of elsewhere under the same number, and not as somebody else. */
function joinBuyers(each: SampledSource, sampled: readonly SampledSource[]): void {
  const { source } = each;
  const own = feedOf(source, 'customers');
  const orders = feedOf(source, 'orders');
  if (own?.key.length !== 1 || orders === undefined) return;
  if (orders.fields.customer_id?.from !== own.key[0]) return;
  const buyers = addresses(each);
  for (const other of sampled) {
    // Those who keep customers know them; who takes them out of orders, too, does not.
    if (other === each || other.source.feeds[0]?.entity !== 'customers' || other.source.feeds.length > 1)
      continue;
    const known = addresses(other);
    const both = [...buyers].filter(([key]) => known.has(key));
    const apart = both.filter(([key, email]) => email && known.get(key) && known.get(key) !== email);
    if (both.length * 2 <= buyers.size || apart.length * 2 > both.length) continue;
    source.feeds = source.feeds.filter((feed) => feed !== own);
    orders.fields.customer_id = { from: own.key[0] as string, source: other.source.name };
    return;
  }
}

/** The e-mail addresses of the first customers of a source, by their keys. */
function addresses({ source, samples }: SampledSource): Map<string, string | undefined> {
  const email = feedOf(source, 'customers')?.fields.email?.from;
  const rows = samples.find(({ entity }) => entity === 'customers')?.rows ?? [];
  const said = (row: Row) => (typeof email === 'string' ? row[email]?.trim().toLowerCase() : undefined);
  return new Map(rows.flatMap(({ key, before }) => (key === null ? [] : [[key, said(before)]])));
}

/** References that name a source, of those that give what is meant. */
function chooseSources(
  { source, samples }: SampledSource,
  sampled: readonly SampledSource[],
  most: number,
): void {
  for (const feed of source.feeds) {
    const sample = samples.find(({ entity }) => entity === feed.entity);
    for (const [field, entity] of Object.entries(REFERENCES)) {
      const mapping = feed.fields[field];
      if (sample === undefined || mapping?.source === undefined) continue;
      const values = new Set(textsOf(feed, sample, field));
      const given = sampled.filter((each) => each.source.feeds.some((other) => other.entity === entity));
      const found = given
        .map(({ source: { name }, samples: all }) => {
          const rows = all.find((each) => each.entity === entity)?.rows ?? [];
          return { name, hits: rows.filter(({ key }) => key !== null && values.has(key)).length, rows };
        })
        .sort((a, b) => b.hits - a.hits);
      const [first, second] = found;
      if (values.size === 0 || first === undefined) continue;
      if (first.hits > 0 && (second?.hits ?? 0) === 0) {
        mapping.source = first.name;
        if (feed.notes[field]?.startsWith('which one')) delete feed.notes[field];
      } else if (first.hits === 0 && found.every(({ rows }) => rows.length < most))
        feed.notes[field] = `none of the first is a key of ${found.map(({ name }) => name).join(' or ')}`;
    }
  }
}
