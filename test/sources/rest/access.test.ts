import { describe, expect, test } from 'vitest';
import { parseProject } from '../../../src/config/read-config.js';
import type { PamojaError } from '../../../src/kernel/errors.js';
import type { SourceConfig } from '../../../src/model/config.js';
import { guardedAgent, publicLookup } from '../../../src/sources/rest/guarded-agent.js';
import { isPublicAddress } from '../../../src/sources/rest/public-address.js';
import { followTo } from '../../../src/sources/rest/redirect.js';
import { grain, refusal } from '../json/reading-json.js';
import { sendJson, sendSkipped } from './api-server.js';
import { ids, openBench, records } from './reading-apis.js';

const bench = openBench();
const env = { TOKEN: 's3cr3t', USER: 'wanjiru', PASSWORD: 'pa:ss' };

test('a key is hidden also as it stands in an address', async () => {
  await bench.serve((url, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        message: `no route for ${url.pathname}${url.search} nor ${encodeURIComponent('AbC1+2/x z!=')}`,
      }),
    );
  });
  const source = bench.source('/items', { auth: { param: 'api_key', value: 'KEY' } });
  const error = await refusal(bench.read(source, { env: { KEY: 'AbC1+2/x z!=' } }));
  expect(error.toString()).not.toMatch(/AbC1/);
  expect(error.message).toContain('api_key=…');
});

describe('credentials', () => {
  test.each([
    [{ bearer: 'TOKEN' }, 'authorization', 'Bearer s3cr3t'],
    [{ basic: { user: 'USER', password: 'PASSWORD' } }, 'authorization', 'Basic d2FuamlydTpwYTpzcw=='],
    [{ header: 'X-Api-Key', value: 'TOKEN' }, 'x-api-key', 's3cr3t'],
  ])('come from the environment: %j', async (auth, header, value) => {
    await bench.serve((url, response) => sendSkipped(url, response, 'items', records(1, 40)));
    await bench.read(bench.source('/items', { auth }), { env });
    expect(bench.api.asked.map(({ headers }) => headers[header])).toEqual([value, value]);
  });

  test('may be a parameter, which no place and no error shows', async () => {
    await bench.serve((url, response) => sendSkipped(url, response, 'items', records(1, 40)));
    const source = bench.source('/items', { auth: { param: 'key', value: 'TOKEN' } });
    const result = await bench.read(source, { env });
    expect(bench.api.asked.map(({ url }) => url.search)).toEqual(['?key=s3cr3t', '?skip=30&key=s3cr3t']);
    expect(result.files.map((file) => file.name)).toEqual(['/items page 1', '/items page 2']);
  });

  test('that are not set stop the run before anything is asked', async () => {
    await bench.serve((_, response) => sendJson(response, []));
    const error = await refusal(bench.read(bench.source('/items', { auth: { bearer: 'TOKEN' } })));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-016',
      'the environment variable TOKEN is not set.',
    ]);
    expect(bench.api.asked).toEqual([]);
  });

  test('that are refused are not shown, even where the API repeats them', async () => {
    await bench.serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"Invalid key s3cr3t"}}');
    });
    const error = await refusal(bench.read(bench.source('/items', { auth: { bearer: 'TOKEN' } }), { env }));
    expect([error.code, error.message]).toEqual(['PAM-SRC-016', 'the API answers 401: Invalid key …']);
    expect(error.next).toContain('TOKEN');
    const polite = await bench.serve((_, response) => sendJson(response, { error: 'Invalid key s3cr3t' }));
    const source = bench.source('', { url: `${polite.origin}/items`, auth: { bearer: 'TOKEN' } });
    const second = await refusal(bench.read(source, { env }));
    expect(second.message).toBe('the API answers 200, and says an error: Invalid key …');
  });
});

describe('a redirect', () => {
  const auth = { bearer: 'TOKEN' };

  test('within the API keeps the credentials', async () => {
    await bench.serve((url, response) => {
      if (url.pathname === '/items') response.writeHead(301, { location: '/v2/items' }).end();
      else sendJson(response, records(1, 3));
    });
    await bench.read(bench.source('/items', { auth }), { env });
    expect(await bench.values()).toEqual(ids(3));
    expect(bench.api.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer s3cr3t',
      'Bearer s3cr3t',
    ]);
  });

  test('to another host carries no credential, no header and no secret parameter', async () => {
    await bench.serve((_, response) =>
      response.writeHead(302, { location: `${other.origin}/items?page=1` }).end(),
    );
    const other = await bench.serve((_, response) => sendJson(response, records(1, 3)));
    const source = bench.source('/items', {
      auth: { param: 'key', value: 'TOKEN' },
      headers: { 'X-Shop': 'nairobi' },
    });
    await bench.read(source, { env });
    await bench.read({ ...source, auth }, { env });
    expect(await bench.values()).toEqual(ids(3));
    expect(other.asked.length).toBe(2);
    const seen = JSON.stringify(other.asked.map(({ url, headers }) => [url.href, headers]));
    expect(seen).not.toContain('s3cr3t');
    expect(seen).not.toContain('nairobi');
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test('that leads back from another host carries no credential either', async () => {
    const api = await bench.serve((url, response) => {
      if (url.pathname === '/items') response.writeHead(302, { location: `${other.origin}/x` }).end();
      else sendJson(response, records(1, 3));
    });
    const other = await bench.serve((_, response) =>
      response.writeHead(302, { location: `${api.origin}/admin` }).end(),
    );
    await bench.read(bench.source('/items', { auth }), { env });
    expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer s3cr3t', undefined]);
  });

  test('without end stops the run', async () => {
    await bench.serve((_, response) => response.writeHead(302, { location: '/items' }).end());
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-019', 'the API redirects more than 5 times.']);
  });

  test('is the same to a link to the next page', async () => {
    await bench.serve((_, response) =>
      sendJson(response, records(1, 3), { link: `<${other.origin}/more>; rel="next"` }),
    );
    const other = await bench.serve((_, response) => sendJson(response, records(4, 6)));
    await bench.read(bench.source('/items', { auth }), { env });
    expect(await bench.values()).toEqual(ids(6));
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  const from = new URL('https://shop.example/api/items');
  test.each([
    ['/v2', 'https://shop.example/v2'],
    ['http://shop.example/v2', 'https://shop.example/v2'],
    ['https://other.example/v2', 'https://other.example/v2'],
    ['https://user:word@other.example/v2', 'https://other.example/v2'],
  ])('to %s is followed', (location, url) => {
    expect(followTo(location, from, false)).toEqual({ kind: 'follow', url: new URL(url) });
  });

  test.each([
    ['http://other.example/v2'],
    ['file:///etc/passwd'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://[::1]/'],
    ['http://'],
  ])('to %s is refused', (location) => {
    expect(followTo(location, from, false).kind).toBe('refuse');
    expect(followTo('http://other.example/', from, true).kind).toBe('refuse');
  });
});

describe('an address in a private network', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::ffff:127.0.0.1]', '2130706433', '127.1'])(
    'is not asked unless the config says so: %s',
    async (host) => {
      const { origin } = await bench.serve((_, response) => sendJson(response, records(1, 3)));
      const url = `http://${host}:${new URL(origin).port}/items`;
      const error = await refusal(bench.read(bench.source('', { url, allowPrivate: false })));
      expect(error.code).toBe('PAM-SRC-019');
      expect(bench.api.asked).toEqual([]);
    },
  );

  test('is refused when the name is looked up to connect, and not before', async () => {
    const found = await new Promise((resolve) =>
      publicLookup('localhost', { all: true }, (error) => resolve((error as { code?: string } | null)?.code)),
    );
    expect(found).toBe('PRIVATE_ADDRESS');
    const agent = guardedAgent({ timeout: 1000, connections: 1, allowPrivate: false });
    const asking = agent.request({ origin: 'http://localhost:1', path: '/', method: 'GET' });
    await expect(asking).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' });
    await agent.destroy();
  });

  test.each([
    ['8.8.8.8', true],
    ['172.32.0.1', true],
    ['2606:4700:4700::1111', true],
    ['64:ff9b::808:808', true],
    ['10.1.2.3', false],
    ['172.31.255.255', false],
    ['192.168.0.1', false],
    ['100.64.0.1', false],
    ['169.254.169.254', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['fe80::1', false],
    ['fe80::1%eth0', false],
    ['fd00::1', false],
    ['::ffff:192.168.0.1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2001::1', false],
    ['3fff::1', false],
    ['192.88.99.1', false],
    ['shop.example', false],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});

describe('the configuration of an API', () => {
  const parse = (source: Partial<SourceConfig>) => {
    const whole = { type: 'rest', url: 'https://shop.example/api/items', ...source };
    const entities = { products: { key: 'id', fields: { product_name: 'name' } } };
    return parseProject({ sources: { shop: { ...whole, entities } } }, '/nowhere');
  };
  const problem = (source: Partial<SourceConfig>) => {
    try {
      parse(source);
    } catch (error) {
      return `${(error as PamojaError).where}: ${(error as PamojaError).message}`;
    }
    return undefined;
  };

  test('takes the few lines that most need', () => {
    const [source] = parse({ auth: { bearer: 'SHOP_TOKEN' }, records: 'items', pagination: 'page' }).sources;
    expect(source).toMatchObject({ path: [], url: 'https://shop.example/api/items', delivery: 'snapshot' });
  });

  test.each<[Partial<SourceConfig>, string]>([
    [{ url: undefined }, 'sources.shop.url: is missing.'],
    [
      { url: 'shop.example' },
      'sources.shop.url: is not an address, such as https://shop.example/api/orders.',
    ],
    [
      { url: 'https://u:p@shop.example' },
      'sources.shop.url: has a password in it, which belongs in the environment: declare auth.',
    ],
    [{ path: 'items.json' }, 'sources.shop.path: does not belong to an API.'],
    [{ period: '(.)' }, 'sources.shop.period: does not belong to an API.'],
    [
      { auth: { bearer: 'eyJhbGciOi.JIUzI1' } },
      'sources.shop.auth.bearer: must be the name of an environment variable, which holds the secret.',
    ],
    [
      { headers: { Authorization: 'Bearer x' } },
      'sources.shop.headers.Authorization: may hold a secret, which belongs in the environment: declare auth.',
    ],
    [
      { url: 'http://shop.example', auth: { bearer: 'TOKEN' } },
      'sources.shop.url: would send the credentials without encryption.',
    ],
    [{ since: 'updated_since' }, 'sources.shop.since: gives a part of the records, which is no snapshot.'],
  ])('is refused with a word on why: %j', (source, message) => {
    expect(problem(source)).toBe(message);
  });

  test('does not fit files', () => {
    const entities = { products: { key: 'id', fields: { product_name: 'name' } } };
    const csv = { type: 'csv', path: 'a.csv', auth: { bearer: 'X' }, entities };
    expect(() => parseProject({ sources: { shop: csv } }, '/nowhere')).toThrow('a source of files');
  });
});

describe('pages follow each other', () => {
  const all = records(1, 45);
  const page = (url: URL, size: number, first = 1) => {
    const at = Number(url.searchParams.get('page') ?? first) - first;
    return { at, part: all.slice(at * size, at * size + size) };
  };

  test.each<[string, (url: URL) => unknown]>([
    [
      'page and pages',
      (url) => ({ data: page(url, 10).part, meta: { page: page(url, 10).at + 1, pages: 5 } }),
    ],
    [
      'the number and the total, from 0',
      (url) => ({ data: page(url, 10, 0).part, page: page(url, 10, 0).at, total: 45 }),
    ],
    [
      'a cursor',
      (url) => {
        const at = Number(url.searchParams.get('cursor') ?? 0);
        return { data: all.slice(at, at + 10), meta: { next_cursor: at + 10 < 45 ? String(at + 10) : '' } };
      },
    ],
    [
      'a token',
      (url) => {
        const at = Number(url.searchParams.get('pageToken') ?? 0);
        return { items: all.slice(at, at + 10), ...(at + 10 < 45 ? { nextPageToken: String(at + 10) } : {}) };
      },
    ],
    [
      'the address of the next',
      (url) => {
        const { at, part } = page(url, 10);
        return { results: part, count: 45, previous: null, next: at === 4 ? null : `/items?page=${at + 2}` };
      },
    ],
    [
      'links in the HAL way',
      (url) => {
        const { at, part } = page(url, 10);
        return { data: part, _links: at === 4 ? {} : { next: { href: `/items?page=${at + 2}` } } };
      },
    ],
  ])('as %s say it, and nobody declared it', async (_, answer) => {
    await bench.serve((url, response) => sendJson(response, answer(url)));
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(45));
  });

  test('as declared, to the first that is empty, where the API says nothing', async () => {
    await bench.serve((url, response) => sendJson(response, page(url, 10).part));
    const pagination = { kind: 'page', size: 50 } as const;
    await bench.read(bench.source('/items', { pagination, params: { status: 'any' } }));
    expect(await bench.values()).toEqual(ids(45));
    expect(bench.api.asked.map(({ url }) => url.search)).toEqual(
      [1, 2, 3, 4, 5, 6].map((at) => `?status=any&page=${at}&per_page=50`),
    );
  });

  test('at declared paths', async () => {
    await bench.serve((url, response) => {
      const at = Number(url.searchParams.get('after') ?? 0);
      const more = at + 10 < 45 ? at + 10 : null;
      sendJson(response, { answer: { list: all.slice(at, at + 10), mark: more, found: 45 } });
    });
    const pagination = {
      kind: 'cursor',
      param: 'after',
      next: 'answer.mark',
      total: 'answer.found',
    } as const;
    await bench.read(bench.source('/items', { records: 'answer.list', pagination }));
    expect(await bench.values()).toEqual(ids(45));
  });

  test('several at a time, never more than declared, in their order', async () => {
    let open = 0;
    let most = 0;
    await bench.serve((url, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        sendSkipped(url, response, 'items', records(1, 400));
      });
    });
    const result = await bench.read(bench.source('/items', { concurrency: 3 }));
    expect(await bench.values()).toEqual(ids(400));
    expect(result.files.length).toBe(14);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });

  test('from the last run on, with an overlap, where the API can be asked so', async () => {
    await bench.serve((url, response) => sendSkipped(url, response, 'items', records(1, 3)));
    const lastRead = new Date('2026-03-01T06:00:00.900Z');
    const source = bench.source('/items', { delivery: 'addition', since: { param: 'from', overlap: 30 } });
    const result = await bench.read(source, { lastRead });
    expect(bench.api.asked[0]?.url.search).toBe('?from=2026-03-01T05%3A30%3A00Z');
    expect(result.files[0]?.name).toBe('/items since 2026-03-01T05:30:00Z page 1');
    await bench.read(source);
    expect(bench.api.asked[1]?.url.search).toBe('');
  });

  test('only as far as needed for the names of the members', async () => {
    await bench.serve((url, response) => sendSkipped(url, response, 'items', records(1, 100)));
    expect(await bench.columns(bench.source('/items'))).toEqual(['id']);
    expect(bench.api.asked.length).toBe(1);
  });

  test('to the end before a member that none holds is missed', async () => {
    await bench.serve((url, response) => sendSkipped(url, response, 'items', records(1, 100)));
    const error = await refusal(bench.read(bench.source('/items'), { grains: [grain(['id', 'nmae'])] }));
    expect([error.code, error.message]).toEqual(['PAM-SRC-003', 'no record holds "nmae".']);
    expect(bench.api.asked.length).toBe(4);
  });
});
