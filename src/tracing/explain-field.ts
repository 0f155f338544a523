import type { FieldMapping } from '../model/config.js';
import type { Entity, Equation, Field } from '../model/entity.js';
import { plainRightSide } from '../model/say-equation.js';
import type { Choice } from './choose-value.js';
import { describeMapping } from './describe-mapping.js';
import type { Hiding } from './hide-values.js';
import type { Origin, TracedField } from './trace.js';
import type { KnownRecord } from './trace-records.js';
import { sameText } from './trace-records.js';

/** The row to which a reference leads, and whether it is a placeholder. */
export type LeadsTo = { entity: string; id: number; placeholder: boolean };

/** What is known of one field of a row. */
export interface FieldFacts {
  field: Field;
  value: string | null;
  /** What the chosen record of a master says, cleaned; undefined for documents, whose record is not kept. */
  recordValue?: string | null;
  choice: Choice;
  record: KnownRecord | undefined;
  leadsTo: LeadsTo | null;
}

/** A field with where its value comes from, what was done to it, and why it and no other. */
export function explainField(entity: Entity, facts: FieldFacts, hiding: Hiding): TracedField {
  const { field, value, choice, record, leadsTo } = facts;
  const hidden = hiding.field(field);
  const mapping = record?.reading.feed?.fields[field.name];
  const { origin, why } = originOf(entity, facts, mapping);
  const names = record?.reading.columns[field.name] ?? [];
  const raw = names.map((column) => ({ column, value: record?.now?.before[column] ?? null }));
  const source = record?.reading.source;
  return {
    field: field.name,
    value: hidden ? null : value,
    hidden: hidden && value !== null,
    origin,
    record: record?.shown.number ?? choice.record,
    from: record === undefined ? [] : hiding.raw(field, record.reading, raw),
    mapping: mapping === undefined || source === undefined ? [] : describeMapping(field, mapping, source),
    why,
    lost: choice.lost.map((each) => ({ ...each, value: hidden ? null : each.value })),
    found: (record?.now?.found ?? [])
      .filter((each) => each.field === field.name)
      .map(({ severity, rule, reason }) => ({ severity, rule, reason })),
    leadsTo,
  };
}

interface Explained {
  origin: Origin;
  why: string | null;
}

function originOf(entity: Entity, facts: FieldFacts, mapping: FieldMapping | undefined): Explained {
  const { field, value, choice, record, recordValue } = facts;
  if (field.provenance !== undefined) return { origin: 'filled', why: choice.why };
  if (field.type === 'reference') return referenceOrigin(facts, mapping);
  if (choice.record === null) {
    if (value === null) return { origin: 'nothing', why: null };
    if (field.firstSeen) return { origin: 'filled', why: 'no record tells it: when it was first published' };
    return { origin: 'foreign', why: field.untold ? 'no source tells it, and it stays' : CHANGED };
  }
  if (recordValue !== undefined && !sameText(recordValue, value)) return { origin: 'foreign', why: CHANGED };
  if (mapping === undefined) return unmappedOrigin(entity, facts);
  if (mapping.constant !== undefined) return { origin: 'constant', why: choice.why };
  const byRecord = mapping.from !== undefined || mapping.sql !== undefined;
  if (value !== null && (!byRecord || record?.now?.given[field.name] === null)) {
    return { origin: 'default', why: byRecord ? 'the record gives none' : choice.why };
  }
  return { origin: value === null ? 'nothing' : 'record', why: choice.why };
}

const CHANGED = 'somebody changed it in the database, or the configuration changed: the next run settles it';

function referenceOrigin(
  { value, leadsTo, choice }: FieldFacts,
  mapping: FieldMapping | undefined,
): Explained {
  if (value === null) return { origin: 'nothing', why: null };
  if (leadsTo?.placeholder) return { origin: 'placeholder', why: 'the record names none' };
  return { origin: mapping?.constant === undefined ? 'record' : 'constant', why: choice.why };
}

/** A field that no column gives follows from an equation, or is the currency of the source. */
function unmappedOrigin(entity: Entity, { field, value, choice, record }: FieldFacts): Explained {
  if (value === null) return { origin: 'nothing', why: null };
  if (
    (entity.measures ?? []).some((measure) => measure.currency === field.name) ||
    field.name === 'currency'
  ) {
    return { origin: 'default', why: 'the currency of the amounts, or of the source' };
  }
  const equation = (entity.equations ?? []).find((each) => each.field === field.name);
  if (equation !== undefined) return { origin: 'computed', why: readable(equation) };
  return { origin: record?.reading.feed === undefined ? 'record' : 'foreign', why: choice.why };
}

/** An equation with the signs of arithmetic. */
function readable(equation: Equation): string {
  return plainRightSide(equation, 'sum of').replaceAll(' * ', ' × ').replaceAll(' - ', ' − ');
}
