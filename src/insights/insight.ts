/** What a parameter holds; a typed text is checked before it goes to the database. */
export type ParameterType = 'text' | 'integer' | 'numeric' | 'date' | 'timestamp' | 'boolean';

export interface InsightParameter {
  /** As it stands in the SQL, `min_price`; typed on the command line as `--min-price`. */
  name: string;
  type: ParameterType;
  /** NULL unless told: the SQL says what that means. */
  default: string | null;
  description: string;
}

/** How the rows are best drawn: `tiles` is the map of counties. */
export type InsightChart =
  | { kind: 'none' }
  | { kind: 'bar' | 'line' | 'tiles'; x: string; y: string; by: string | null };

/** A named question to the database. */
export interface Insight {
  name: string;
  /** Neutral of what is found: `Revenue by month`. */
  title: string;
  description: string;
  parameters: InsightParameter[];
  chart: InsightChart;
  /** The SQL with its header. */
  text: string;
  origin: 'built in' | 'own';
  /** Where it is written, as a person calls it: `insights/best-sellers.sql`. */
  file: string;
}

/** What a column holds; everything that is neither a number, a date nor a boolean is text. */
export type InsightColumnType = 'integer' | 'numeric' | 'float' | 'boolean' | 'date' | 'timestamp' | 'text';

export interface InsightColumn {
  name: string;
  type: InsightColumnType;
  /** Its values speak of people, and are masked where a result is handed on. */
  personal: boolean;
}

/** A row: each value as PostgreSQL writes it, so that amounts stay exact. */
export type InsightRow = readonly (string | null)[];

export function isNumber(type: InsightColumnType): boolean {
  return type === 'integer' || type === 'numeric' || type === 'float';
}

/** A boolean, as PostgreSQL writes it, in a word. */
export function sayBoolean(value: string): string {
  return value === 't' ? 'yes' : 'no';
}
