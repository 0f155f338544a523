import type { AmountText } from './golden-case.js';

const WIDTH = 160;

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

/** JSON for people: whatever fits a line stands on one. */
export function layOut(value: unknown): string {
  return `${laidOut(value, '')}\n`;
}

function laidOut(value: unknown, margin: string): string {
  const line = onOneLine(value);
  if (typeof value !== 'object' || value === null || (margin !== '' && line.length + margin.length <= WIDTH))
    return line;
  const inner = `${margin}  `;
  const parts = Array.isArray(value)
    ? value.map((each) => inner + laidOut(each, inner))
    : given(value).map(([key, each]) => `${inner}${JSON.stringify(key)}: ${laidOut(each, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.join(',\n')}\n${margin}${close}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = given(value).map(([key, each]) => `${JSON.stringify(key)}: ${onOneLine(each)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function given(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => each !== undefined);
}
