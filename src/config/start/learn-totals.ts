import type { FieldMapping } from '../../model/config.js';
import type { GuessedFeed } from './guess-feed.js';
import { feedOf, type GuessedSource } from './guessed-source.js';
import { amountIn, type Row, rowsOf, type SampledSource, signOf } from './sampled-fields.js';

/** What an order adds to its lines, or takes off them. */
const PARTS = { discount_amount: -1, tax_amount: 1, shipping_amount: 1 } as const;
type Part = keyof typeof PARTS;

/** An amount that a total may hold, or not. */
interface Term {
  feed: GuessedFeed;
  field: Part;
  mapping: FieldMapping;
  /** Whether it was guessed to be a part of the total. */
  guessed: boolean;
}

/** What an order comes to, and what its total may be made of: first the lines, then each term with its sign. */
interface Told {
  total: number;
  lines: number;
  terms: number[];
}

/**
 * Learns from the first orders what their totals are made of: whether tax is in the prices or comes on top, and whether
 * a discount is that of the order or of its lines. Where no sum comes out, that is told, as a run refuses such orders;
 * but not where there are lines beyond the `most` that were looked at.
 */
export function learnTotals(sampled: readonly SampledSource[], most: number): void {
  for (const owner of sampled) {
    const orders = feedOf(owner.source, 'orders');
    const total = orders?.fields.total_amount?.from;
    const giver = sampled.find((each) => givesLines(each, owner));
    const lines = giver === undefined ? undefined : feedOf(giver.source, 'order_items');
    if (giver === undefined || lines === undefined || orders === undefined || typeof total !== 'string')
      continue;
    const flat = owner === giver && lines.each === undefined;
    const terms = termsOf(orders, lines, flat);
    const told = toldBy(owner, giver, orders, lines, terms);
    // What SQL reckons, such as a discount in per cent, is not known here.
    const known = lines.fields.discount_amount?.sql === undefined;
    const all = known && rowsOf(giver.samples, 'order_items').length < most;
    const missed = told.length > 0 ? settle(lines, terms, told) : 0;
    if (missed === 0 || !all) continue;
    const why = `in ${missed} of ${told.length} orders the lines do not come to it`;
    // Beside its lines an order needs no total that they contradict.
    if (flat) delete orders.fields.total_amount;
    const tip = owner.source.columns.find((name) => /^(tips?|gratuit(y|ies))$/i.test(name));
    const holds = tip === undefined ? '' : `: take ${tip} out of it, by \`sql\``;
    orders.notes.total_amount = flat ? `${total} is left out: ${why}, so theirs is taken` : `${why}${holds}`;
  }
}

function givesLines(each: SampledSource, owner: SampledSource): boolean {
  const order = feedOf(each.source, 'order_items')?.fields.order_id;
  return order !== undefined && (order.source ?? each.source.name) === owner.source.name;
}

/** What is guessed of the order, what its lines take off, and what stands on each line of a flat row and may be the order's. */
function termsOf(orders: GuessedFeed, lines: GuessedFeed, flat: boolean): Term[] {
  const fields = Object.keys(PARTS) as Part[];
  const term = (
    feed: GuessedFeed,
    field: Part,
    mapping: FieldMapping | undefined,
    guessed: boolean,
  ): Term[] => (typeof mapping?.from === 'string' ? [{ feed, field, mapping, guessed }] : []);
  const own = fields.flatMap((field) => term(orders, field, orders.fields[field], true));
  // What a line comes to says already which discount is its own.
  const known = lines.fields.subtotal !== undefined;
  const open = flat ? fields.filter((field) => !known || field !== 'discount_amount') : [];
  return [
    ...own,
    ...(known ? [] : term(lines, 'discount_amount', lines.fields.discount_amount, true)),
    ...open
      .filter((field) => orders.fields[field] === undefined)
      .flatMap((field) => term(orders, field, lines.fields[field], false)),
  ];
}

function toldBy(
  owner: SampledSource,
  giver: SampledSource,
  orders: GuessedFeed,
  lines: GuessedFeed,
  terms: readonly Term[],
): Told[] {
  const { quantity, unit_price: price, subtotal, order_id: order } = lines.fields;
  const known = new Map<string, { lines: number; off: number }>();
  const off = terms.find(({ feed }) => feed === lines)?.mapping;
  const [given, kept] = [rowsOf(giver.samples, 'order_items'), rowsOf(owner.samples, 'orders')];
  for (const row of given) {
    const name = nameIn(row, order?.from);
    const makes =
      subtotal === undefined
        ? amount(giver.source, row, quantity) * amount(giver.source, row, price)
        : amount(giver.source, row, subtotal);
    const sum = known.get(name) ?? { lines: 0, off: 0 };
    const less = off === undefined ? 0 : amount(giver.source, row, off) || 0;
    known.set(name, { lines: sum.lines + makes, off: sum.off + less });
  }
  const signs = terms.map(
    ({ feed, field, mapping }) => signOf(field, mapping, feed === lines ? given : kept) * PARTS[field],
  );
  const told = new Map<string, Told>();
  for (const row of kept) {
    const name = nameIn(row, orders.key);
    const [sum, total] = [known.get(name), amount(owner.source, row, orders.fields.total_amount)];
    if (sum === undefined || Number.isNaN(total) || Number.isNaN(sum.lines) || told.has(name)) continue;
    const values = terms.map(
      ({ feed, mapping }, i) =>
        (signs[i] ?? 1) * (feed === lines ? sum.off : amount(owner.source, row, mapping) || 0),
    );
    told.set(name, { total, lines: sum.lines, terms: values });
  }
  return [...told.values()];
}

function nameIn(row: Row, from: string | readonly string[] | undefined): string {
  return [from ?? []]
    .flat()
    .map((column) => row[column]?.trim())
    .join('\n');
}

function amount(source: GuessedSource, row: Row, mapping: FieldMapping | undefined): number {
  if (typeof mapping?.from !== 'string') return Number.NaN;
  return amountIn(row[mapping.from], mapping.decimal ?? source.decimal) ?? Number.NaN;
}

/**
 * Takes the terms with which most totals come out; of those that do as well, the ones that were guessed. Gives the number
 * of totals that come out with none, where they are too many for any to be right.
 */
function settle(lines: GuessedFeed, terms: readonly Term[], told: readonly Told[]): number {
  const choices = Array.from({ length: 2 ** terms.length }, (_, bits) =>
    terms.map((_term, i) => (bits & (1 << i)) !== 0),
  )
    .filter(
      (taken) =>
        !terms.some(({ guessed, field }, i) => !guessed && taken[i] && takesOff(lines, field, terms, taken)),
    )
    .map((taken) => ({
      taken,
      fitting: told.filter((each) => comesOut(each, taken)).length,
      changes: terms.filter(({ guessed }, i) => guessed !== taken[i]).length,
    }))
    .sort((a, b) => b.fitting - a.fitting || a.changes - b.changes);
  const best = choices[0];
  if (best === undefined) return 0;
  if (best.fitting * 2 <= told.length) return told.length - best.fitting;
  for (const [i, { feed, field, mapping, guessed }] of terms.entries()) {
    if (guessed === best.taken[i]) continue;
    delete feed.notes[field];
    if (guessed) {
      delete feed.fields[field];
      feed.notes[field] = `${String(mapping.from)} is left out: the totals come out without it`;
    } else {
      // It stands on each line of the order, and is that of the order.
      feed.fields[field] = { ...mapping };
      delete lines.fields[field];
    }
  }
  return 0;
}

/** Whether the lines take off themselves what would be the order's. */
function takesOff(
  lines: GuessedFeed,
  field: Part,
  terms: readonly Term[],
  taken: readonly boolean[],
): boolean {
  return terms.some((term, i) => term.feed === lines && term.field === field && taken[i]);
}

function comesOut({ total, lines, terms }: Told, taken: readonly boolean[]): boolean {
  const sum = terms.reduce((sum, value, i) => (taken[i] ? sum + value : sum), lines);
  return Math.abs(total - sum) < 0.011;
}
