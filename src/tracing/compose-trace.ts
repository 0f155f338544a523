import type { Entity } from '../model/entity.js';
import { type Choice, chooseValue } from './choose-value.js';
import { explainField, type LeadsTo } from './explain-field.js';
import type { Found } from './find-row.js';
import type { Hiding } from './hide-values.js';
import type { Members } from './read-members.js';
import { shareIdentifiers } from './share-identifiers.js';
import type { SourceReading } from './source-reading.js';
import type { TracedBelow, TracedEnd, TracedField, TracedRow } from './trace.js';
import { documentRecords, type KnownRecord, masterRecords } from './trace-records.js';

type FoundRow = Extract<Found, { kind: 'row' }>;

/** All that was found out about a row. */
export interface RowFacts {
  found: FoundRow;
  members: Members;
  below: TracedBelow[];
  leads: ReadonlyMap<string, LeadsTo>;
  readings: readonly SourceReading[];
}

type Own<T> = Omit<T, 'entity' | 'database' | 'runId'>;

/** Puts together where each field of a row comes from. */
export function composeRow(entity: Entity, facts: RowFacts, hiding: Hiding): Own<TracedRow> {
  const { found, members, below } = facts;
  const records = recordsOf(entity, facts, hiding);
  const placeholder = found.links.find((link) => link.placeholder)?.source ?? null;
  const ours = placeholder !== null || found.links.length > 0 || records.length > 0;
  return {
    outcome: 'row',
    id: found.id,
    placeholder,
    ours,
    fields: entity.fields.map((field) => {
      if (!ours || placeholder !== null)
        return bareField(entity, field.name, facts, hiding, placeholder !== null);
      if (records.length === 0)
        return keptField(entity, field.name, facts, hiding, 'kept from a record that is no longer in force');
      if (found.refused !== undefined)
        return keptField(
          entity,
          field.name,
          facts,
          hiding,
          'kept from before: the latest run refused its record',
        );
      const value = found.values[field.name] ?? null;
      const choice: Choice =
        entity.kind === 'master' ? chooseValue(field, members) : { record: 1, why: null, lost: [] };
      const record =
        choice.record === null
          ? records.find((each) => tried(each, field.name))
          : records.find(({ shown }) => shown.number === choice.record);
      const member = members.members.find((each) => each.number === choice.record);
      const leadsTo = facts.leads.get(field.name) ?? null;
      const recordValue = member === undefined ? {} : { recordValue: member.values[field.name] ?? null };
      return explainField(entity, { field, value, ...recordValue, choice, record, leadsTo }, hiding);
    }),
    records: records.map(({ shown }) => shown),
    recordCount: Math.max(members.count, records.length),
    sameBecause: shareIdentifiers(entity, members.members, (name) =>
      entity.fields.some((field) => field.name === name && hiding.field(field)),
    ),
    below,
  };
}

function recordsOf(entity: Entity, { found, members, readings }: RowFacts, hiding: Hiding): KnownRecord[] {
  if (entity.kind === 'master') return masterRecords(members.members, readings, hiding);
  const { source_system: source = null, source_key: key = null } = found.values;
  const reading = readings.find((each) => each.name === source);
  if (key === null || reading === undefined) return [];
  const records = documentRecords(entity, found.values, key, reading, hiding);
  const { refused } = found;
  if (refused === undefined) return records;
  const { file, line, rule, reason } = refused;
  const note = `refused by the latest run, ${file}${line === null ? '' : `:${line}`}: ${rule}: ${reason}`;
  return records.map((each) => ({ ...each, shown: { ...each.shown, notes: [note, ...each.shown.notes] } }));
}

/** A field that is empty because what a record said was blanked, or means nothing, tells of that record. */
function tried({ now, reading }: KnownRecord, field: string): boolean {
  const said = (reading.columns[field] ?? []).some((column) => (now?.before[column] ?? '').trim() !== '');
  return said || (now?.found ?? []).some((each) => each.field === field);
}

/** A field of a row that no record stands behind: a placeholder, or a row that was there before. */
function bareField(
  entity: Entity,
  name: string,
  { found, leads }: RowFacts,
  hiding: Hiding,
  placeholder: boolean,
): TracedField {
  const field = entity.fields.find((each) => each.name === name);
  const value = found.values[name] ?? null;
  // What a placeholder is called is nobody's name.
  const hidden = !placeholder && field !== undefined && hiding.field(field);
  const filled = field?.provenance !== undefined || field?.firstSeen === true;
  const given = placeholder ? (filled ? 'filled' : 'placeholder') : 'foreign';
  return {
    field: name,
    value: hidden ? null : value,
    hidden: hidden && value !== null,
    origin: value === null ? 'nothing' : given,
    record: null,
    from: [],
    mapping: [],
    why: null,
    lost: [],
    found: [],
    leadsTo: leads.get(name) ?? null,
  };
}

/** A field of a row that stays as it was, though no record says so any more. */
function keptField(entity: Entity, name: string, facts: RowFacts, hiding: Hiding, why: string): TracedField {
  const field = bareField(entity, name, facts, hiding, false);
  return field.origin === 'nothing' ? field : { ...field, origin: 'filled', why };
}

/** Tells of a row that is no longer there. */
export function composeEnd(found: Extract<Found, { kind: 'deleted' }>, hiding: Hiding): Own<TracedEnd> {
  return {
    outcome: 'deleted',
    id: found.id,
    byPamoja: found.links.every((link) => link.deleted),
    records: found.links.map(({ source, key, runId, endedAt }) => ({
      source,
      key: hiding.key(key, undefined),
      runId,
      endedAt,
    })),
  };
}
