import { PamojaError } from '../../kernel/errors.js';
import { type Sql, sql } from '../../kernel/sql.js';
import type { FieldMapping } from '../../model/config.js';
import type { Field } from '../../model/entity.js';
import type { CleanContext } from '../compiled-field.js';
import { booleans } from './booleans.js';
import { dateFormat } from './date-format.js';
import { dates, timestamps } from './dates.js';
import { emails } from './emails.js';
import { decimals, integers, money } from './numbers.js';
import { phones } from './phones.js';
import type { Reader } from './reader.js';
import { FAILED } from './source-text.js';

/** The text itself is the value; references stay texts until they are linked. */
const asText: Reader = { read: (text: Sql) => text, refusals: () => [] };

/** How the text of a field is read. Errors: PAM-CFG-003 from formats and zones. */
export function typeReader(field: Field, mapping: FieldMapping, context: CleanContext): Reader {
  const reader = readerOf(field, mapping, context);
  if (mapping.sql === undefined) return reader;
  return {
    read: (text) => (reader === asText ? sql`nullif(${text}, ${FAILED})` : reader.read(text)),
    refusals: (text) => [
      {
        when: sql`${text} = ${FAILED}`,
        reason: 'cannot be told: the SQL of the mapping fails on this record',
      },
      ...reader.refusals(text),
    ],
  };
}

function readerOf(field: Field, mapping: FieldMapping, context: CleanContext): Reader {
  const zone = () => knownZone(mapping.timezone ?? context.timezone, context);
  const style = { decimal: mapping.decimal ?? context.decimal, doubles: context.doubles };
  switch (field.type) {
    case 'integer':
      return integers(style);
    case 'decimal':
      return decimals(style);
    case 'money':
      return money(style);
    case 'date':
      return dates(formats(mapping, context), zone(), knownZone(context.projectTimezone, context));
    case 'timestamp':
      return timestamps(formats(mapping, context), zone());
    case 'boolean':
      return booleans;
    case 'email':
      return emails;
    case 'phone':
      return phones(context.country);
    case 'text':
    case 'reference':
      return asText;
  }
}

function formats({ format }: FieldMapping, { path }: CleanContext) {
  const written = format === undefined ? [] : Array.isArray(format) ? format : [format];
  return written.map((each) => dateFormat(each, path));
}

function knownZone(zone: string, { path }: CleanContext): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone === 'UTC'
      ? 'UTC'
      : zone;
  } catch {
    throw new PamojaError('PAM-CFG-003', `There is no time zone "${zone}".`, {
      where: path,
      next: 'Write it as Africa/Nairobi or Europe/Berlin.',
    });
  }
}
