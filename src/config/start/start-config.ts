import type { FieldMapping, ProjectConfig } from '../../model/config.js';
import { WHY } from './doubts.js';
import type { GuessedFeed } from './guess-feed.js';
import type { GuessedSource } from './guessed-source.js';
import { currencyOf, type Home, KENYA } from './learn-home.js';
import { whyNot } from './why-not.js';

/** The guessed project as it would be configured; sources that nobody can tell are left out. */
export function configOf(name: string, sources: readonly GuessedSource[]): ProjectConfig {
  const known = sources.filter((source) => source.feeds.length > 0);
  return { name, sources: Object.fromEntries(known.map((source) => [source.name, sourceOf(source)])) };
}

/** What is said of a source only where it is not as usual. */
const UNUSUAL = ['sheet', 'records', 'encoding', 'header', 'fillDown', 'decimal'] as const;

function sourceOf(source: GuessedSource): ProjectConfig['sources'][string] {
  const { type, path, copies = [], feeds } = source;
  return {
    type,
    path: copies.length === 0 ? path : [path, ...copies],
    ...Object.fromEntries(
      UNUSUAL.flatMap((word) => (source[word] === undefined ? [] : [[word, source[word]]])),
    ),
    entities: Object.fromEntries(
      feeds.map(({ entity, each, where, key, fields }) => [
        entity,
        {
          ...(key.length === 0 ? {} : { key }),
          ...(each === undefined ? {} : { each }),
          ...(where === undefined ? {} : { where }),
          fields,
        },
      ]),
    ),
  };
}

const HEAD = `# Which files hold what, and which of their columns become which fields.
# Try it:  pamoja preview SOURCE   shows the first records before and after
#          pamoja run --dry-run    does everything but write to the database
#          pamoja run              brings all of it together

`;

const settings = ({
  country,
  timezone,
  currency,
  doubts = [],
}: Partial<Pick<Home, 'doubts'>> & Omit<Home, 'doubts'> = KENYA) =>
  `country: ${country}                 # where phone numbers without a country code are from
timezone: ${timezone.padEnd(16)}  # whose days are meant
${(currency === undefined ? `# currency: ${currencyOf(country)}` : `currency: ${currency}`).padEnd(26)}  # ${doubts.find(({ of }) => of === 'currency')?.reason ?? 'of amounts where no column tells it'}

`;

/** The configuration as text, with the comments that a beginner needs. */
export function startConfig(name: string, sources: readonly GuessedSource[], home?: Home): string {
  const known = sources.filter((source) => source.feeds.length > 0);
  const unknown = sources.filter((source) => source.feeds.length === 0);
  const parts = known.map(sourceText);
  if (known.some((source) => source.feeds.some((feed) => feed.each !== undefined))) {
    parts.push(['  # `each` names a list in a record; from inside it, ^ climbs back to the record.']);
  }
  if (unknown.length > 0) parts.push(unknownText(unknown));
  return `${HEAD}name: ${scalar(name)}\n${settings(home)}sources:\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function sourceText(source: GuessedSource): string[] {
  const {
    name,
    type,
    path,
    copies = [],
    sheet,
    records,
    encoding,
    header,
    fillDown,
    decimal,
    period,
    files,
    feeds,
    columns,
  } = source;
  const used = new Set(
    feeds.flatMap((feed) => [...feed.key, ...Object.values(feed.fields).flatMap(columnsOf)]),
  );
  const speaking = feeds
    .flatMap((feed) => Object.values(feed.fields).flatMap(({ sql }) => sql ?? []))
    .join(' ');
  const unused = columns.filter(
    (column) => !isUsed(column, used, feeds) && !speaking.includes(`"${column}"`),
  );
  return [
    `  ${name}:`,
    `    type: ${type}`,
    copies.length === 0
      ? `    path: ${scalar(path)}${files > 1 ? `    # ${files} files` : ''}`
      : `    path: [${[path, ...copies].map((each) => JSON.stringify(each)).join(', ')}]    # ${WHY.copies}`,
    ...(sheet === undefined ? [] : [`    sheet: ${scalar(sheet)}`]),
    ...(records === undefined ? [] : [`    records: ${scalar(records)}`]),
    ...(encoding === undefined ? [] : [`    encoding: ${encoding}    # ${WHY.encoding}`]),
    ...(header === undefined
      ? []
      : [`    header: ${header}    # the line of the names; what stands above it is passed over`]),
    ...(fillDown === undefined
      ? []
      : [`    fillDown: [${fillDown.map(scalar).join(', ')}]    # ${WHY.fillDown}`]),
    ...(decimal === undefined ? [] : [`    decimal: "${decimal}"`]),
    ...(period === undefined ? [] : [`    period: ${scalar(period)}    # ${WHY.period}`]),
    '    entities:',
    ...feeds.flatMap(feedText),
    ...(unused.length === 0
      ? []
      : [`    # not used: ${remark(unused.slice(0, 20).join(', '))}${unused.length > 20 ? ', …' : ''}`]),
  ];
}

function columnsOf({ from }: FieldMapping): string[] {
  return from === undefined ? [] : Array.isArray(from) ? from : [from];
}

function isUsed(column: string, used: ReadonlySet<string>, feeds: readonly GuessedFeed[]): boolean {
  if (used.has(column) || used.has(`^${column}`)) return true;
  return feeds.some(({ each }) => {
    if (each === undefined) return false;
    return (
      column === `${each}[]` || (column.startsWith(`${each}[].`) && used.has(column.slice(each.length + 3)))
    );
  });
}

function feedText({ entity, each, where, key, fields, notes }: GuessedFeed): string[] {
  const entries = Object.entries(fields).map(([field, mapping]): [string, string | undefined] => [
    `          ${field}: ${mappingText(mapping)}`,
    notes[field],
  ]);
  const absent = Object.entries(notes)
    .filter(([field]) => fields[field] === undefined && field !== 'key' && field !== 'where')
    .map(([field, note]): [string, string | undefined] => [
      `          # ${field}: ${remark(note)}`,
      undefined,
    ]);
  const widest = Math.max(
    0,
    ...entries.filter(([, note]) => note !== undefined).map(([text]) => text.length),
  );
  return [
    `      ${entity}:`,
    ...(each === undefined ? [] : [`        each: ${scalar(each)}`]),
    ...(where === undefined
      ? []
      : [
          `        where: ${scalar(where)}    # ${remark(notes.where ?? 'the other rows say nothing of it')}`,
        ]),
    ...(key.length === 0
      ? []
      : [`        key: ${keyText(key)}    # ${remark(notes.key ?? 'tells one record from another')}`]),
    `        fields:${entries.length === 0 ? ' {}' : ''}`,
    ...[...entries, ...absent].map(([text, note]) =>
      note === undefined ? text : `${text.padEnd(widest)}  # ${remark(note)}`,
    ),
  ];
}

function keyText(key: readonly string[]): string {
  const names = key.map(scalar).join(', ');
  return key.length === 1 ? names : `[${names}]`;
}

function mappingText(mapping: FieldMapping): string {
  const { from, ...more } = mapping;
  if (typeof from === 'string' && Object.keys(more).length === 0) return scalar(from);
  return `{ ${Object.entries(mapping)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(', ')} }`;
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value === 'object' && value !== null && 'part' in value)
    return `{ part: ${String(value.part)} }`;
  return JSON.stringify(value);
}

function unknownText(sources: readonly GuessedSource[]): string[] {
  return [
    '  # What these hold could not be told by the names of their columns. Map them like those above, or leave them out.',
    ...sources.flatMap(({ path, sheet, about, columns }) => {
      const shown = columns.length === 0 ? whyNot(about, columns) : columns.slice(0, 12).join(', ');
      return [
        `  # ${remark(`${path}${sheet === undefined ? '' : `, sheet ${sheet}`}: ${shown}`)}${columns.length > 12 ? ', …' : ''}`,
        ...(columns.length === 0 ? [] : [`  #   ${whyNot(about, columns)}`]),
      ];
    }),
  ];
}

/** Names of files and columns in a remark: a line that breaks in one of them would begin words of the configuration. */
function remark(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** A text that YAML reads as that text, also inside braces. */
function scalar(text: string): string {
  const plain = /^[A-Za-z_/][\w ./()-]*$/.test(text) && !/ $/.test(text);
  return plain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}

/** What is written where there are no files yet, or none of which could be told what it holds. */
export function exampleConfig(name: string, unknown: readonly GuessedSource[] = []): string {
  const why =
    unknown.length === 0 ? 'There were no data files here' : 'Of no file here could be told what it holds';
  const seen = unknown.length === 0 ? [] : ['', ...unknownText(unknown), ''];
  return `${HEAD}name: ${scalar(name)}\n${settings()}# ${why}, so this is an example: put in your own files and columns.
${EXAMPLE}${seen.join('\n')}`;
}

const EXAMPLE = `sources:
  customers:
    type: csv                # or json, ndjson, parquet; .gz too
    path: data/customers.csv # or a pattern, data/customers-*.csv
    entities:
      customers:
        key: id              # the column that tells one customer from another
        fields:              # field in the database: column in the file
          first_name: { from: name, split: { part: given } }
          last_name: { from: name, split: { part: family } }
          email: email
          phone: phone
          city: town

  products:
    type: csv
    path: data/products.csv
    entities:
      products:
        key: sku
        fields:
          product_name: name
          price: price
          sku: sku

  orders:
    type: csv
    path: data/orders.csv
    entities:
      orders:
        key: order_no
        fields:
          customer_id: { from: customer, source: customers }   # the key of a customer in that source
          order_date: { from: date, format: "%d/%m/%Y" }       # dates like 2026-10-31 need no format
          total_amount: total

  order_lines:
    type: csv
    path: data/order_lines.csv
    entities:
      order_items:           # lines need no key of their own
        fields:
          order_id: { from: order_no, source: orders }
          product_id: { from: sku, source: products }
          quantity: quantity
          unit_price: price
`;
