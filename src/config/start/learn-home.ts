import { mostFrequent } from '../../kernel/most-frequent.js';
import { feedOf } from './guessed-source.js';
import { rowsOf, type SampledSource } from './sampled-fields.js';

/** Where a business seems to be at home. */
export interface Home {
  country: string;
  timezone: string;
  /** Of amounts where no column tells it. */
  currency?: string;
  /** False where nothing says the country. */
  told?: boolean;
  /** What a person should look at, and why. */
  doubts: { of: string; guess: string | null; reason: string }[];
}

/** Where a business is at home when no file says it. */
export const KENYA = { country: 'KE', timezone: 'Africa/Nairobi' };

interface Place {
  country: string;
  names: RegExp;
  /** Of phone numbers. */
  prefix: string;
  currency?: string;
  timezone: string;
}

const PLACES: readonly Place[] = [
  place('KE', /^(ke|ken|kenya)$/, '254', 'Africa/Nairobi', 'KES'),
  place('UG', /^(ug|uga|uganda)$/, '256', 'Africa/Kampala', 'UGX'),
  place('TZ', /^(tz|tza|tanzania)$/, '255', 'Africa/Dar_es_Salaam', 'TZS'),
  place('RW', /^(rw|rwa|rwanda)$/, '250', 'Africa/Kigali', 'RWF'),
  place('ET', /^(et|eth|ethiopia)$/, '251', 'Africa/Addis_Ababa', 'ETB'),
  place('NG', /^(ng|nga|nigeria)$/, '234', 'Africa/Lagos', 'NGN'),
  place('GH', /^(gh|gha|ghana)$/, '233', 'Africa/Accra', 'GHS'),
  place('ZA', /^(za|zaf|south africa)$/, '27', 'Africa/Johannesburg', 'ZAR'),
  place('GB', /^(gb|gbr|uk|united kingdom|great britain|england)$/, '44', 'Europe/London', 'GBP'),
  place('DE', /^(de|deu|germany|deutschland)$/, '49', 'Europe/Berlin'),
  place('FR', /^(fr|fra|france)$/, '33', 'Europe/Paris'),
  place('ES', /^(es|esp|spain|espa[nñ]a)$/, '34', 'Europe/Madrid'),
  place('IN', /^(in|ind|india)$/, '91', 'Asia/Kolkata', 'INR'),
  place('US', /^(us|usa|united states|united states of america)$/, '1', 'America/New_York', 'USD'),
  place('CA', /^(ca|can|canada)$/, '', 'America/Toronto', 'CAD'),
];

function place(country: string, names: RegExp, prefix: string, timezone: string, currency?: string): Place {
  return { country, names, prefix, timezone, ...(currency === undefined ? {} : { currency }) };
}

/** Names of columns that are words of one language; the country that speaks it is a guess. */
const LANGUAGES: readonly [words: RegExp, country: string][] = [
  [/\b(kunden?|kundennr|vorname|nachname|bestellnr|artikelnr|menge|plz)\b/i, 'DE'],
  [/(?<!\p{L})(pr[eé]nom|courriel|commande|quantité|code postal)(?!\p{L})/iu, 'FR'],
  [/(?<!\p{L})(apellidos?|pedido|cantidad|correo|código postal)(?!\p{L})/iu, 'ES'],
];

/** Zones of North America by their offset in winter, in hours. */
const AMERICA: Readonly<Record<number, string>> = {
  [-5]: 'America/New_York',
  [-6]: 'America/Chicago',
  [-7]: 'America/Denver',
  [-8]: 'America/Los_Angeles',
};

/**
 * Learns where a business is at home: by the countries of its customers, by their phone numbers, else by the currency of
 * its orders. Nothing where no file says any of that.
 */
export function learnHome(sampled: readonly SampledSource[]): Home | undefined {
  const phones = texts(sampled, 'customers', 'phone');
  const ways: [values: string[], speaks: (text: string, place: Place) => boolean, because: string][] = [
    [
      texts(sampled, 'customers', 'country'),
      (text, { names }) => names.test(text.toLowerCase()),
      'customers',
    ],
    [phones, isNumberOf, 'phone numbers'],
    [
      texts(sampled, 'orders', 'currency'),
      (text, { currency }) => text.toUpperCase() === currency,
      'amounts',
    ],
  ];
  for (const [values, speaks, because] of ways) {
    const found = PLACES.find(
      (place) => values.filter((text) => speaks(text, place)).length * 2 > values.length,
    );
    if (found === undefined) continue;
    const { country } = found;
    if (country === 'KE') return home(country, found.timezone, []);
    const zone = country === 'US' || country === 'CA' ? zoneOf(sampled) : undefined;
    const timezone = zone ?? found.timezone;
    return atHome(found, timezone, because);
  }
  const spoken = LANGUAGES.find(([words]) =>
    sampled.some(({ source }) => words.test(source.columns.join(' '))),
  );
  const abroad = PLACES.find(({ country }) => country === spoken?.[1]);
  if (abroad !== undefined) return atHome(abroad, abroad.timezone, 'the names of columns');
  if (phones.length === 0) return undefined;
  const doubt = 'nothing says it: what is the home of phone numbers without a country code?';
  return { ...home('KE', 'Africa/Nairobi', [['country', 'KE', doubt]]), told: false };
}

/** The currency of a country. */
export function currencyOf(country: string): string {
  return PLACES.find((place) => place.country === country)?.currency ?? 'EUR';
}

/** Kenyans and Americans write their numbers so that they are known without a country code. */
function isNumberOf(written: string, { country, prefix }: Place): boolean {
  const text = written.replace(/^'/, '');
  const digits = text.replace(/[\s().-]/g, '');
  if (country === 'KE' && /^0[17]\d{8}$/.test(digits)) return true;
  if (country === 'US' && /^(\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}$/.test(text)) return true;
  return prefix !== '' && digits.startsWith(`+${prefix}`);
}

function atHome({ country }: Place, timezone: string, because: string): Home {
  return home(country, timezone, [
    ['country', country, `as ${because} are: is it the home of phone numbers without a country code?`],
    ['timezone', timezone, 'whose days are meant?'],
  ]);
}

function home(
  country: string,
  timezone: string,
  doubts: [of: string, guess: string, reason: string][],
): Home {
  return { country, timezone, doubts: doubts.map(([of, guess, reason]) => ({ of, guess, reason })) };
}

/** The texts of a field in the first records, as the sources have them. */
export function texts(sampled: readonly SampledSource[], entity: string, field: string): string[] {
  return sampled.flatMap(({ source, samples }) => {
    const from = feedOf(source, entity)?.fields[field]?.from;
    if (typeof from !== 'string') return [];
    return rowsOf(samples, entity).flatMap((row) => row[from]?.trim() || []);
  });
}

/** By the offsets of times: in summer they are an hour nearer to that of Greenwich. */
function zoneOf(sampled: readonly SampledSource[]): string | undefined {
  const times = ['ordered_at', 'order_date'].flatMap((field) => texts(sampled, 'orders', field));
  const offsets = times.flatMap((text) => {
    const hours = /\d{2}:\d{2}.* ?([+-]\d{2}):?\d{2}$/.exec(text)?.[1];
    if (hours === undefined) return [];
    const month = Number(/^\d{4}-(\d{2})/.exec(text)?.[1] ?? 1);
    return [Number(hours) - (month > 3 && month < 11 ? 1 : 0)];
  });
  const usual = mostFrequent(offsets);
  return usual === undefined ? undefined : AMERICA[usual];
}
