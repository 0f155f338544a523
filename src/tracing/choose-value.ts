import type { Field } from '../model/entity.js';
import type { Members } from './read-members.js';

export interface Choice {
  /** Number of the record whose value was taken. */
  record: number | null;
  why: string | null;
  lost: { record: number; value: string | null }[];
}

/** Which record gives a field of a master, why that one, and what the others said. */
export function chooseValue(field: Field, { members, winners, count }: Members): Choice {
  const [first] = members;
  if (first === undefined) return { record: null, why: null, lost: [] };
  if (field.provenance !== undefined) {
    return {
      record: first.number,
      why: members.length > 1 ? 'of the record that is believed first' : null,
      lost: [],
    };
  }
  const record = winners[field.name] ?? null;
  const chosen = members.find((member) => member.number === record);
  if (record === null || chosen === undefined) return { record, why: null, lost: [] };
  const said = (member: Members['members'][number]) => member.values[field.name] ?? null;
  const giving = members.filter((member) => said(member) !== null);
  const others = giving.filter((member) => said(member) !== said(chosen));
  const lost = others.map((member) => ({ record: member.number, value: said(member) }));
  const why = (text: string | null) => ({ record, why: text, lost });
  if (members.length === 1) return why(null);
  if (giving.length === 1 && count === members.length) return why('no other record gives one');
  if (others.length === 0) return why(giving.length === 2 ? 'both say so' : 'all say so');
  if (field.firstSeen) return why('the earliest');
  // Amounts and their currency go together, whoever else is believed before.
  if (others.some((member) => isBefore(member, chosen)))
    return why(
      field.type === 'money' ? 'the first in the currency of the row' : 'of the first that gives an amount',
    );
  if (others.every((member) => member.priority > chosen.priority))
    return why(`${chosen.source} is believed first`);
  const rivals = others.filter((member) => member.priority === chosen.priority);
  if (rivals.every((member) => (member.updatedAt ?? '') < (chosen.updatedAt ?? '')))
    return why('changed last');
  const equals = rivals.filter((member) => member.updatedAt === chosen.updatedAt);
  const frequency = (value: string | null) => giving.filter((member) => said(member) === value).length;
  if (equals.every((member) => frequency(said(member)) < frequency(said(chosen)))) return why('most say so');
  return why('first by source and key');
}

function isBefore(one: Members['members'][number], other: Members['members'][number]): boolean {
  return (
    one.priority < other.priority ||
    (one.priority === other.priority && (one.updatedAt ?? '') > (other.updatedAt ?? ''))
  );
}
