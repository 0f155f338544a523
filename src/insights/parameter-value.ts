import type { ParameterType } from './insight.js';

export type CheckedValue = { ok: true; value: string } | { ok: false; expected: string };

/** A typed text as PostgreSQL reads it, or what it should have been. Thousands may be set apart: 1,000. */
export function checkValue(type: ParameterType, text: string): CheckedValue {
  const { expected, read } = READERS[type];
  const value = text.includes('\0') ? undefined : read(text.trim(), text);
  return value === undefined ? { ok: false, expected } : { ok: true, value };
}

interface Reader {
  expected: string;
  read(trimmed: string, whole: string): string | undefined;
}

const READERS: Record<ParameterType, Reader> = {
  text: { expected: 'a text', read: (_, whole) => whole },
  integer: { expected: 'a whole number such as 20', read: (text) => integer(withoutThousands(text)) },
  numeric: { expected: 'a number such as 99.50', read: (text) => numeric(withoutThousands(text)) },
  date: { expected: 'a day such as 2026-10-31', read: day },
  timestamp: { expected: 'a moment such as 2026-10-31 18:30', read: moment },
  boolean: { expected: 'true or false', read: truth },
};

const LARGEST = 2n ** 63n - 1n;

function integer(text: string): string | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= LARGEST && value >= -LARGEST ? String(value) : undefined;
}

function numeric(text: string): string | undefined {
  return /^-?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})$/.test(text) ? text : undefined;
}

function withoutThousands(text: string): string {
  return /^-?\d{1,3}([,_]\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(/[,_]/g, '') : text;
}

function day(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  // 2026-02-30 would become the 2nd of March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

function moment(text: string): string | undefined {
  const [, date, time = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?$/.exec(text) ?? [];
  if (date === undefined || day(date) === undefined) return undefined;
  if (time !== '' && !/^([01]\d|2[0-3]):[0-5]\d/.test(time)) return undefined;
  if (/^\d\d:\d\d:[6-9]/.test(time)) return undefined;
  return time === '' ? date : `${date} ${time}`;
}

function truth(text: string): string | undefined {
  if (/^(true|yes|on|1)$/i.test(text)) return 'true';
  return /^(false|no|off|0)$/i.test(text) ? 'false' : undefined;
}
