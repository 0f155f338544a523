import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Log } from '../../../src/kernel/log.js';
import type { Source } from '../../../src/model/config.js';
import { makeRestReader } from '../../../src/sources/rest/rest-reader.js';
import type { Grain, ReadContext, ReadResult } from '../../../src/sources/source-reader.js';
import { grain, openPlace, type Place, sourceOf } from '../json/reading-json.js';
import { type ApiServer, type Handler, serveApi } from './api-server.js';

/** A reader that waits for nobody, and says for how long it would have. */
export interface Bench {
  place: Place;
  api: ApiServer;
  /** Milliseconds of each pause that was taken. */
  pauses: number[];
  warnings: string[];
  /** Starts the server; to be called once a test. */
  serve(handle: Handler): Promise<ApiServer>;
  source(path: string, more?: Partial<Source>): Source;
  read(source: Source, options?: { grains?: Grain[] } & Partial<ReadContext>): Promise<ReadResult>;
  columns(source: Source): Promise<string[]>;
  /** The texts of a column of the records, in their order. */
  values(column?: string): Promise<(string | number | null)[]>;
}

export function openBench(): Bench {
  const servers: ApiServer[] = [];
  let place: Place;
  let pauses: number[] = [];
  let warnings: string[] = [];
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(() => place.close());
  beforeEach(() => {
    pauses = [];
    warnings = [];
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const reader = makeRestReader({
    wait: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    now: () => Date.now(),
    chance: () => 0,
  });
  const log: Log = { step() {}, debug() {}, warn: (text) => warnings.push(text) };
  return {
    get place() {
      return place;
    },
    get api() {
      return servers[0] as ApiServer;
    },
    get pauses() {
      return pauses;
    },
    get warnings() {
      return warnings;
    },
    async serve(handle) {
      const server = await serveApi(handle);
      servers.push(server);
      return server;
    },
    source: (path, more = {}) =>
      sourceOf('rest', [], {
        url: `${servers[0]?.origin ?? ''}${path}`,
        allowPrivate: true,
        feeds: [
          { source: 'shop', entity: 'products', key: ['id'], each: undefined, where: undefined, fields: {} },
        ],
        ...more,
      }),
    read: (source, { grains = [grain(['id'])], ...context } = {}) =>
      reader.read({ ...place.context, log, ...context }, source, grains),
    columns: (source) => reader.columns({ ...place.context, log }, source),
    async values(column = 'id') {
      return (await place.rows('raw_shop')).map((row) => row[column] ?? null);
    },
  };
}

/** Records with the ids from `first` to `last`. */
export function records(first: number, last: number): { id: number }[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({ id: first + i }));
}

export function ids(last: number): string[] {
  return records(1, last).map(({ id }) => String(id));
}
