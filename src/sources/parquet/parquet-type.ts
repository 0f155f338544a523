/** The type of a Parquet column, as far as paths lead into it. */
export type ParquetType =
  | { kind: 'plain'; name: string }
  | { kind: 'struct'; members: Map<string, ParquetType> }
  | { kind: 'list'; element: ParquetType };

/** Reads a type as DuckDB describes it: `STRUCT("a b" INTEGER, c VARCHAR[])[]`. */
export function parseType(text: string): ParquetType {
  const list = /^(.*)\[\d*\]$/s.exec(text);
  if (list !== null) return { kind: 'list', element: parseType(list[1]!) };
  const struct = /^STRUCT\((.*)\)$/s.exec(text);
  if (struct === null) return { kind: 'plain', name: text };
  const members = splitMembers(struct[1]!).map((member): [string, ParquetType] => {
    const quoted = /^"((?:[^"]|"")*)" (.*)$/s.exec(member);
    if (quoted !== null) return [quoted[1]!.replaceAll('""', '"'), parseType(quoted[2]!)];
    const blank = member.indexOf(' ');
    return [member.slice(0, blank), parseType(member.slice(blank + 1))];
  });
  return { kind: 'struct', members: new Map(members) };
}

/** Parts between commas that stand neither in brackets nor in quotes. */
function splitMembers(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '"' || char === "'") {
      const end = text.indexOf(char, i + 1);
      i = end < 0 ? text.length : end;
    } else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

/** The type at a path within a type. */
export function typeAt(type: ParquetType | undefined, path: readonly string[]): ParquetType | undefined {
  return path.reduce<ParquetType | undefined>(
    (around, name) => (around?.kind === 'struct' ? around.members.get(name) : undefined),
    type,
  );
}
