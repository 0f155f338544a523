import { joined, literal, type Sql, sql } from '../../kernel/sql.js';
import { MONTH_WORDS } from '../../model/date-words.js';
import type { DateFormat } from './date-format.js';
import type { Reader, Refusal } from './reader.js';
import { exactVocabulary } from './vocabulary.js';

const DAY = String.raw`[1-9]\d{3}-\d{2}-\d{2}`;
const MINUTE = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const SECOND = String.raw`:[0-5]\d(?:\.\d{1,9})?`;
const OFFSET = String.raw`(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)`;

const ISO_DAY = literal(DAY);
const ISO_TIME = literal(`${DAY}[Tt ]${MINUTE}(?:${SECOND})?`);
const ISO_SECONDS_ZONED = literal(`${DAY}[Tt ]${MINUTE}${SECOND}${OFFSET}`);
const ISO_ZONED = literal(`${DAY}[Tt ]${MINUTE}(?:${SECOND})? ?${OFFSET}`);
const NUMBERS = literal(String.raw`\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?:[T ,].*)?`);

/**
 * A day in DATE. Of a moment it is the day in the project's zone; one without an offset was written in `zone`. Midnight
 * is how many programs write a day, so it stays where it is.
 */
export function dates(formats: readonly DateFormat[], zone: string, projectTimezone: string): Reader {
  const ofInstant = (instant: Sql) => sql`CAST(timezone(${literal(projectTimezone)}, ${instant}) AS DATE)`;
  const ofLocal = (local: Sql) =>
    zone === projectTimezone
      ? sql`CAST(${local} AS DATE)`
      : sql`CASE WHEN CAST(${local} AS TIME) = TIME '00:00:00' THEN CAST(${local} AS DATE) ELSE ${ofInstant(sql`timezone(${literal(zone)}, ${local})`)} END`;
  if (formats.length > 0) {
    return declared(formats, 'a date', (format, parsed) =>
      format.zoned ? ofInstant(parsed) : ofLocal(sql`CAST(${parsed} AS TIMESTAMP)`),
    );
  }
  return {
    read: (text) =>
      sql`CASE WHEN regexp_full_match(${text}, ${ISO_DAY}) THEN TRY_CAST(${text} AS DATE) WHEN regexp_full_match(${text}, ${ISO_TIME}) THEN ${ofLocal(sql`TRY_CAST(${text} AS TIMESTAMP)`)} WHEN regexp_full_match(${text}, ${ISO_ZONED}) THEN ${ofInstant(instantOf(text))} END`,
    refusals: (text) => isoRefusals(text, 'a date of the calendar in the form YYYY-MM-DD'),
  };
}

/** A moment in TIMESTAMP, UTC. Without an offset it was written in `zone`; a day alone is its midnight. */
export function timestamps(formats: readonly DateFormat[], zone: string): Reader {
  const utc = (instant: Sql) => sql`timezone('UTC', ${instant})`;
  const fromZone = (local: Sql) => (zone === 'UTC' ? local : utc(sql`timezone(${literal(zone)}, ${local})`));
  if (formats.length > 0) {
    return declared(formats, 'a date and time', (format, parsed) =>
      format.zoned ? utc(parsed) : fromZone(sql`CAST(${parsed} AS TIMESTAMP)`),
    );
  }
  return {
    read: (text) =>
      sql`CASE WHEN regexp_full_match(${text}, ${ISO_TIME}) THEN ${fromZone(sql`TRY_CAST(${text} AS TIMESTAMP)`)} WHEN regexp_full_match(${text}, ${ISO_DAY}) THEN ${fromZone(sql`CAST(TRY_CAST(${text} AS DATE) AS TIMESTAMP)`)} WHEN regexp_full_match(${text}, ${ISO_ZONED}) THEN ${utc(instantOf(text))} END`,
    refusals: (text) => isoRefusals(text, 'a date and time in the form YYYY-MM-DDThh:mm:ss'),
  };
}

/** A text that matches `ISO_ZONED` as TIMESTAMP WITH TIME ZONE: DuckDB's cast wants seconds, and no space before the offset. */
function instantOf(text: Sql): Sql {
  const local = sql`replace(regexp_extract(${text}, ${literal(`^(.*\\d) ?${OFFSET}$`)}, 1), 't', 'T')`;
  const offset = sql`upper(regexp_extract(${text}, ${literal(`${OFFSET}$`)}))`;
  const seconds = sql`CASE WHEN regexp_matches(${text}, ${literal(`${MINUTE}:`)}) THEN '' ELSE ':00' END`;
  return sql`CASE WHEN regexp_full_match(${text}, ${ISO_SECONDS_ZONED}) THEN TRY_CAST(${text} AS TIMESTAMPTZ) ELSE TRY_CAST(${local} || ${seconds} || ${offset} AS TIMESTAMPTZ) END`;
}

function isoRefusals(text: Sql, form: string): Refusal[] {
  return [
    {
      when: sql`regexp_full_match(${text}, ${NUMBERS})`,
      reason:
        "does not say which number is the day and which the month; declare it, such as format: '%d/%m/%Y'",
    },
    { when: sql`true`, reason: `is not ${form}; declare another form with \`format\`` },
  ];
}

function declared(
  formats: readonly DateFormat[],
  what: string,
  typed: (format: DateFormat, parsed: Sql) => Sql,
): Reader {
  const attempts = (text: Sql) =>
    formats.map((each) => {
      const parsed = parsedBy(each, text);
      return sql`CASE WHEN regexp_full_match(${text}, ${literal(each.pattern)}) THEN ${typed(each, parsed)} END`;
    });
  const names = formats.map((each) => each.format).join(' or ');
  return {
    read: (text) =>
      formats.length === 1 ? joined(attempts(text)) : sql`coalesce(${joined(attempts(text))})`,
    refusals: () => [{ when: sql`true`, reason: `is not ${what} in the format ${names}` }],
  };
}

const MONTHS = exactVocabulary(
  new Map(MONTH_WORDS.flatMap((words, i) => words.map((word) => [word, literal(String(i + 1))] as const))),
);

/** DuckDB knows the English words only, and its way is the fast one: others are asked where it reads nothing. */
function parsedBy({ format, words }: DateFormat, text: Sql): Sql {
  const english = sql`try_strptime(${text}, ${literal(format)})`;
  if (words === undefined) return english;
  const pattern = literal(words.pattern);
  const rest = sql`regexp_replace(${text}, ${pattern}, ${literal(words.rest)})`;
  const month = MONTHS.meaning(sql`lower(regexp_extract(${text}, ${pattern}, ${words.month}))`);
  const plain = words.month === 0 ? rest : sql`${month} || ${rest}`;
  return sql`coalesce(${english}, try_strptime(${plain}, ${literal(words.format)}))`;
}
