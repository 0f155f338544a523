/**
 * SQL text that is safe to run: every part of it was written by us, quoted, or marked `raw` on purpose.
 * The same quoting serves DuckDB and PostgreSQL.
 */
declare const checked: unique symbol;
export type Sql = string & { readonly [checked]: true };

/** A tagged template that accepts only checked parts, so an unquoted value does not compile. */
export function sql(strings: TemplateStringsArray, ...parts: (Sql | number | bigint)[]): Sql {
  let text = strings[0] ?? '';
  parts.forEach((part, i) => {
    text += String(part) + (strings[i + 1] ?? '');
  });
  return text as Sql;
}

/** Quotes an identifier; a NUL, which no identifier can hold, is refused. */
export function ident(...path: string[]): Sql {
  return path.map(quoteIdentifier).join('.') as Sql;
}

function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('an identifier cannot contain NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text value, or NULL. Backslashes are plain characters in both engines' standard strings. */
export function literal(value: string | null): Sql {
  if (value === null) return 'NULL' as Sql;
  if (value.includes('\0')) throw new RangeError('a text value cannot contain NUL');
  return `'${value.replaceAll("'", "''")}'` as Sql;
}

/** A list of quoted texts, `('a', 'b')`; an empty list matches nothing. */
export function literals(values: readonly string[]): Sql {
  return values.length === 0 ? sql`(NULL)` : sql`(${joined(values.map(literal))})`;
}

export function joined(parts: readonly Sql[], separator = ', '): Sql {
  return parts.join(separator) as Sql;
}

/** Statements without values that go to PostgreSQL in one trip: to one far away each trip takes a tenth of a second. */
export function script(statements: readonly Sql[]): Sql {
  return joined(statements, ';\n');
}

/** `(a AND b)`, or `true` where there is nothing to ask. */
export function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`true` : condition(conditions, ' AND ');
}

/** `(a OR b)`, or `false` where there is nothing to ask. */
export function any(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`false` : condition(conditions, ' OR ');
}

/** Stands in parentheses of its own: whoever puts it beside an AND need not think of them. */
function condition(parts: readonly Sql[], between: string): Sql {
  return sql`(${joined(
    parts.map((part) => sql`(${part})`),
    between,
  )})`;
}

/**
 * Text taken as SQL without quoting: for our own constants, and for the expressions that a user writes
 * into the configuration as the way out. Never for anything a source says.
 */
export function raw(text: string): Sql {
  return text as Sql;
}
