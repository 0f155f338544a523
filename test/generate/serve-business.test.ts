import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { generate } from '../../src/generate/generate.js';
import { RecordPages } from '../../src/generate/record-pages.js';
import { type ServedBusiness, type ServeOptions, serveBusiness } from '../../src/generate/serve-business.js';

interface Answer {
  products: { id: number }[];
  total: number;
  skip: number;
  limit: number;
}

describe('the API of a generated business', () => {
  let dir: string;
  let served: ServedBusiness | undefined;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'pamoja-serve-'));
    await generate({ dir, customers: 50, products: 300, api: true });
  });
  afterEach(async () => {
    await served?.close();
    served = undefined;
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const serve = async (options: ServeOptions = { port: 0 }) => {
    served = await serveBusiness(dir, options);
    return served;
  };
  const config = () => readFileSync(join(dir, 'pamoja.config.yaml'), 'utf8');
  const ask = (url: string, query: string, headers: Record<string, string> = {}) =>
    fetch(`${url}?${query}`, { headers });
  /** Asks for every page once more where it must, and gives the statuses on the way. */
  const pass = async (url: string, limit: number) => {
    const [statuses, ids]: [number[], number[]] = [[], []];
    for (let total = 1; ids.length < total; ) {
      const response = await ask(url, `limit=${limit}&skip=${ids.length}`);
      statuses.push(response.status);
      const answer = (await response.json()) as Answer;
      if (!response.ok) continue;
      total = answer.total;
      expect(answer).toMatchObject({ skip: ids.length, limit });
      ids.push(...answer.products.map(({ id }) => id));
    }
    return { statuses, ids };
  };

  test('gives in pages of any size what stands in the file, in its order', async () => {
    const { url, total } = await serve();
    const written = readFileSync(join(dir, 'shop/products.ndjson'), 'utf8').trimEnd().split('\n');
    expect(total).toBe(written.length);
    for (const limit of [1, 7, 64, 1000]) {
      const { ids } = await pass(url, limit);
      expect(ids).toEqual(written.map((line) => (JSON.parse(line) as { id: number }).id));
    }
  });

  test('stumbles twice in every pass, at the same pages', async () => {
    const { url } = await serve();
    const first = await pass(url, 50);
    expect(first.statuses.slice(0, 5)).toEqual([200, 429, 200, 500, 200]);
    expect((await pass(url, 50)).statuses).toEqual(first.statuses);
    // With a single page, it stumbles there.
    expect((await pass(url, 1000)).statuses).toEqual([429, 500, 200]);
    expect((await pass(url, 1000)).statuses).toEqual([429, 500, 200]);
  });

  test('says how long to wait, and what has not changed', async () => {
    const { url } = await serve();
    const busy = await ask(url, 'limit=50&skip=50');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1']);
    const page = await ask(url, 'limit=50');
    const tag = page.headers.get('etag') ?? '';
    const again = await ask(url, 'limit=50', { 'if-none-match': `"other", W/${tag}` });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await ask(url, 'limit=51', { 'if-none-match': tag })).status).toBe(200);
  });

  test('refuses what it does not understand', async () => {
    const { url } = await serve();
    expect((await ask(url, 'limit=many')).status).toBe(400);
    expect((await ask(url, 'limit=0')).status).toBe(400);
    expect((await ask(url, 'skip=-1')).status).toBe(400);
    expect((await fetch(url.replace('products', 'customers'))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    const beyond = (await (await ask(url, 'limit=10&skip=100000')).json()) as Answer;
    expect(beyond.products).toEqual([]);
  });

  describe('where its port is taken', () => {
    let other: Server;
    let taken: number;
    beforeAll(async () => {
      other = createServer();
      await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
      taken = (other.address() as AddressInfo).port;
    });
    afterAll(() => other.close());

    test('finds another, and the configuration follows', async () => {
      writeFileSync(
        join(dir, 'pamoja.config.yaml'),
        config().replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${taken}`),
      );
      const { port, url } = await serve({});
      expect(port).not.toBe(taken);
      expect(config()).toContain(url);
    });

    test.each(['abc', Number.NaN, -1])('listens nowhere for the port %o', async (port) => {
      await expect(serve({ port: port as number })).rejects.toThrow(
        `The port is ${port}; it is a whole number`,
      );
    });

    test('insists on a port that somebody asked for', async () => {
      await expect(serve({ port: taken })).rejects.toMatchObject({ code: 'PAM-GEN-001' });
    });
  });

  test('leaves a configuration alone that does not ask it and that somebody changed', async () => {
    const before = config();
    writeFileSync(join(dir, 'pamoja.config.yaml'), 'name: mine\n');
    expect((await serve()).configured).toBe(false);
    expect(config()).toBe('name: mine\n');
    writeFileSync(join(dir, 'pamoja.config.yaml'), before);
  });

  test('is asked by a configuration that was written without it, once it is there', async () => {
    await generate({ dir, customers: 50, products: 300 });
    expect(config()).not.toContain('type: rest');
    const { url, configured } = await serve();
    expect(configured).toBe(true);
    expect(config()).toContain(`type: rest`);
    expect(config()).toContain(url);
  });

  test('needs a business that was generated', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'pamoja-serve-'));
    await expect(serveBusiness(empty)).rejects.toMatchObject({ code: 'PAM-GEN-001' });
    rmSync(empty, { recursive: true });
  });
});

test('any page of a long file is found, though few of its places are remembered', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-pages-'));
  const path = join(dir, 'long.ndjson');
  const count = 600_000;
  const line = (n: number) => `{"n":${n}}`;
  writeFileSync(path, Array.from({ length: count }, (_, n) => `${line(n)}\n`).join(''));
  const pages = await RecordPages.open(path);
  expect(pages.total).toBe(count);
  for (const skip of [0, 1, 63, 64, 65, 4095, 262_143, 262_144, 300_001, count - 3]) {
    const read = (await pages.read(skip, 5)).toString();
    const expected = Array.from({ length: Math.min(5, count - skip) }, (_, i) => line(skip + i)).join(',');
    expect(read.replace(/,$/, ''), `from ${skip}`).toBe(expected);
  }
  rmSync(dir, { recursive: true });
});
