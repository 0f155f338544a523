import { mostFrequent } from '../../kernel/most-frequent.js';
import type { GuessedSource } from './guessed-source.js';
import { currencyOf, type Home, texts } from './learn-home.js';
import { rowsOf, type SampledSource } from './sampled-fields.js';

/** A currency of the project, and what a person should look at. */
export type LearntCurrency = Pick<Home, 'currency' | 'doubts'>;

const AMOUNTS = ['total_amount', 'subtotal', 'unit_price'];
const ENTITIES = ['orders', 'order_items'];

/**
 * Learns the currency of amounts beside which no column tells it: by the heads of their columns, as in `Total (KES)`,
 * else as another source has it, else by a sign beside the amounts, else that of the country. Nothing where every source
 * tells it; where no file says any, it is asked.
 */
export function learnCurrency(sampled: readonly SampledSource[], home: Home | undefined): LearntCurrency {
  const silences = sampled.filter(({ source }) => isSilent(source));
  const silent = silences.map(({ source }) => source);
  if (silent.length === 0) return { doubts: [] };
  const names = silent.map(({ name }) => name).join(', ');
  const heads = silent.map(headOf);
  const [head, other] = [...new Set(heads.filter((each) => each !== undefined))];
  if (head !== undefined && other !== undefined)
    return asked(undefined, `columns tell ${head} and ${other}: set it with each source`);
  if (head !== undefined && !heads.includes(undefined)) return { currency: head, doubts: [] };
  const told = head ?? usual(sampled);
  if (told !== undefined) return asked(told, `as other sources have it: is it that of ${names}, too?`);
  // Two signs are two currencies, of which none goes for all.
  const [sign, another] = [...new Set(silences.flatMap(signsOf))];
  if (sign !== undefined && another === undefined)
    return asked(signed(sign, home), `as amounts with ${sign} are: is it that of ${names}?`);
  // A country that was only asked for tells nothing.
  if (home === undefined || home.told === false || another !== undefined)
    return asked(
      undefined,
      `${another === undefined ? 'no file says it' : 'they have several signs'}: what are the amounts of ${names} in?`,
    );
  return asked(currencyOf(home.country), `as the country is: is it that of ${names}?`);
}

function asked(currency: string | undefined, reason: string): LearntCurrency {
  const doubts = [{ of: 'currency', guess: currency ?? null, reason }];
  return currency === undefined ? { doubts } : { currency, doubts };
}

/** Signs that stand beside the amounts of a source. */
function signsOf({ source, samples }: SampledSource): string[] {
  const amounts = source.feeds.flatMap(({ entity, fields }) =>
    AMOUNTS.flatMap((name) => {
      const from = fields[name]?.from;
      return typeof from === 'string' ? rowsOf(samples, entity).map((row) => row[from] ?? '') : [];
    }),
  );
  return amounts.flatMap((text) => text.match(SIGN) ?? []).map((sign) => (/^k/i.test(sign) ? 'KSh' : sign));
}

const SIGN = /[$€£₹₦]|(?<!\p{L})K(?:shs?|es)(?!\p{L})/iu;
const SIGNED: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₦': 'NGN',
  KSh: 'KES',
};

/** Many countries have dollars. */
function signed(sign: string, home: Home | undefined): string {
  return SIGNED[sign] ?? (home?.country === 'CA' ? 'CAD' : 'USD');
}

/** Whether a source has sales, and no column with their currency. */
function isSilent({ feeds }: GuessedSource): boolean {
  const sales = feeds.filter(({ entity }) => ENTITIES.includes(entity));
  const amounts = sales.some(({ fields }) => AMOUNTS.some((name) => fields[name] !== undefined));
  // Lines have the currency of their order.
  const elsewhere = sales.every(({ entity, fields }) => entity === 'order_items' && fields.order_id?.source);
  return amounts && !elsewhere && !sales.some(({ fields }) => fields.currency !== undefined);
}

/** The currency in the head of a column of amounts. */
function headOf({ feeds }: GuessedSource): string | undefined {
  for (const { entity, fields } of feeds)
    for (const name of ENTITIES.includes(entity) ? AMOUNTS : []) {
      const from = fields[name]?.from;
      const words = typeof from === 'string' ? (from.match(/\p{L}+/gu) ?? []) : [];
      for (const word of words) {
        if (/^k(sh|shs|es)$/i.test(word)) return 'KES';
        if (/^[A-Z]{3}$/.test(word) && CODES.has(word)) return word;
      }
    }
  return undefined;
}

/** `Total ALL` is no sum in lek. */
const WORDS = ['ALL', 'TOP', 'CUP'];
const CODES = new Set(Intl.supportedValuesOf('currency').filter((code) => !WORDS.includes(code)));

/** What most of the first orders are in. */
function usual(sampled: readonly SampledSource[]): string | undefined {
  const told = texts(sampled, 'orders', 'currency').map((text) => text.toUpperCase());
  return mostFrequent(told.filter((code) => CODES.has(code)));
}
