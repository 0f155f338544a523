/**
 * A number of a cell as plain decimal text. Excel keeps doubles and shows 15 digits of them, so a fraction that was
 * written with more (`1234.5600000000001`) is the one with 15; whole numbers stay as they are written.
 * Undefined where it is no number.
 */
export function numberText(written: string): string | undefined {
  const parts = /^([+-]?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(written);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts;
  if (whole === '' && fraction === '' && !/\d/.test(written)) return undefined;
  let digits = whole + fraction;
  let point = whole.length + Number(power);
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  digits = digits.slice(zeros).replace(/0+$/, '');
  point -= zeros;
  if (digits === '') return '0';
  if (digits.length > 15 && point < digits.length) {
    [digits, point] = rounded(digits, point);
  }
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return sign === '-' ? `-${text}` : text;
}

function rounded(digits: string, point: number): [digits: string, point: number] {
  const up = digits.charCodeAt(15) >= 53 ? 1n : 0n;
  const kept = String(BigInt(digits.slice(0, 15)) + up);
  return [kept.replace(/0+$/, ''), point + kept.length - 15];
}
