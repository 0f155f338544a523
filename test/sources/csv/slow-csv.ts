/** A record as the slow reader sees it; `fields` is undefined for a torn one. */
export interface SlowRecord {
  fields: (string | null)[] | undefined;
  line: number;
  /** Physical lines it covers. */
  lines: number;
}

/**
 * A second opinion on CSV: slow, with regular expressions, for comma and double quote only. Gives undefined where a
 * quote is never closed. The header is a record like any other.
 */
export function slowRecords(text: string, expected: number): SlowRecord[] | undefined {
  const records: SlowRecord[] = [];
  let at = 0;
  let line = 1;
  let afterBroken = false;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    at = pattern.lastIndex;
    return found[0];
  };
  while (at < text.length) {
    if (match(/\r\n|\r|\n/y) !== undefined) {
      line += 1;
      continue;
    }
    const start = at;
    const fields: (string | null)[] = [];
    let broken = false;
    let stray = false;
    for (;;) {
      if (/ ?"/y.test(text.slice(at, at + 2)) && match(/ ?"/y) !== undefined) {
        const quoted = match(/(?:[^"]|"")*"(?!")/y);
        if (quoted === undefined) return undefined;
        fields.push(quoted.slice(0, -1).replaceAll('""', '"'));
        match(/ */y);
        const rest = match(/[^,\r\n][^\r\n]*/y);
        if (rest !== undefined) broken = true;
      } else {
        const plain = match(/[^,\r\n]*/y) ?? '';
        if (plain.includes('"')) stray = true;
        fields.push(plain === '' ? null : plain);
      }
      if (broken || match(/,/y) === undefined) break;
    }
    const whole = text.slice(start, at);
    const lines = whole.split(/\r\n|\r|\n/).length;
    if (broken) stray = true;
    afterBroken = broken || (afterBroken && stray);
    const good = !afterBroken && !whole.includes('\0') && fields.length === expected;
    records.push({ fields: good ? fields : undefined, line, lines });
    line += lines;
    match(/\r\n|\r|\n/y);
  }
  return records;
}
