import type { Entity } from './entity.js';
import { recordsTable } from './tables.js';

/** A place in which values of personal fields rest. */
export interface PersonalPlace {
  place: string;
  holds: string;
  until: string;
}

/** Every table and file in which personal data rests; a test fails on one that is not listed. */
export function personalPlaces(
  schema: string,
  bookkeeping: string,
  entities: readonly Entity[],
): PersonalPlace[] {
  const speaking = entities.filter((entity) => entity.fields.some((field) => field.personal));
  return [
    ...speaking.map((entity) => ({
      place: `${schema}.${entity.name}`,
      holds: 'the golden rows',
      until: 'the row is deleted',
    })),
    ...speaking
      .filter((entity) => entity.kind === 'master')
      .map((entity) => ({
        place: `${bookkeeping}.${recordsTable(entity.name)}`,
        holds: 'the source records in force',
        until: 'the record is replaced or vanishes',
      })),
    { place: `${schema}.sales`, holds: 'a view: city and region of the customer', until: 'see customers' },
    {
      place: `${bookkeeping}.links`,
      holds: 'keys of source records, which may be e-mail addresses',
      until: 'never: ids are stable',
    },
    ...entities
      .filter((entity) => entity.kind === 'document')
      .map((entity) => ({
        place: `${schema}.${entity.name}`,
        holds: 'source_key, and whatever a source writes into a mapped field',
        until: 'the row is deleted',
      })),
    {
      place: `${bookkeeping}.kept_rejects`,
      holds: 'raw records, keys and refused values',
      until: '20 runs after the last that tells it',
    },
    {
      place: `${bookkeeping}.kept_findings`,
      holds: 'keys and blanked values',
      until: '20 runs after the last that tells it',
    },
    {
      place: '.pamoja/work',
      holds: 'DuckDB spill files',
      until: 'the run ends; after a crash, the next run',
    },
    {
      place: '.pamoja/snapshot',
      holds: 'hashes of records, keys and identifiers, and ids; no texts',
      until: 'the next run replaces what changed',
    },
    {
      place: 'report.html and report.md, or where --out says',
      holds: 'with --names: names, contacts and refused values; without, only ids of customers',
      until: 'it is deleted',
    },
    { place: '.pamoja/postgres', holds: 'the embedded database', until: 'it is deleted' },
  ];
}
