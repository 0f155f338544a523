import { sayInWords as inWords } from '../../kernel/say-number.js';

export { sayAmount, sayCount, sayMany, sayOne } from '../../kernel/say-number.js';

/** The beginning of a sentence: `Four sources`; digits above twelve. */
export function sayInWords(count: number, one: string, many = `${one}s`): string {
  const said = inWords(count, one, many);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

export function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = -1;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

export function saySeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `order_items` → `order items`. */
export function sayName(name: string): string {
  return name.replaceAll('_', ' ');
}
