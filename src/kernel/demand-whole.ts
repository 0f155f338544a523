/** Throws a RangeError that names the number where it is no whole one from 0 on. */
export function demandWhole(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [word, value] of Object.entries(numbers))
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0))
      throw new RangeError(`${word} must be a whole number, not ${value}`);
}
