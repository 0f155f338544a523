/** A text of so many letters at most, its middle left out where it is a path: the end of a path says most. */
export function shorten(text: string, letters: number): string {
  const whole = [...text];
  if (whole.length <= letters) return text;
  if (!text.includes('/'))
    return `${whole
      .slice(0, letters - 1)
      .join('')
      .trimEnd()}…`;
  const head = Math.floor((letters - 1) / 3);
  return `${whole.slice(0, head).join('')}…${whole.slice(whole.length - (letters - 1 - head)).join('')}`;
}
