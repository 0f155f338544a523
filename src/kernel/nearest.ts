/** The known name closest to a mistyped one, if one is close enough to suggest. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate), least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** `Did you mean "email"?`, or a list of what there is. */
export function suggestion(name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  if (close !== undefined) return `Did you mean "${close}"?`;
  if (known.length === 0) return '';
  const shown = known.slice(0, 12).join(', ');
  return `There are: ${shown}${known.length > 12 ? ', …' : ''}.`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, '');
}

/** Levenshtein distance, cut off at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}
