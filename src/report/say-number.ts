import { sayAmount as amountSaid, sayDigits } from '../kernel/say-number.js';

export { sayCount, sayInWords, sayMany, sayOne } from '../kernel/say-number.js';

/** An exact amount with the sign of print: `−1,265,793.0395`; two decimals at least, no zeros after them. */
export function sayAmount(amount: string): string {
  return amountSaid(amount, minus('-'));
}

/** A number as PostgreSQL writes it, with its thousands set apart and the decimals that it has. */
export function sayExact(number: string): string {
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(number) ?? [];
  if (whole === '') return number;
  const money = decimals.length > 2 ? decimals.replace(/0+$/, '').padEnd(2, '0') : decimals;
  return `${minus(sign)}${sayDigits(whole)}${money === '' ? '' : `.${money}`}`;
}

const STEPS: [size: number, unit: string][] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** Short, for a chart: 21431000 → `21.4 M`, 9500 → `9.5 k`, 412 → `412`. */
export function sayShort(value: number): string {
  const size = Math.abs(value);
  const sign = minus(value < 0 ? '-' : '');
  for (const [step, unit] of STEPS) {
    // What would round up to 1,000 of a unit is one of the next.
    if (size >= step * 0.9995) return `${sign}${withThree(size / step)} ${unit}`;
  }
  return `${sign}${withThree(size)}`;
}

/** A share as a percentage, never rounded to all or nothing where it is not. */
export function sayShare(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return 'under 0.1 %';
  if (percent < 100 && percent > 99.9) return 'over 99.9 %';
  return `${percent.toFixed(percent >= 10 ? 0 : 1).replace(/\.0$/, '')} %`;
}

/** The beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `order_items.subtotal` → `order items subtotal`. */
export function sayName(name: string): string {
  return name.replaceAll('_', ' ').replaceAll('.', ' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function sayList(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** The currency that stands before an amount; XXX says that none was told. */
export function sayCurrency(currency: string): string {
  return currency === 'XXX' ? '' : currency;
}

function withThree(size: number): string {
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  const text = size.toFixed(decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function minus(sign: string): string {
  return sign === '' ? '' : '−';
}
