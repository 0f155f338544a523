import { RecordCounter } from './count-records.js';
import { type JsonPath, pathText } from './json-path.js';
import { JsonScanner } from './json-scanner.js';
import type { JsonText } from './json-text.js';
import { surveyDocument } from './survey-json.js';

const ENOUGH = 1000;
const MOST_BYTES = 1 << 26;

/** The first records of a text, parsed; `way` leads to them in a document, undefined for one JSON a line. */
export async function sampleRecords(json: JsonText, way: JsonPath | undefined): Promise<unknown[]> {
  const opened = json.open();
  const counter = new RecordCounter(way, []);
  const scanner = new JsonScanner(counter, way === undefined);
  const parts: Buffer[] = [];
  for await (const chunk of opened.chunks) {
    scanner.write(chunk);
    parts.push(chunk);
    if (counter.records > ENOUGH || scanner.offset > MOST_BYTES || scanner.problem !== undefined) break;
  }
  const text = Buffer.concat(parts);
  if (way === undefined) return parsedLines(text.toString('utf8'));
  const { found } = counter;
  const whole = found !== undefined && found.end > 0;
  // Says what is wrong with a document that has no records to show.
  if (scanner.problem !== undefined || (!whole && counter.lastStart === 0)) {
    await surveyDocument(json, way, []);
  }
  if (found === undefined) return [];
  const records = text.subarray(found.start, whole ? found.end : counter.lastStart).toString('utf8');
  const parsed: unknown = JSON.parse(whole ? records : `${records.replace(/,\s*$/, '')}]`);
  return Array.isArray(parsed) ? parsed.slice(0, ENOUGH) : [parsed];
}

function parsedLines(text: string): unknown[] {
  const records: unknown[] = [];
  for (const line of text.split('\n').slice(0, ENOUGH)) {
    try {
      records.push(JSON.parse(line));
    } catch {
      // Torn, or cut by the end of the sample: it shows no columns.
    }
  }
  return records;
}

/**
 * The paths of the members in records, in the order they are met: `address.city` for what stands in objects,
 * `details[]` for a list, and `details[].quantity` for what stands in the objects of it.
 */
export function memberPaths(records: readonly unknown[]): string[] {
  const found = new Map<string, 'value' | 'object'>();
  const visit = (value: unknown, path: JsonPath, prefix: string) => {
    const name = prefix + pathText(path);
    if (Array.isArray(value)) {
      const list = `${name}[]`;
      found.set(list, 'value');
      for (const element of value.slice(0, ENOUGH)) {
        if (isObject(element)) members(element, [], `${list}.`);
      }
    } else if (isObject(value) && Object.keys(value).length > 0) {
      members(value, path, prefix);
    } else if (!found.has(name)) {
      found.set(name, value === null ? 'object' : 'value');
    }
  };
  const members = (value: object, path: JsonPath, prefix: string) => {
    for (const [name, inner] of Object.entries(value)) visit(inner, [...path, name], prefix);
  };
  for (const record of records) if (isObject(record)) members(record, [], '');
  const names = [...found.keys()];
  // A member that is null in one record and an object or list in another is known by what it holds.
  return names.filter(
    (name) =>
      found.get(name) === 'value' ||
      !names.some((other) => other.startsWith(`${name}.`) || other.startsWith(`${name}[`)),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
