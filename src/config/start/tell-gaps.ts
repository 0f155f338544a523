import { isRoundedNumber } from '../../model/rounded-number.js';
import type { GuessedFeed } from './guess-feed.js';
import { feedOf } from './guessed-source.js';
import type { Sample, SampledSource } from './sampled-fields.js';

/** Asks after what nothing was found for, and where a key tells no record from another: a run may take both as they are. */
export function tellGaps({ source, samples }: SampledSource): void {
  const [orders, lines] = [feedOf(source, 'orders'), feedOf(source, 'order_items')];
  if (orders?.fields.order_date === undefined && orders !== undefined)
    orders.notes.order_date ??= 'no column was found that says when';
  if (lines !== undefined && (lines.fields.unit_price ?? lines.fields.subtotal) === undefined)
    lines.notes.unit_price ??= 'no column was found that says at what price';
  const flat = lines !== undefined && lines.each === undefined;
  for (const feed of source.feeds) {
    const sample = samples.find(({ entity }) => entity === feed.entity);
    if (sample === undefined || feed.key.length === 0) continue;
    tellEmpty(feed, sample, feed !== orders && orders !== undefined);
    if (feed === orders && !flat) tellDoubled(feed, sample);
    tellCut(feed, sample);
  }
}

/** Beside orders, a row may be of nobody and of nothing, but not each of them. */
function tellEmpty(feed: GuessedFeed, { rows }: Sample, beside: boolean): void {
  const filled = rows.filter(({ before }) => Object.values(before).some((text) => text?.trim()));
  const empty = filled.filter(({ key }) => key === null).length;
  if (empty === 0 || feed.where !== undefined || (beside && empty < filled.length)) return;
  feed.notes.key ??= `is empty in ${empty} of the first ${filled.length} records, which are refused: is there another number?`;
}

function tellDoubled(feed: GuessedFeed, { rows }: Sample): void {
  const said = new Map<string, string>();
  const doubled = rows.filter(({ key, before }) => {
    if (key === null) return false;
    const text = JSON.stringify(before);
    const other = said.get(key) ?? text;
    said.set(key, other);
    return other !== text;
  }).length;
  if (doubled > 0)
    feed.notes.key ??= `orders that share one and differ are all refused, as ${doubled} of the first: are they lines, or is there another number?`;
}

function tellCut(feed: GuessedFeed, { rows }: Sample): void {
  for (const field of ['key', 'gtin', 'sku']) {
    const from = field === 'key' ? feed.key[0] : feed.fields[field]?.from;
    const cut =
      typeof from === 'string'
        ? rows.find(({ before }) => isRoundedNumber(before[from]?.trim() ?? ''))
        : undefined;
    if (cut === undefined || typeof from !== 'string') continue;
    feed.notes[field] = `"${cut.before[from]}" lost its digits in a spreadsheet: export it anew, as text`;
  }
}
