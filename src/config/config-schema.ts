import { z } from 'zod';
import type {
  EntityConfig,
  EntityMapping,
  FieldMapping,
  ProjectConfig,
  SourceConfig,
} from '../model/config.js';
import { apiWords } from './api-schema.js';

/** The shape of a project as zod checks it; the types, with what each word means, are in model/config.ts. */

const some = z.string().min(1, { error: 'is empty' });
const texts = z.union([some, z.array(some).min(1)]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const severity = z.enum(['reject', 'blank', 'warn', 'fix']);
const decimal = z.enum(['.', ',']);
const regex = z.string().refine(compiles, { error: 'is not a regular expression' });
const name = z.string().regex(/^[a-z][a-z0-9_]{0,50}$/, {
  error: 'must be lower-case letters, digits and _, starting with a letter',
});

const constraints = {
  required: z.boolean().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  maxLength: z.int().positive().optional(),
  // DuckDB's notation, which is tried when the mapping is compiled.
  pattern: some.optional(),
  allowed: z.array(z.string()).min(1).optional(),
  unique: z.boolean().optional(),
  severity: severity.optional(),
};

const fieldMapping: z.ZodType<FieldMapping> = z.strictObject({
  from: texts.optional(),
  constant: scalar.optional(),
  join: z.string().optional(),
  split: z
    .strictObject({
      by: some.optional(),
      part: z.union([z.enum(['given', 'family']), z.int().positive()]),
    })
    .optional(),
  case: z.enum(['upper', 'lower', 'title']).optional(),
  lookup: z.record(z.string(), z.string()).optional(),
  values: z.record(z.string(), z.array(z.string())).optional(),
  format: texts.optional(),
  decimal: decimal.optional(),
  timezone: z.string().refine(isTimezone, { error: 'is not a time zone, such as Africa/Nairobi' }).optional(),
  nulls: z.array(z.string()).optional(),
  default: scalar.optional(),
  sql: some.optional(),
  source: z.string().optional(),
  by: z.string().optional(),
  ...constraints,
});

const entityMapping: z.ZodType<EntityMapping> = z.strictObject({
  key: texts.optional(),
  each: some.optional(),
  where: some.optional(),
  fields: z.record(z.string(), z.union([some, fieldMapping])),
});

const country = z.string().regex(/^[A-Z]{2}$/, { error: 'must be two capital letters, such as KE' });
const currency = z.string().regex(/^[A-Z]{3}$/, { error: 'must be three capital letters, such as KES' });
const timezone = z.string().refine(isTimezone, { error: 'is not a time zone, such as Africa/Nairobi' });
const share = z.number().min(0).max(1);

const source: z.ZodType<SourceConfig> = z.strictObject({
  type: z.enum(['csv', 'json', 'ndjson', 'parquet', 'excel', 'rest']),
  path: texts.optional(),
  ...apiWords,
  delimiter: some.max(3).optional(),
  quote: z.string().max(1).optional(),
  escape: z.string().max(1).optional(),
  columns: z.array(some).min(1).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'latin-1', 'windows-1252']).optional(),
  records: z.string().optional(),
  sheet: z.union([some, z.int().positive()]).optional(),
  header: z.int().positive().optional(),
  headerRows: z.int().min(1).max(10).optional(),
  fillDown: z.array(some).min(1).optional(),
  totals: z.strictObject({ row: some, columns: texts }).optional(),
  delivery: z.enum(['snapshot', 'addition', 'period']).optional(),
  vanished: z.enum(['keep', 'mark', 'delete']).optional(),
  allowEmpty: z.boolean().optional(),
  period: regex.optional(),
  nulls: z.array(z.string()).optional(),
  priority: z.int().positive().optional(),
  decimal: decimal.optional(),
  timezone: timezone.optional(),
  currency: currency.optional(),
  country: country.optional(),
  entities: z.record(z.string(), entityMapping),
});

const fieldType = z.enum([
  'text',
  'integer',
  'decimal',
  'money',
  'date',
  'timestamp',
  'boolean',
  'email',
  'phone',
  'reference',
]);

const entity: z.ZodType<EntityConfig> = z.strictObject({
  kind: z.enum(['master', 'document']).optional(),
  description: z.string().optional(),
  id: name.optional(),
  fields: z
    .record(
      name,
      z.strictObject({
        type: fieldType.optional(),
        description: z.string().optional(),
        entity: z.string().optional(),
        part: z.boolean().optional(),
        personal: z.boolean().optional(),
        firstSeen: z.boolean().optional(),
        provenance: z.enum(['source', 'key']).optional(),
        ...constraints,
      }),
    )
    .optional(),
  identifiers: z
    .array(z.strictObject({ field: z.string(), guard: z.array(z.string()).optional(), within: z.boolean() }))
    .optional(),
  measures: z.array(z.strictObject({ field: z.string(), currency: z.string().optional() })).optional(),
  equations: z
    .array(
      z.strictObject({
        name,
        field: z.string(),
        equals: z.string(),
        needs: z.array(z.string()),
        tolerance: z.number().min(0),
        severity,
      }),
    )
    .optional(),
  placeholder: z.strictObject({ field: z.string(), name: z.string() }).optional(),
});

export const projectSchema: z.ZodType<ProjectConfig> = z.strictObject({
  name: z.string().optional(),
  schema: name.optional(),
  bookkeeping: name.optional(),
  timezone: timezone.optional(),
  country: country.optional(),
  currency: currency.optional(),
  rejects: z.strictObject({ maxShare: share.optional(), minRows: z.int().min(0).optional() }).optional(),
  maxVanished: share.optional(),
  orderIntegrity: z.enum(['whole', 'lines']).optional(),
  grants: z.array(z.string()).optional(),
  memoryMb: z.int().min(256).optional(),
  threads: z.int().min(1).max(256).optional(),
  sources: z
    .record(name, source)
    .refine((all) => Object.keys(all).length > 0, { error: 'must name at least one source' }),
  entities: z.record(name, entity).optional(),
});

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
