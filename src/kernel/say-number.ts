const WORDS = 'no,one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve'.split(',');

/** 2155 → `2,155`. */
export function sayCount(count: number): string {
  return sayDigits(String(count));
}

/** `1 record`, `2,155 records`. */
export function sayMany(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`;
}

/** `six sources`; digits above twelve. */
export function sayInWords(count: number, one: string, many = `${one}s`): string {
  return `${WORDS[count] ?? sayCount(count)} ${count === 1 ? one : many}`;
}

/** One row of a table, in words: `order_items` → `order item`, `branches` → `branch`, `deliveries` → `delivery`. */
export function sayOne(table: string): string {
  const one = table
    .replace(/([^aeiou])ies$/, '$1y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
  return one.replaceAll('_', ' ');
}

/** An exact amount: `1265793.0395` → `1,265,793.0395`; two decimals at least, no zeros after them. */
export function sayAmount(amount: string, minus = '-'): string {
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount) ?? [];
  if (whole === '') return amount;
  return `${sign && minus}${sayDigits(whole)}.${decimals.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** Digits with their thousands set apart. */
export function sayDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
