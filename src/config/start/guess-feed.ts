import type { FieldMapping } from '../../model/config.js';
import { COLUMN_WORDS, CURRENCY_WORDS, type EntityWords, FULL_NAMES, isCalledAfter } from './column-words.js';

/** What one source seems to give to one entity. */
export interface GuessedFeed {
  entity: string;
  each?: string;
  /** Only records of which this SQL holds. */
  where?: string;
  key: string[];
  fields: Record<string, FieldMapping>;
  /** What a person should look at, by field; `key` for the key. */
  notes: Record<string, string>;
}

/** The columns of a file as they can be asked for: by what they mean. */
export interface Columns {
  names: readonly string[];
  find(words: readonly string[]): string | undefined;
}

/** `Discount (%)`, `Order Lines/Disc.%`: of a line. */
export const PER_CENT =
  /^(?:[a-z]+[ _]?lines?\/)?(?:disc(?:ount)?|rabatt|remise|descuento)\.? ?(?:%|\(%\))(?: \(items\))?$/i;

/** Objects in JSON whose members are as good as columns of the record. */
const OPEN = /^(address|location|contact|billing|shipping|default|defaultaddress)$/;

export function columnsOf(names: readonly string[]): Columns {
  const plain = names.map((name) => ({
    name,
    whole: squeezed(name),
    last: lastPart(name) ?? billed(name) ?? within(name) ?? uncounted(name),
  }));
  return {
    names,
    find(words) {
      for (const word of words) {
        const found =
          plain.find(({ whole }) => whole === word) ??
          plain.find(({ last }) => last !== undefined && last === word);
        if (found !== undefined) return found.name;
      }
      return undefined;
    },
  };
}

/** Small letters and digits only; `^` before a path that climbs does not count. */
function squeezed(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** `Total KES` is a total. */
function uncounted(name: string): string | undefined {
  const whole = squeezed(name);
  return CURRENCY_WORDS.test(whole) ? whole.replace(CURRENCY_WORDS, '') : undefined;
}

/** `Email (Billing)` of a web shop is the buyer's. */
function billed(name: string): string | undefined {
  return /\(billing\)$/i.test(name) ? squeezed(name.slice(0, name.lastIndexOf('('))) : undefined;
}

/** `Order Lines/Quantity` and `Customer/Email` of Odoo, `Quantity (Items)` of ERPNext; a discount in per cent is no amount. */
function within(name: string): string | undefined {
  const [, last] =
    /^(?:[a-z]+[ _]?lines?|customer|partner)\/([^/%]+)$/i.exec(name) ??
    /^(?!id )([^(%]*[^(% ]) \(items\)$/i.exec(name) ??
    [];
  return last === undefined ? undefined : squeezed(last);
}

function lastPart(name: string): string | undefined {
  const parts = name.split('.');
  if (parts.length < 2 || !parts.slice(0, -1).every((part) => OPEN.test(squeezed(part)))) return undefined;
  return squeezed(parts.at(-1) ?? '');
}

/** The column by which records of an entity are known in a file of another. */
export function foreignKey(columns: Columns, entity: string): string | undefined {
  return columns.find(COLUMN_WORDS[entity]?.key ?? []);
}

/**
 * What the columns give to an entity, references aside; nothing where that is not enough for one. Customers without a
 * number, an e-mail and a phone are known by a column called one of `names`.
 */
export function guessFeed(
  entity: string,
  columns: Columns,
  names: readonly string[] = [],
): GuessedFeed | undefined {
  const feed = partsOfFeed(entity, columns);
  if (feed?.entity === 'customers' && feed.key.length === 0) knowByName(feed, columns, names);
  return feed !== undefined && isEnough(feed, columns) ? feed : undefined;
}

/** The same, also where it is not enough. */
export function partsOfFeed(entity: string, columns: Columns): GuessedFeed | undefined {
  const words = COLUMN_WORDS[entity];
  if (words === undefined) return undefined;
  const feed: GuessedFeed = { entity, key: keyOf(entity, words, columns), fields: {}, notes: {} };
  for (const [field, known] of Object.entries(words.fields)) {
    const column = columns.find(known);
    if (column !== undefined) feed.fields[field] = { from: column };
  }
  const share = entity === 'order_items' ? columns.names.find((name) => PER_CENT.test(name)) : undefined;
  if (share !== undefined) feed.fields.discount_amount ??= { from: share };
  if (entity === 'customers') splitNames(feed, columns);
  if (entity === 'orders') chooseMoment(feed);
  return feed;
}

function keyOf(entity: string, words: EntityWords, columns: Columns): string[] {
  // A charge of Stripe has a number of its own, and mostly no invoice.
  const charge = entity === 'orders' && columns.find(['statementdescriptor']) !== undefined;
  const key =
    (charge ? columns.find(['id']) : undefined) ?? columns.find(words.key) ?? columns.find(words.bareKey);
  if (key !== undefined) return [key];
  if (entity !== 'customers') return [];
  const known = columns.find(words.fields.email ?? []) ?? columns.find(words.fields.phone ?? []);
  return known === undefined ? [] : [known];
}

function knowByName(feed: GuessedFeed, columns: Columns, names: readonly string[]): void {
  const whole = columns.find(names);
  const { first_name: given, last_name: family } = feed.fields;
  const parts = [given?.from, family?.from].filter((from) => typeof from === 'string');
  if (whole !== undefined) feed.key = [whole];
  else if (names.includes('name') && parts.length === 2) feed.key = parts;
  else return;
  feed.notes.key = 'only names tell customers apart: all of one name become one customer';
}

/** A whole name is taken apart; where there is a given name or a company, it is left alone. */
function splitNames(feed: GuessedFeed, columns: Columns): void {
  const { first_name: given, last_name: family } = feed.fields;
  // `Vorname, Name` and `Prénom, Nom`: beside a given name the family's stands alone.
  const beside = /^(vorname|pr[eé]nom|nombre)$/i.test(String(given?.from)) && family === undefined;
  const bare = beside ? columns.find(['name', 'nom', 'apellido']) : undefined;
  if (bare !== undefined)
    feed.fields = { first_name: given ?? {}, last_name: { from: bare }, ...feed.fields };
  const whole = columns.find(FULL_NAMES);
  if (whole === undefined || feed.fields.first_name !== undefined) return;
  feed.fields = {
    first_name: { from: whole, split: { part: 'given' } },
    last_name: { from: whole, split: { part: 'family' } },
    ...feed.fields,
  };
}

/** A moment without a day of its own gives the day too. */
function chooseMoment(feed: GuessedFeed): void {
  const { order_date: day, ordered_at: moment } = feed.fields;
  if (day === undefined && moment?.from !== undefined) {
    feed.fields = { order_date: { from: moment.from }, ...feed.fields };
  }
}

function isEnough({ entity, key, fields }: GuessedFeed, columns: Columns): boolean {
  const has = (...names: string[]) => names.some((name) => fields[name] !== undefined);
  if (entity === 'order_items')
    return (
      has('quantity') && (has('unit_price', 'subtotal') || foreignKey(columns, 'products') !== undefined)
    );
  if (key.length === 0) return false;
  if (entity === 'customers') return has('first_name', 'email', 'phone');
  if (entity === 'products') return has('product_name');
  return has('order_date', 'total_amount') || foreignKey(columns, 'customers') !== undefined;
}

/** How much a file looks like an entity: its name says more than any one column. */
export function likeness(feed: GuessedFeed, path: string): number {
  const words = COLUMN_WORDS[feed.entity] as EntityWords;
  const named = isCalledAfter(feed.entity, path) ? 4 : words.files.test(path.toLowerCase()) ? 1 : 0;
  const own = feed.key[0] !== undefined && words.key.includes(squeezed(feed.key[0])) ? 2 : 0;
  // What says when and how much was bought is no list of people, whoever stands beside it.
  const bought = feed.entity === 'orders' && feed.fields.order_date && feed.fields.total_amount ? 2 : 0;
  return Object.keys(feed.fields).length + named + own + bought;
}
