import type { JsonPath } from './json-path.js';
import type { JsonListener } from './json-scanner.js';

/** Where the arrays of the grains stand within a record: a tree of member names. */
interface Place {
  inside: Map<string, Place>;
  /** The counts of the grains whose array stands here. */
  grains: number[];
  /** Length in bytes and first byte of the names inside, as one number. */
  shapes: Set<number>;
}

type Watched =
  | { kind: 'way'; step: number; found: boolean }
  | { kind: 'records'; started: number }
  | { kind: 'place'; place: Place; seen: Set<Place> }
  | { kind: 'lines'; grains: number[] };

const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const NULL = 0x6e;

/** Where the records of a document stand. */
export interface Found {
  kind: 'array' | 'object' | 'null' | 'other';
  /** Bytes of the text: from the opening bracket to behind the closing one. */
  start: number;
  end: number;
}

/**
 * Counts the records of a document and the lines nested in them, by nothing but brackets and names.
 * A record or array that is not what it should be counts as one candidate of each grain that it should have fed:
 * it will be refused there.
 */
export class RecordCounter implements JsonListener {
  /** Records, and per grain with an array its lines, in the order of `eaches`. */
  records = 0;
  /** Records that are objects. */
  objects = 0;
  lines: number[];
  /** One JSON a line: lines that are not JSON. */
  invalid = 0;
  found: Found | undefined;
  /** Names of members of the outermost object, the first few; `[]` behind those that are arrays. */
  readonly members: string[] = [];
  /** Bytes of the longest record, its commas and white space included. */
  longest = 0;
  /** Where the last record began. */
  lastStart = 0;

  private readonly open: Watched[] = [];
  private depthOfFound = 0;
  /** Records do not nest: one frame serves them all. */
  private readonly recordFrame: Watched & { kind: 'place' };
  private before: { records: number; objects: number; lines: number[] };

  /** `way` is the path of the records in the document; undefined for one JSON a line. */
  constructor(
    private readonly way: JsonPath | undefined,
    eaches: readonly JsonPath[],
  ) {
    this.lines = eaches.map(() => 0);
    this.before = { records: 0, objects: 0, lines: [...this.lines] };
    this.recordFrame = { kind: 'place', place: placesOf(eaches), seen: new Set() };
  }

  value(byte: number, offset: number, key: string): boolean {
    const around = this.open.at(-1);
    const next = around === undefined ? this.outermost(byte, offset) : this.within(around, byte, offset, key);
    if (next === undefined || (byte !== OPEN_ARRAY && byte !== OPEN_OBJECT)) return false;
    this.open.push(next);
    return true;
  }

  wants(length: number, first: number): boolean {
    const around = this.open.at(-1);
    return around?.kind === 'place' ? around.place.shapes.has(length * 256 + first) : around?.kind === 'way';
  }

  close(offset: number): void {
    const closed = this.open.pop();
    if (closed?.kind === 'records') this.measure(closed, offset);
    if (this.found?.end === -1 && this.open.length === this.depthOfFound) this.found.end = offset;
  }

  line(problem: string | undefined): void {
    this.open.length = 0;
    this.records = this.before.records + 1;
    if (problem !== undefined) {
      this.invalid += 1;
      this.objects = this.before.objects;
      this.lines = this.before.lines.map((count) => count + 1);
    }
    this.before.records = this.records;
    this.before.objects = this.objects;
    for (let grain = 0; grain < this.lines.length; grain += 1) this.before.lines[grain] = this.lines[grain]!;
  }

  private outermost(byte: number, offset: number): Watched | undefined {
    if (this.way === undefined) return this.record(byte);
    if (this.way.length > 0) return byte === OPEN_OBJECT ? { kind: 'way', step: 0, found: false } : undefined;
    return this.arrive(byte, offset);
  }

  private within(around: Watched, byte: number, offset: number, key: string): Watched | undefined {
    switch (around.kind) {
      case 'way':
        return this.onTheWay(around, byte, offset, key);
      case 'records':
        this.measure(around, offset);
        this.lastStart = offset;
        return this.record(byte);
      case 'place':
        return this.inRecord(around, byte, key);
      case 'lines':
        for (const grain of around.grains) this.lines[grain]! += 1;
        return undefined;
    }
  }

  private onTheWay(
    around: Watched & { kind: 'way' },
    byte: number,
    offset: number,
    key: string,
  ): Watched | undefined {
    if (around.step === 0 && this.members.length < 50) {
      this.members.push(byte === OPEN_ARRAY ? `${key}[]` : key);
    }
    // The first of two members of one name is the one that counts, here as in DuckDB.
    if (around.found || key !== this.way![around.step]) return undefined;
    around.found = true;
    if (around.step === this.way!.length - 1) return this.arrive(byte, offset);
    return byte === OPEN_OBJECT ? { kind: 'way', step: around.step + 1, found: false } : undefined;
  }

  private arrive(byte: number, offset: number): Watched | undefined {
    const kind =
      byte === OPEN_ARRAY ? 'array' : byte === OPEN_OBJECT ? 'object' : byte === NULL ? 'null' : 'other';
    this.found = { kind, start: offset, end: -1 };
    this.depthOfFound = this.open.length;
    if (kind === 'array') return { kind: 'records', started: offset };
    if (kind === 'object') return this.record(byte) ?? { kind: 'lines', grains: [] };
    return undefined;
  }

  private record(byte: number): Watched | undefined {
    this.records += 1;
    if (byte !== OPEN_OBJECT) {
      for (let grain = 0; grain < this.lines.length; grain += 1) this.lines[grain]! += 1;
      return undefined;
    }
    this.objects += 1;
    if (this.lines.length === 0) return undefined;
    this.recordFrame.seen.clear();
    return this.recordFrame;
  }

  private inRecord(around: Watched & { kind: 'place' }, byte: number, key: string): Watched | undefined {
    const place = around.place.inside.get(key);
    if (place === undefined || around.seen.has(place)) return undefined;
    around.seen.add(place);
    if (byte === NULL) return undefined;
    if (byte === OPEN_OBJECT) {
      this.count(place.grains);
      return { kind: 'place', place, seen: new Set() };
    }
    this.count(grainsBelow(place));
    if (byte === OPEN_ARRAY) return { kind: 'lines', grains: place.grains };
    this.count(place.grains);
    return undefined;
  }

  private count(grains: readonly number[]): void {
    for (const grain of grains) this.lines[grain]! += 1;
  }

  private measure(records: Watched & { kind: 'records' }, offset: number): void {
    this.longest = Math.max(this.longest, offset - records.started);
    records.started = offset;
  }
}

function emptyPlace(): Place {
  return { inside: new Map(), grains: [], shapes: new Set() };
}

function placesOf(eaches: readonly JsonPath[]): Place {
  const root: Place = emptyPlace();
  eaches.forEach((path, grain) => {
    let place = root;
    for (const name of path) {
      const next = place.inside.get(name) ?? emptyPlace();
      place.inside.set(name, next);
      const bytes = Buffer.from(name);
      place.shapes.add(bytes.length * 256 + bytes[0]!);
      place = next;
    }
    place.grains.push(grain);
  });
  return root;
}

function grainsBelow(place: Place): number[] {
  return [...place.inside.values()].flatMap((inner) => [...inner.grains, ...grainsBelow(inner)]);
}
