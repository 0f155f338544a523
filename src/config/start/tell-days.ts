import { ident } from '../../kernel/sql.js';
import type { SampledField } from './sampled-fields.js';

/** Days as Excel counts them, between 1954 and 2064; behind the point their time. */
const SERIAL = /^[2-5]\d{4}(?:\.\d+)?$/;
const ISO = /^\d{4}-\d{2}-\d{2}/;

/** What else may be in a column of days whose form is not learned: numbers of Excel, hours of UTC, and what nobody reads. */
export function tellDays(fields: readonly SampledField[]): void {
  for (const { feed, name, type, mapping, values } of fields) {
    const { from, format } = mapping;
    const [first] = values;
    if (typeof from !== 'string' || first === undefined) continue;
    if (/(?:^|[^a-z])UTC(?:[^a-z]|$)/i.test(from)) mapping.timezone = 'UTC';
    if (format !== undefined) continue;
    if (values.every((value) => SERIAL.test(value))) {
      feed.fields[name] = { sql: dayOf(from, type === 'timestamp') };
      feed.notes[name] = `${from} holds days as Excel counts them, such as ${first}`;
    } else if (!ISO.test(first))
      feed.notes[name] ??= `"${first}" is read as no day: say by format how it is written`;
  }
}

function dayOf(column: string, moment: boolean): string {
  const number = `TRY_CAST(${ident(column)} AS DOUBLE)`;
  return moment
    ? `TIMESTAMP '1899-12-30' + to_seconds(round(${number} * 86400))`
    : `DATE '1899-12-30' + floor(${number})::INTEGER`;
}
