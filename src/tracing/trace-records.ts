import type { Entity } from '../model/entity.js';
import type { Hiding } from './hide-values.js';
import type { Member } from './read-members.js';
import type { ReadRecord, SourceReading } from './source-reading.js';
import type { Place, RecordState, TracedRecord } from './trace.js';

/** A record of a row, with what its source says of it now. */
export interface KnownRecord {
  shown: TracedRecord;
  reading: SourceReading;
  /** What its source says now, if anything was found under its key. */
  now: ReadRecord | undefined;
}

/** The records of a master, each found in its source by its key and its content. */
export function masterRecords(
  members: readonly Member[],
  readings: readonly SourceReading[],
  hiding: Hiding,
): KnownRecord[] {
  return members.flatMap((member) => {
    const reading = readings.find((each) => each.name === member.source);
    if (reading === undefined) return [];
    const under = reading.records.filter((record) => record.key === member.key);
    const same = under.filter((record) => record.hash === member.hash && record.stands);
    const found = same.length > 0 ? same : under;
    const state = stateOf(reading, under, same.length > 0);
    return [knownRecord({ ...member, state }, reading, found, hiding)];
  });
}

/** The record of a document: the one under its key, held against what the row says. */
export function documentRecords(
  entity: Entity,
  values: Record<string, string | null>,
  key: string,
  reading: SourceReading,
  hiding: Hiding,
): KnownRecord[] {
  const under = reading.records.filter((record) => record.key === key);
  const standing = under.filter((record) => record.stands);
  const same = standing.filter((record) => saysTheSame(entity, values, record));
  const found = [same, standing, under].find((each) => each.length > 0) ?? [];
  const state = stateOf(reading, under, same.length > 0);
  const plain = { number: 1, source: reading.name, key, variant: 0, updatedAt: null, vanished: false };
  return [knownRecord({ ...plain, state }, reading, found, hiding)];
}

/** References stand as ids in the row, and a sum may have been mended or left empty by its equation. */
function saysTheSame(entity: Entity, values: Record<string, string | null>, record: ReadRecord): boolean {
  const changing = (entity.equations ?? []).filter(
    ({ severity }) => severity === 'fix' || severity === 'blank',
  );
  const mended = changing.map((each) => each.field);
  return entity.fields.every(({ name, type, provenance }) => {
    if (type === 'reference' || provenance !== undefined || mended.includes(name)) return true;
    return record.after[name] === undefined || sameText(record.after[name], values[name] ?? null);
  });
}

/** The two engines may write trailing zeros of a second otherwise. */
export function sameText(a: string | null, b: string | null): boolean {
  const plain = (text: string | null) => text?.replace(/(:\d\d)\.0+$|(:\d\d\.\d*?[1-9])0+$/, '$1$2');
  return plain(a) === plain(b);
}

function stateOf(reading: SourceReading, under: readonly ReadRecord[], same: boolean): RecordState {
  if (!reading.read) return 'not read';
  if (same) return 'as published';
  return under.length > 0 ? 'changed' : 'gone';
}

type Known = Pick<TracedRecord, 'number' | 'source' | 'variant' | 'updatedAt' | 'vanished' | 'state'> & {
  key: string;
};

function knownRecord(
  known: Known,
  reading: SourceReading,
  found: readonly ReadRecord[],
  hiding: Hiding,
): KnownRecord {
  const [now, ...others] = found;
  const { number, source, variant, updatedAt, vanished, state } = known;
  return {
    shown: {
      number,
      source,
      key: hiding.key(known.key, reading),
      variant,
      updatedAt,
      vanished,
      state,
      place: now?.place ?? null,
      repeated: others.map((record) => record.place),
      notes: notesFor(reading, now?.place, state),
    },
    reading,
    now,
  };
}

/** Of a record that was found its own file matters, of another all. */
function notesFor({ notes }: SourceReading, place: Place | undefined, state: RecordState): string[] {
  const whole = notes[''] === undefined ? [] : [notes['']];
  if (place !== undefined)
    return [...whole, ...(notes[place.file] === undefined ? [] : [notes[place.file] as string])];
  if (state === 'as published') return whole;
  return [...whole, ...Object.entries(notes).flatMap(([file, note]) => (file === '' ? [] : [note]))].slice(
    0,
    5,
  );
}
