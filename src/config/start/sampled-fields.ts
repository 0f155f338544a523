import type { FieldMapping } from '../../model/config.js';
import { type Entity, type Field, fieldOf } from '../../model/entity.js';
import type { GuessedFeed } from './guess-feed.js';
import type { GuessedSource } from './guessed-source.js';

/** A record as the source has it. */
export type Row = Readonly<Record<string, string | null>>;

/** The first records of a source that become one entity, as the source has them. */
export interface Sample {
  entity: string;
  rows: readonly { key: string | null; before: Row; verdict?: string }[];
}

/** A source with its first records. */
export interface SampledSource {
  source: GuessedSource;
  samples: readonly Sample[];
  /** Records of its end and of its other files, for what a few values may prove: the order of day and month. */
  further?: readonly Sample[];
}

/** A field, and what stands in its column. */
export interface SampledField {
  source: GuessedSource;
  feed: GuessedFeed;
  name: string;
  type: Field['type'];
  mapping: FieldMapping;
  values: string[];
}

/** Every guessed field of a source, with the first texts of its column. */
export function sampledFields(sampled: SampledSource, entities: readonly Entity[]): SampledField[] {
  return sampled.source.feeds.flatMap((feed) => fieldsOf(sampled, feed, entities));
}

function fieldsOf(
  { source, samples, further = [] }: SampledSource,
  feed: GuessedFeed,
  entities: readonly Entity[],
): SampledField[] {
  const sample = samples.find((each) => each.entity === feed.entity);
  const entity = entities.find((each) => each.name === feed.entity);
  if (sample === undefined || entity === undefined) return [];
  return Object.entries(feed.fields).flatMap(([name, mapping]) => {
    const type = fieldOf(entity, name)?.type;
    if (type === undefined) return [];
    const beyond = further.filter((each) => each.entity === feed.entity && isDay(type));
    const values = [sample, ...beyond].flatMap((each) => textsOf(feed, each, name));
    return [{ source, feed, name, type, mapping, values }];
  });
}

/** Whether values of a type tell of days. */
export function isDay(type: Field['type']): boolean {
  return type === 'date' || type === 'timestamp';
}

/** What stands in the column of a field, where it is one column. */
export function textsOf(feed: GuessedFeed, sample: Sample, field: string): string[] {
  const from = feed.fields[field]?.from;
  if (typeof from !== 'string') return [];
  return sample.rows.flatMap((row) => row.before[from]?.trim() || []);
}

/** The first records that become one entity, as the source has them. */
export function rowsOf(samples: readonly Sample[], entity: string): Row[] {
  return samples.flatMap((sample) =>
    sample.entity === entity ? sample.rows.map(({ before }) => before) : [],
  );
}

/** The amount that a text seems to be, `(1.00)` and `1.00-` below zero; nothing where there is none. */
export function amountIn(text: string | null | undefined, decimal: string = '.'): number | undefined {
  const digits = (text ?? '').replace(decimal === ',' ? /[^\d,]/g : /[^\d.]/g, '').replace(',', '.');
  if (digits === '') return undefined;
  const value = Number(digits.replace(/^\.+|\.+$/g, ''));
  return /^[^\d]*[-−(]|-\s*$/.test(text ?? '') ? -value : value;
}

/** -1 for discounts that a source writes with a minus, as in `-$5.00`, else 1; returns turn some of them. */
export function signOf(field: string, { from }: FieldMapping, rows: readonly Row[]): 1 | -1 {
  if (field !== 'discount_amount' || typeof from !== 'string') return 1;
  const values = rows.map((row) => amountIn(row[from]) ?? 0);
  const below = values.filter((value) => value < 0).length;
  return below > values.filter((value) => value > 0).length ? -1 : 1;
}
