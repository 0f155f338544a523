/**
 * As spreadsheets and programs write a long number, as a regular expression of both engines: with its sign and two
 * digits at least. 1E5 is a code like any other.
 */
export const ROUNDED_NUMBER = String.raw`\d(?:[.,]\d+)?[eE]\+\d{2,3}`;

/** Whether a text is a number of which digits are missing: 1.234567890123456E+15 has all of them. */
export function isRoundedNumber(text: string): boolean {
  if (!new RegExp(`^${ROUNDED_NUMBER}$`).test(text)) return false;
  const [digits, exponent] = text.split(/e\+/i) as [string, string];
  return digits.length - 2 < Number(exponent);
}
