import { escapePattern } from '../../kernel/escape-pattern.js';
import type { Entity } from '../../model/entity.js';
import { feedOf, type GuessedSource } from './guessed-source.js';
import { areSame, tellOverlap } from './learn-copies.js';
import { learnCurrency } from './learn-currency.js';
import { learnDates } from './learn-dates.js';
import { learnDecimals } from './learn-decimals.js';
import { type Home, KENYA, learnHome } from './learn-home.js';
import { learnBuyers, learnLines, learnOwners, turnDiscounts } from './learn-lines.js';
import { learnMissing } from './learn-missing.js';
import { learnReferences } from './learn-references.js';
import { learnRepeated } from './learn-repeated.js';
import { learnPerCent, learnShares } from './learn-shares.js';
import { learnTotals } from './learn-totals.js';
import { isDay, type Sample, type SampledSource, sampledFields } from './sampled-fields.js';
import { tellDays } from './tell-days.js';
import { tellGaps } from './tell-gaps.js';

/** Learns from the first records of the sources, of each `most` at most, how they write dates, amounts and discounts. */
export function learnFormats(
  sampled: readonly SampledSource[],
  entities: readonly Entity[],
  most: number,
): Home | undefined {
  const fields = sampled.flatMap((each) => sampledFields(each, entities));
  const home = learnHome(sampled);
  const days = fields.filter(({ type }) => isDay(type));
  learnDates(days, home?.country);
  tellDays(days);
  learnDecimals(fields.filter(({ type }) => ['money', 'decimal', 'integer'].includes(type)));
  learnOwners(sampled);
  for (const each of sampled) {
    const { source, samples } = each;
    learnPerCent(each);
    learnLines(each);
    learnBuyers(each);
    learnRepeated(each);
    const lines = feedOf(source, 'order_items');
    const sample = samples.find(({ entity }) => entity === 'order_items');
    if (lines !== undefined && sample !== undefined) learnShares(lines, sample);
  }
  learnReferences(sampled, most);
  learnMissing(sampled, most);
  learnTotals(sampled, most);
  for (const each of sampled) turnDiscounts(each);
  for (const each of sampled) tellGaps(each);
  const money = learnCurrency(sampled, home);
  if (home === undefined && money.currency === undefined && money.doubts.length === 0) return undefined;
  return { ...KENYA, ...home, ...money, doubts: [...(home?.doubts ?? []), ...money.doubts] };
}

/** The part of a file's name that tells one period from another: `2026-01` of `orders-2026-01.csv`. */
const PERIOD = '(\\d+(?:[-_.]\\d+)*)\\D*$';

/** Where the last number is the same in two files, what their pattern leaves open: `Jan 2026` of `Sales Jan 2026.csv`. */
function periodOf({ path, example, second = '' }: GuessedSource): string {
  const [one, other] = [example, second].map((name) => new RegExp(PERIOD).exec(name)?.[1]);
  if (one !== undefined && other !== undefined && one !== other) return PERIOD;
  const base = path.slice(path.lastIndexOf('/') + 1).replaceAll('[0-9]*', '*');
  const [before, after] = [base.slice(0, base.indexOf('*')), base.slice(base.lastIndexOf('*') + 1)];
  return `${escapePattern(before)}(.*)${escapePattern(after)}$`;
}

/** Where two files of a source give the same numbers to different orders, the numbers start anew in each. */
export function learnPeriod(
  source: GuessedSource,
  first: readonly Sample[],
  second: readonly Sample[],
): void {
  const [one, other] = [first, second].map((samples) => samples.find(({ entity }) => entity === 'orders'));
  if (one === undefined || other === undefined) return;
  // Orders of which both files say the same are those of before once more.
  if (areSame(one, other)) {
    tellOverlap(source, one, other);
    return;
  }
  const known = new Set(one.rows.flatMap((row) => row.key ?? []));
  if (other.rows.some(({ key }) => key !== null && known.has(key))) source.period = periodOf(source);
}
