/** What a field holds; each kind has one type in either engine and one way to be cleaned. */
export type FieldType =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'date'
  | 'timestamp'
  | 'boolean'
  | 'email'
  | 'phone'
  | 'reference';

/** What happens to a record or field that breaks a rule. */
export type Severity = 'reject' | 'blank' | 'warn' | 'fix';

export interface Field {
  name: string;
  type: FieldType;
  description: string;
  /** A record without it is refused. */
  required?: boolean;
  /** References only: the entity pointed at. */
  entity?: string;
  /** References only: the record is part of what it points at, as a line is part of an order. */
  part?: boolean;
  min?: number;
  max?: number;
  maxLength?: number;
  pattern?: string;
  allowed?: string[];
  unique?: boolean;
  /** What a broken rule of this field does; a required field or a measure refuses the record, others are blanked. */
  severity?: Severity;
  /** Says of whom a row speaks: listed in the inventory of personal data, masked in reports. */
  personal?: boolean;
  /** The earliest value wins, and it never makes a row count as changed. */
  firstSeen?: boolean;
  /** When a row changed, where no source tells it: a trigger of yours may, and what it writes stays. */
  untold?: boolean;
  /** Filled by Pamoja with where the row comes from. */
  provenance?: 'source' | 'key';
}

/** An identifier by which records of several sources are recognised as the same thing. */
export interface Identifier {
  field: string;
  /** Fields whose contradiction forbids the match: the names of a person. */
  guard?: string[];
  /** Whether two records of one and the same source may be joined by it. */
  within: boolean;
}

/** A sum that must reconcile, per currency, from the source to the database. */
export interface Measure {
  field: string;
  /** The field that names the currency; on a part, that of its whole is used. */
  currency?: string;
}

/** An equation between fields, or between a whole and its parts. */
export interface Equation {
  name: string;
  field: string;
  /** DuckDB SQL over the entity's fields; `sum(part.field)` of parts is written `{order_items.subtotal}`. */
  equals: string;
  /** Fields that must be given for the equation to be asked. */
  needs: string[];
  tolerance: number;
  severity: Severity;
}

/**
 * One unified table. A master (customer, product) is described by several source records, which become one
 * golden record; a document (order, line) is one record, and its contradiction is refused.
 */
export interface Entity {
  name: string;
  kind: 'master' | 'document';
  description: string;
  /** The primary key column, a bigint. */
  id: string;
  fields: Field[];
  identifiers?: Identifier[];
  measures?: Measure[];
  equations?: Equation[];
  /** What a placeholder of this entity is called, and in which field it says so. */
  placeholder?: { field: string; name: string };
}

export function fieldOf(entity: Entity, name: string): Field | undefined {
  return entity.fields.find((field) => field.name === name);
}

/** A field that points at another entity. */
export type Reference = Field & { entity: string };

export function references(entity: Entity): Reference[] {
  return entity.fields.filter((field): field is Reference => field.type === 'reference');
}

/** The reference by which a part belongs to its whole. */
export function wholeOf(entity: Entity): Reference | undefined {
  return references(entity).find((field) => field.part);
}

/** Entities with those that are pointed at first. Errors: a RangeError names a circle of references. */
export function inReferenceOrder(entities: readonly Entity[]): Entity[] {
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  const ordered = new Set<Entity>();
  const visit = (entity: Entity, path: string[]) => {
    if (ordered.has(entity)) return;
    if (path.includes(entity.name))
      throw new RangeError(`references go in a circle: ${[...path, entity.name].join(' → ')}`);
    for (const field of references(entity)) {
      const target = byName.get(field.entity);
      if (target !== undefined) visit(target, [...path, entity.name]);
    }
    ordered.add(entity);
  };
  for (const entity of entities) visit(entity, []);
  return [...ordered];
}

/** The type of a field's column in DuckDB. */
export function duckdbType(type: FieldType): string {
  return COLUMN_TYPES[type][0];
}

/** The type of a field's column in PostgreSQL. */
export function postgresType(type: FieldType): string {
  return COLUMN_TYPES[type][1];
}

// Sales by weight and discounts carry four decimals; with fewer the sums no longer match the source.
const COLUMN_TYPES: Record<FieldType, [duckdb: string, postgres: string]> = {
  text: ['VARCHAR', 'text'],
  integer: ['BIGINT', 'bigint'],
  decimal: ['DECIMAL(18,4)', 'numeric(18,4)'],
  money: ['DECIMAL(18,4)', 'numeric(18,4)'],
  date: ['DATE', 'date'],
  timestamp: ['TIMESTAMP', 'timestamp'],
  boolean: ['BOOLEAN', 'boolean'],
  email: ['VARCHAR', 'text'],
  phone: ['VARCHAR', 'text'],
  reference: ['BIGINT', 'bigint'],
};

/** The fields that a master's source records are kept with: where they came from is known by their keys. */
export function recordFields(entity: Entity): Field[] {
  return entity.fields.filter((field) => field.provenance === undefined);
}
