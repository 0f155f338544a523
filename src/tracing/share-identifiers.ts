import type { Entity } from '../model/entity.js';
import type { Member } from './read-members.js';
import type { SharedIdentifier } from './trace.js';

/**
 * Why records of a master are one row: what identifies them and stands on several, compared as matching compares it,
 * and keys that say several things. `hides` tells whether a field is hidden.
 */
export function shareIdentifiers(
  entity: Entity,
  members: readonly Member[],
  hides: (field: string) => boolean,
): SharedIdentifier[] {
  const shared = (entity.identifiers ?? []).flatMap(({ field }) =>
    groups(members, (member) => alike(member.values[field])).map(({ records, first }) => ({
      field,
      value: hides(field) ? null : (first.values[field] ?? null),
      hidden: hides(field),
      records,
    })),
  );
  const sameKey = groups(members, (member) => JSON.stringify([member.source, member.key])).map(
    ({ records }) => ({
      field: null,
      value: null,
      hidden: false,
      records,
    }),
  );
  return [...shared, ...sameKey];
}

function alike(value: string | null | undefined): string {
  return (value ?? '').replaceAll(' ', '').toUpperCase();
}

function groups(
  members: readonly Member[],
  by: (member: Member) => string,
): { records: number[]; first: Member }[] {
  const found = new Map<string, Member[]>();
  for (const member of members) {
    const value = by(member);
    if (value !== '') found.set(value, [...(found.get(value) ?? []), member]);
  }
  return [...found.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined || group.length < 2
      ? []
      : [{ records: group.map(({ number }) => number), first }];
  });
}
