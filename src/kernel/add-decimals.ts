/** The exact sum of decimals that are written out, as `-12.5000`; with the longest of their fractions. */
export function addDecimals(...decimals: readonly string[]): string {
  const scale = Math.max(0, ...decimals.map((decimal) => fractionOf(decimal).length));
  const sum = decimals.reduce((total, decimal) => total + unscaled(decimal, scale), 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${sum < 0n ? '-' : ''}${whole}${fraction}`;
}

/** The same decimal with the other sign. */
export function negated(decimal: string): string {
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`;
}

/** Whether two decimals are the same number, however many zeros they end with. */
export function equalDecimals(a: string, b: string): boolean {
  const scale = Math.max(fractionOf(a).length, fractionOf(b).length);
  return unscaled(a, scale) === unscaled(b, scale);
}

function fractionOf(decimal: string): string {
  return decimal.split('.')[1] ?? '';
}

function unscaled(decimal: string, scale: number): bigint {
  const [whole = '0'] = decimal.split('.');
  return BigInt(whole + fractionOf(decimal).padEnd(scale, '0'));
}
