import { feedOf, type GuessedSource } from './guessed-source.js';
import type { Sample, SampledSource } from './sampled-fields.js';

/**
 * Files that hold the same records, such as `orders (1).csv` beside `orders.csv`, or the export of today beside that of
 * yesterday: read as sources of their own each order would be there twice, so they become one source. Gives those that
 * are left; takes the others out of `sources`.
 */
export function joinCopies(sources: GuessedSource[], sampled: readonly SampledSource[]): SampledSource[] {
  const left: SampledSource[] = [];
  // The plainest name is that of the source.
  const byName = [...sampled].sort((a, b) => a.source.path.length - b.source.path.length);
  for (const each of byName) {
    const first = left.find((other) => isCopy(each, other));
    if (first === undefined) left.push(each);
    else {
      tellOverlap(first.source, mainOf(each), mainOf(first));
      join(each.source, first.source, sources);
    }
  }
  return sampled.filter((each) => left.includes(each));
}

/** Whether two samples share keys, and most of these say the same in both; one such key may be chance. */
export function areSame(one: Sample, other: Sample): boolean {
  const known = saidBy(one);
  const shared = [...saidBy(other)].filter(([key]) => known.has(key));
  const same = shared.filter(([key, said]) => [...said].some((text) => known.get(key)?.has(text))).length;
  return same > 1 && same * 2 > shared.length;
}

/** Lines without a key of their own, of orders that stand in two files with other lines in each, count all. */
export function tellOverlap(source: GuessedSource, one?: Sample, other?: Sample): void {
  const lines = feedOf(source, 'order_items');
  if (one === undefined || other === undefined || lines?.key.length !== 0 || lines.each !== undefined) return;
  const [first, second] = [saidBy(one), saidBy(other)];
  if (first.size === second.size && [...first.keys()].every((key) => second.has(key))) return;
  lines.notes.order_id =
    'some orders stand in several of these files: with the same lines they count once, with others the lines of all files count';
}

function saidBy({ rows }: Sample): Map<string, Set<string>> {
  const said = new Map<string, Set<string>>();
  for (const { key, before } of rows)
    if (key !== null) said.set(key, (said.get(key) ?? new Set()).add(JSON.stringify(before)));
  return said;
}

function isCopy(each: SampledSource, other: SampledSource): boolean {
  if (shapeOf(each.source) !== shapeOf(other.source)) return false;
  const [one, two] = [mainOf(each), mainOf(other)];
  if (one === undefined || two === undefined) return false;
  return areSame(one, two);
}

/** What is read alike can be one source. */
function shapeOf({
  type,
  sheet,
  encoding,
  header,
  records,
  fillDown,
  period,
  columns,
  feeds,
}: GuessedSource) {
  const read = { type, sheet, encoding, header, records, fillDown, period };
  const taken = feeds.map(({ entity, key, each, where }) => ({ entity, key, each, where }));
  return JSON.stringify({ ...read, columns: [...columns].sort(), taken });
}

/** The orders, else what the source holds first. */
function mainOf({ source, samples }: SampledSource): Sample | undefined {
  const feed = feedOf(source, 'orders') ?? source.feeds[0];
  return feed?.key.length === 0 ? undefined : samples.find(({ entity }) => entity === feed?.entity);
}

function join(copy: GuessedSource, first: GuessedSource, sources: GuessedSource[]): void {
  first.copies = [...(first.copies ?? []), copy.path];
  first.files += copy.files;
  sources.splice(sources.indexOf(copy), 1);
  for (const { feeds } of sources)
    for (const { fields } of feeds)
      for (const mapping of Object.values(fields))
        if (mapping.source === copy.name) mapping.source = first.name;
}
