const WORDS = [
  'No',
  'One',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
  'Eleven',
  'Twelve',
];

/** 2155 → `2,155`. */
export function sayCount(count: number): string {
  return sayDigits(String(count));
}

/** `1 record`, `2,155 records`. */
export function sayMany(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`;
}

/** The beginning of a sentence: `Four sources`; digits above twelve. */
export function sayInWords(count: number, one: string, many = `${one}s`): string {
  return `${WORDS[count] ?? sayCount(count)} ${count === 1 ? one : many}`;
}

/** An exact amount as it is: `1265793.0395` → `1,265,793.0395`; two decimals at least, no zeros after them. */
export function sayAmount(amount: string): string {
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount) ?? [];
  if (whole === '') return amount;
  const shown = decimals.replace(/0+$/, '').padEnd(2, '0');
  return `${sign}${sayDigits(whole)}.${shown}`;
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

function sayDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
