import { any, ident, literal, type Sql, sql } from '../../kernel/sql.js';
import { type ParquetType, typeAt } from './parquet-type.js';

/** A value of a column: the SQL that finds it, its type, and whether its numbers are written with a comma. */
export interface Value {
  value: Sql;
  type: ParquetType;
  commas: boolean;
}

/** The value at a path in a column or struct; NULL where something on the way is. */
export function valueAt(root: Sql | undefined, path: readonly string[]): Sql {
  const [first, ...rest] = path;
  if (first === undefined) return root ?? sql`NULL`;
  const start = root === undefined ? ident(first) : sql`struct_extract(${root}, ${literal(first)})`;
  return rest.reduce<Sql>((around, name) => sql`struct_extract(${around}, ${literal(name)})`, start);
}

/** A value as text, without loss: objects and lists as JSON, everything else as DuckDB writes it. */
export function textOf({ value, type, commas }: Value): Sql {
  if (isBytes(type)) return decoded(value);
  if (type.kind !== 'plain' || type.name.startsWith('MAP(')) return sql`to_json(${value})::VARCHAR`;
  const text = sql`${value}::VARCHAR`;
  return commas && /^(?:DECIMAL|DOUBLE|FLOAT)/.test(type.name) ? sql`replace(${text}, '.', ',')` : text;
}

/** Old writers do not say that their bytes are a text. */
function isBytes(type: ParquetType): boolean {
  return type.kind === 'plain' && type.name === 'BLOB';
}

function decoded(bytes: Sql): Sql {
  return sql`TRY(decode(${bytes}))`;
}

/** Why a record is torn, as the end of a sentence that begins with it. */
export const FLAWS = {
  nul: 'holds the character NUL, which a database cannot store',
  bytes: 'holds bytes that are no text in UTF-8',
  structure: 'is not an object',
} as const;

/** Which flaw the values of a record have, so that it is torn; NULL where none has one. */
export function flawOf(values: readonly Value[]): Sql {
  const bytes = values.filter(({ type }) => isBytes(type)).map(({ value }) => value);
  const texts = values.filter(({ type }) => type.kind === 'plain' && type.name === 'VARCHAR');
  const nul = [...texts.map(({ value }) => value), ...bytes.map(decoded)].map(
    (text) => sql`coalesce(contains(${text}, chr(0)), false)`,
  );
  const noText = bytes.map((value) => sql`(${value} IS NOT NULL AND ${decoded(value)} IS NULL)`);
  return sql`CASE WHEN ${any(nul)} THEN 'nul' WHEN ${any(noText)} THEN 'bytes' END`;
}

/** The paths of the columns of a file: `address.city`, `details[]` for a list, `details[].sku` for what is in it. */
export function columnPaths(type: ParquetType, write: (path: string[]) => string): string[] {
  const visit = (here: ParquetType, path: string[], prefix: string): string[] => {
    if (here.kind === 'struct') {
      return [...here.members].flatMap(([name, member]) => visit(member, [...path, name], prefix));
    }
    const name = prefix + write(path);
    if (here.kind === 'plain') return [name];
    const inner = here.element.kind === 'struct' ? visit(here.element, [], `${name}[].`) : [];
    return [`${name}[]`, ...inner];
  };
  return visit(type, [], '');
}

/** The list at a path, if there is one. */
export function listAt(
  type: ParquetType,
  path: readonly string[],
): (ParquetType & { kind: 'list' }) | undefined {
  const found = typeAt(type, path);
  return found?.kind === 'list' ? found : undefined;
}
