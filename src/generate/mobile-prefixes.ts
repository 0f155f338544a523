/** First three digits, after +254 or 0, of Kenyan mobile numbers; six more follow. */
export const MOBILE_PREFIXES: readonly string[] = [
  ...between(700, 729),
  ...between(730, 739),
  ...between(740, 743),
  ...between(745, 746),
  '748',
  ...between(750, 759),
  '762',
  ...between(768, 769),
  ...between(770, 779),
  ...between(780, 789),
  ...between(790, 799),
  ...between(100, 106),
  ...between(110, 115),
];

function between(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}
