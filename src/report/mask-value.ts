import type { FieldType } from '../model/entity.js';

/** What is known of the field that a value was meant for. */
export interface MaskedField {
  type: FieldType;
  personal: boolean;
}

const MEASURED: readonly FieldType[] = ['integer', 'decimal', 'money', 'date', 'timestamp', 'boolean'];
const LONGEST = 48;

/**
 * A refused value with its people taken out, and its fault still to be seen: `07** *** 678` → `99** *** 999`. Of
 * amounts and dates the digits stay, and short words such as KES; but never as many digits as a phone number has, for
 * a shifted column brings anything anywhere.
 */
export function maskValue(value: string, field: MaskedField | null): string {
  const text = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  const measured = field !== null && !field.personal && MEASURED.includes(field.type);
  const digits = (value.match(/\p{Nd}/gu) ?? []).length;
  const dated = field?.type === 'date' || field?.type === 'timestamp';
  const clear = measured && (digits <= 8 || (dated && DATED.test(value.trim())));
  const hidden = text.replace(/\p{L}[\p{L}\p{M}]*/gu, (word) =>
    clear && word.length <= 3 ? word : word.replace(/\p{M}/gu, '').replace(/\p{L}/gu, shapeOf),
  );
  return clear ? hidden : hidden.replace(/\p{Nd}/gu, '9');
}

const DATED =
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

function shapeOf(letter: string): string {
  return letter === letter.toLowerCase() ? 'x' : 'X';
}
