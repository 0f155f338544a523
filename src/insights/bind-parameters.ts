import { PamojaError } from '../kernel/errors.js';
import { suggestion } from '../kernel/nearest.js';
import { ident, literal, raw, type Sql } from '../kernel/sql.js';
import type { Insight, ParameterType } from './insight.js';
import { checkValue } from './parameter-value.js';
import { isWordCharacter, scanSql } from './scan-sql.js';

/** A value as a program gives it; NULL says "not told". */
export type ParameterValue = string | number | bigint | boolean | null;

export interface BoundInsight {
  /** One statement, its parameters as `$1::numeric`. */
  sql: Sql;
  values: (string | null)[];
  /** Every parameter with the value it has here. */
  parameters: Record<string, string | null>;
}

/** What of the project an insight can name: the schemas `{schema}` and `{bookkeeping}`, and `{timezone}`. */
export interface InsightProject {
  schema: string;
  bookkeeping: string;
  timezone: string;
}

/**
 * Makes the SQL of an insight ready for PostgreSQL: `:min_price` becomes a bound parameter of its type, `{schema}` and
 * `{bookkeeping}` quoted names, `{timezone}` a quoted text. Values never become part of the text. Errors: PAM-CLI-001
 * for a parameter that is not known or a value that does not fit, PAM-CFG-003 where the SQL names a parameter that its
 * header does not.
 */
export function bindInsight(
  insight: Insight,
  given: Readonly<Record<string, ParameterValue>>,
  project: InsightProject,
): BoundInsight {
  const parameters = settleValues(insight, given);
  const order: string[] = [];
  const place = (name: string): string => {
    const declared = insight.parameters.find((each) => each.name === name);
    if (declared === undefined) throw undeclared(insight, name);
    if (!order.includes(name)) order.push(name);
    return `$${order.indexOf(name) + 1}::${POSTGRES_TYPES[declared.type]}`;
  };
  // Comments end where the line does, so a blank keeps the words beside them apart.
  const code = scanSql(insight.text.replace(/^\ufeff/, '')).map((piece) => {
    if (piece.kind === 'comment') return ' ';
    return piece.kind === 'quoted' ? piece.text : bindCode(piece.text, insight, project, place);
  });
  // A semicolon between statements stays, and PostgreSQL refuses it.
  const text = code
    .join('')
    .replace(/[;\s]+$/, '')
    .trim();
  demandReading(insight, text);
  return { sql: raw(text), values: order.map((name) => parameters[name] ?? null), parameters };
}

const POSTGRES_TYPES: Record<ParameterType, string> = {
  text: 'text',
  integer: 'bigint',
  numeric: 'numeric',
  date: 'date',
  timestamp: 'timestamp',
  boolean: 'boolean',
};

function bindCode(
  code: string,
  insight: Insight,
  project: InsightProject,
  place: (name: string) => string,
): string {
  return code.replace(
    /(::?)([A-Za-z_]\w*)|\{(\w+)\}|\$\d+/g,
    (whole, colons: string | undefined, name: string | undefined, schema: string | undefined, at: number) => {
      if (colons === ':' && name !== undefined) {
        // In `items[1:count]` the colon stands behind a word, and means a slice.
        return isWordCharacter(code[at - 1]) || code[at - 1] === ':' ? whole : place(name);
      }
      if (schema === 'schema' || schema === 'bookkeeping') return ident(project[schema]);
      if (schema === 'timezone') return literal(project.timezone);
      if (whole.startsWith('$') && !isWordCharacter(code[at - 1])) throw numbered(insight, whole);
      return whole;
    },
  );
}

function settleValues(
  insight: Insight,
  given: Readonly<Record<string, ParameterValue>>,
): Record<string, string | null> {
  const known = insight.parameters.map((each) => each.name);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const advice = known.length === 0 ? 'It takes none.' : suggestion(name, known);
    throw new PamojaError('PAM-CLI-001', `"${insight.name}" has no parameter "${name}".`, { next: advice });
  }
  return Object.fromEntries(
    insight.parameters.map(({ name, type, default: otherwise }) => {
      const value = given[name];
      if (value === undefined) return [name, otherwise];
      if (value === null) return [name, null];
      const checked = checkValue(type, String(value));
      if (checked.ok) return [name, checked.value];
      throw new PamojaError('PAM-CLI-001', `${name} is "${value}"; it is ${checked.expected}.`, {
        where: insight.name,
      });
    }),
  );
}

/** The transaction refuses to write in any case; this says so in plain words, before it begins. */
function demandReading({ file, name }: Insight, text: string): void {
  const first = /^[\s(]*([A-Za-z]+)/.exec(text)?.[1]?.toUpperCase();
  if (first !== undefined && ['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(first)) return;
  const said = first === undefined ? 'holds no SQL' : `starts with ${first}`;
  throw new PamojaError('PAM-CFG-003', `The insight "${name}" ${said}; an insight only reads.`, {
    where: file,
    next: 'It is one statement that starts with SELECT or WITH.',
  });
}

function undeclared({ file, parameters }: Insight, name: string): PamojaError {
  const known = parameters.map((each) => each.name);
  return new PamojaError('PAM-CFG-003', `The SQL names :${name}, which its header does not declare.`, {
    where: file,
    next: `${known.length > 0 ? `${suggestion(name, known)} ` : ''}Declare it: -- param ${name}: text`,
  });
}

function numbered({ file }: Insight, written: string): PamojaError {
  return new PamojaError('PAM-CFG-003', `The SQL has the numbered parameter ${written}.`, {
    where: file,
    next: 'Name it, as in :min_price, and declare it: -- param min_price: numeric = 100',
  });
}
