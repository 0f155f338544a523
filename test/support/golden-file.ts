import type { AmountText } from './golden-case.js';

/** Whether read = accepted + rejected + filtered + repeated, to the last decimal. */
export function isExact({ read, accepted, rejected, filtered, repeated }: AmountText): boolean {
  const parts = [accepted, rejected, filtered, repeated].map(tenThousandths);
  return tenThousandths(read) === parts.reduce((sum, each) => sum + each, 0n);
}

function tenThousandths(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(4, '0').slice(0, 4));
  return amount.startsWith('-') ? -value : value;
}

/**
 * Without what says nothing: null, false, zero, empty lists. What an expected file leaves out is one of these; in
 * the rows of tables it is NULL, for there a zero is a value.
 */
export function briefly(value: unknown, inTables = false): unknown {
  if (Array.isArray(value)) return value.map((each) => briefly(each, inTables));
  if (typeof value !== 'object' || value === null) return value;
  const telling = Object.entries(value)
    .map(([key, each]) => [key, briefly(each, inTables || key === 'tables')] as const)
    .filter(([, each]) => !saysNothing(each) && (inTables || !isZero(each)));
  return Object.fromEntries(telling);
}

function saysNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isZero(value: unknown): boolean {
  return value === 0 || value === false || (typeof value === 'string' && /^0(\.0+)?$/.test(value));
}

/** JSON for people: one line a record. */
export function layOut(value: object): string {
  const parts = Object.entries(value).map(
    ([key, each]) => `  ${JSON.stringify(key)}: ${section(each, '  ')}`,
  );
  return `{\n${parts.join(',\n')}\n}\n`;
}

function section(value: unknown, margin: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${margin}  `;
  if (Array.isArray(value))
    return `[\n${value.map((each) => inner + onOneLine(each)).join(',\n')}\n${margin}]`;
  const parts = Object.entries(value).map(([key, each]) => {
    const text = Array.isArray(each) ? section(each, inner) : onOneLine(each);
    return `${inner}${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${parts.join(',\n')}\n${margin}}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${onOneLine(each)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
