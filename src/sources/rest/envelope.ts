import type { JsonPath } from '../json/json-path.js';

type Members = Record<string, unknown>;

/** What stands around the list of records in an answer, as values. */
export interface Envelope {
  /** The whole answer without its records. */
  root: unknown;
  /** Objects that may speak of the page, the outermost first. */
  places: readonly Members[];
}

/** Members in which APIs keep what they say of a page. */
const PLACES = new Set(
  'meta metadata pagination paging page pages pageinfo links info responsemetadata resultinfo'.split(' '),
);

/** Small letters and digits: `total_count`, `totalCount` and `_total-count` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Parses an answer without its records, which stand at `found` in it and at `way` from its root. */
export function readEnvelope(text: Buffer, found: { start: number; end: number }, way: JsonPath): Envelope {
  if (way.length === 0) return { root: undefined, places: [] };
  const around = Buffer.concat([
    text.subarray(0, found.start),
    Buffer.from('null'),
    text.subarray(found.end),
  ]);
  const root: unknown = JSON.parse(around.toString('utf8'));
  const places: Members[] = [];
  const add = (value: unknown, depth: number) => {
    if (!isObject(value) || places.includes(value)) return;
    places.push(value);
    if (depth === 0) return;
    for (const [name, inner] of Object.entries(value)) if (PLACES.has(plain(name))) add(inner, depth - 1);
  };
  for (let step = 0; step < way.length; step += 1) add(valueAt(root, way.slice(0, step)), 2);
  return { root, places };
}

export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>(
    (at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    value,
  );
}

/** The first value of a member with one of these plain names, and its own name. */
export function memberNamed(
  { places }: Envelope,
  names: readonly string[],
): { name: string; value: unknown; place: Members } | undefined {
  for (const wanted of names) {
    for (const place of places) {
      const name = Object.keys(place).find((each) => plain(each) === wanted);
      if (name !== undefined) return { name, value: place[name], place };
    }
  }
  return undefined;
}

/** What an answer with status 200 says of an error, if it does. */
export function errorIn(root: unknown): string | undefined {
  if (!isObject(root)) return undefined;
  for (const [name, value] of Object.entries(root)) {
    const key = plain(name);
    if ((key === 'error' || key === 'errors' || key === 'fault') && !isNothing(value)) {
      return short(textIn(value)) || name;
    }
    if ((key === 'success' || key === 'ok') && value === false)
      return short(textIn(root)) || `${name}: false`;
    if (key === 'status' && typeof value === 'string' && /^(error|fail(ed|ure)?)$/i.test(value)) {
      return short(textIn(root)) || `${name}: ${value}`;
    }
  }
  return undefined;
}

/**
 * What an answer with status 200 and no records says by the number of an error, as of HTTP. 404 may say that there is
 * nothing, which is no error.
 */
export function errorNumberIn(root: unknown): string | undefined {
  if (!isObject(root)) return undefined;
  const number = Object.entries(root).find(
    ([name, value]) =>
      ['code', 'status', 'statuscode', 'errorcode'].includes(plain(name)) &&
      /^[45]\d\d$/.test(String(value)) &&
      String(value) !== '404',
  );
  if (number === undefined) return undefined;
  return [`${number[0]} ${String(number[1])}`, short(textIn(root))].filter((text) => text !== '').join(': ');
}

/** What the body of an answer with an error says, in a few words; nothing where it is none of JSON. */
export function errorText(bytes: Buffer): string {
  if (bytes.length > 1_000_000) return '';
  try {
    const root: unknown = JSON.parse(bytes.toString('utf8'));
    return errorIn(root) ?? short(textIn(root));
  } catch {
    return '';
  }
}

/** What an answer without a list says; cut short, as it may be anything. */
function textIn(value: unknown, depth = 3): string {
  if (typeof value === 'string') return value;
  if (depth === 0) return '';
  if (Array.isArray(value)) return textIn(value[0], depth - 1);
  if (!isObject(value)) return '';
  for (const wanted of [
    'message',
    'errormessage',
    'errordescription',
    'detail',
    'title',
    'error',
    'errors',
    'reason',
  ]) {
    const name = Object.keys(value).find((each) => plain(each) === wanted);
    const text = name === undefined ? '' : textIn(value[name], depth - 1);
    if (text !== '') return text;
  }
  return '';
}

function short(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '' || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
