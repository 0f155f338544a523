import { describe, expect, test } from 'vitest';
import { balanced, grain, refusal } from '../json/reading-json.js';
import { sendJson, sendSkipped } from './api-server.js';
import { ids, openBench, records } from './reading-apis.js';

const bench = openBench();
const SECRETS = ['s3cr3t-token', 'p4ram-key'];

describe('an API that is busy', () => {
  test('is asked again after as long as it wishes, and no row is lost', async () => {
    const troubles = [
      { status: 429, retryAfter: '2' },
      { status: 429, retryAfter: new Date(Date.now() + 9_000).toUTCString() },
      { status: 500, retryAfter: undefined },
      { status: 503, retryAfter: '0.5' },
    ];
    await bench.serve((url, response) => {
      const trouble = url.searchParams.get('skip') === '60' ? troubles.shift() : undefined;
      if (trouble === undefined) return sendSkipped(url, response, 'items', records(1, 100));
      response.writeHead(trouble.status, trouble.retryAfter ? { 'retry-after': trouble.retryAfter } : {});
      response.end('busy');
    });
    const result = await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(100));
    expect(await balanced(bench.place, result)).toBe(true);
    const [seconds, date, pause, fraction] = bench.pauses as [number, number, number, number];
    expect([seconds, fraction]).toEqual([2000, 500]);
    expect(date).toBeGreaterThan(6_000);
    expect(date).toBeLessThanOrEqual(9_000);
    expect(pause).toBe(1000);
  });

  test('is left in peace where it asks for longer than a run should wait', async () => {
    await bench.serve((_, response) => response.writeHead(429, { 'retry-after': '7200' }).end());
    const error = await refusal(bench.read(bench.source('/items')));
    expect(error.code).toBe('PAM-SRC-015');
    expect(error.message).toBe('the API answers 429 and asks to wait 7200 seconds.');
    expect(bench.pauses).toEqual([]);
  });

  test('that never recovers stops the run after six attempts, and tells no secret', async () => {
    await bench.serve((_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `no luck with ${SECRETS.join(' and ')}\nat line 1` }));
    });
    const source = bench.source('/items', {
      auth: { bearer: 'TOKEN' },
      params: { key: 'of-the-query' },
    });
    const error = await refusal(bench.read(source, { env: { TOKEN: 's3cr3t-token' } }));
    expect(error.code).toBe('PAM-SRC-015');
    expect(error.where).toBe('shop: /items page 1');
    expect(error.message).toBe('the API answers 500 6 times: no luck with … and p4ram-key at line 1.');
    expect(error.toString()).not.toContain('of-the-query');
    expect(bench.api.asked.length).toBe(6);
    expect(bench.pauses).toEqual([250, 500, 1000, 2000, 4000]);
  });

  test('that hangs up, or speaks no HTTP, is asked again', async () => {
    const troubles = [1, 2];
    await bench.serve((url, response) => {
      const trouble = troubles.shift();
      if (trouble === 1) response.destroy();
      else if (trouble === 2) response.socket?.end('what?\r\n\r\n');
      else sendSkipped(url, response, 'items', records(1, 10));
    });
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(10));
    expect(bench.pauses.length).toBe(2);
  });
});

describe('an API that stalls', () => {
  test('before or within its answer is asked again', async () => {
    const troubles = ['head', 'body'];
    await bench.serve((url, response) => {
      const trouble = troubles.shift();
      if (trouble === 'head') return;
      if (trouble === 'body') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"items":[{"id":1},');
        return;
      }
      sendSkipped(url, response, 'items', records(1, 10));
    });
    await bench.read(bench.source('/items', { timeout: 0.3 }));
    expect(await bench.values()).toEqual(ids(10));
    expect(bench.pauses.length).toBe(2);
  });

  test('for ever stops the run', async () => {
    await bench.serve(() => {});
    const error = await refusal(bench.read(bench.source('/items', { timeout: 0.2 })));
    expect(error.code).toBe('PAM-SRC-014');
    expect(error.message).toBe('no answer in time 6 times.');
  });
});

describe('a body that is short', () => {
  test('of the length that it announces is asked for again', async () => {
    let times = 0;
    await bench.serve((url, response) => {
      times += 1;
      if (times > 2) return sendSkipped(url, response, 'items', records(1, 10));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"items":[{"id":1},{"id":2}]}');
      response.socket?.end();
    });
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(10));
  });

  test('each time stops the run', async () => {
    await bench.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"items":[{"id":1},{"id":2}]}');
      response.socket?.end();
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-014',
      'the API breaks the connection before all is there 6 times.',
    ]);
  });

  test('of its JSON stops the run, though HTTP calls it whole', async () => {
    await bench.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"items":[{"id":1},{"id":2},');
    });
    const error = await refusal(bench.read(bench.source('/items', { records: 'items' })));
    expect(error.code).toBe('PAM-SRC-017');
    expect(error.message).toContain('the document ends while 2 brackets are open');
  });

  test('of its packing stops the run', async () => {
    await bench.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(Buffer.from('1f8b0800000000000003ab56', 'hex'));
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-017',
      'the answer cannot be unpacked (gzip) 6 times.',
    ]);
  });
});

describe('pages that come again', () => {
  test('for ever, under addresses that are ever new, are an error at the second', async () => {
    await bench.serve((url, response) => {
      const at = Number(url.searchParams.get('at') ?? 0);
      sendJson(response, { items: records(1, 10), at, next: `/items?at=${at + 1}` });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-018', 'the records of page 1 come again.']);
    expect(bench.api.asked.length).toBeLessThanOrEqual(3);
  });

  test('since a link leads back are an error before they are asked for', async () => {
    await bench.serve((url, response) => {
      const at = Number(url.searchParams.get('at') ?? 0);
      sendJson(response, {
        items: records(at * 10 + 1, at * 10 + 10),
        next: `/items?at=${at === 2 ? 1 : at + 1}`,
      });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-018', 'the next page is said to be page 2 again.']);
    expect(bench.api.asked.length).toBe(3);
  });

  test('with one and the same cursor are an error', async () => {
    await bench.serve((url, response) => {
      const at = url.searchParams.get('cursor');
      sendJson(response, { items: at === null ? records(1, 10) : records(11, 20), next_cursor: 'abc' });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-018', 'the next page is said to be page 2 again.']);
  });

  test('in the middle are an error, though the total is met', async () => {
    const starts = [1, 11, 11, 31];
    await bench.serve((url, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const start = starts[page - 1] as number;
      sendJson(response, { items: records(start, start + 9), page, pages: 4, total: 40 });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-018', 'the records of page 2 come again.']);
  });

  test('with other words around the same first and last record are an error', async () => {
    await bench.serve((url, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const items = records(1, 10).map((record) => ({ ...record, seen: page }));
      sendJson(response, { items, page, pages: 3 });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect(error.code).toBe('PAM-SRC-018');
    expect(error.message).toBe('it begins and ends with the same records as page 1.');
  });

  test('empty, one after the other, come to an end', async () => {
    await bench.serve((url, response) => {
      const at = Number(url.searchParams.get('cursor') ?? 0);
      sendJson(response, { items: [], next_cursor: at + 1 });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-018', '21 empty pages follow each other.']);
  });

  test('since the API ignores the parameter are told by what it says of itself', async () => {
    await bench.serve((_, response) => {
      sendJson(response, { items: records(1, 10), page: 1, total: 30 });
    });
    const error = await refusal(
      bench.read(bench.source('/items', { pagination: { kind: 'page', first: 2 } })),
    );
    expect(error.message).toBe('page=2 was asked for, and the answer says page 1.');
  });
});

describe('a record that comes on two pages, in place of one that was passed over,', () => {
  const shifted = (more: object, twice: object) =>
    bench.serve((url, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const items = page === 1 ? records(1, 10) : [twice, ...records(12, 15)];
      sendJson(response, { items, page, pages: 2, ...more });
    });

  test('stops the run where the total tells, though as many came', async () => {
    await shifted({ total: 15 }, { id: 10 });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-018',
      '1 of 15 records came on two pages, so others were passed over: the API says 15 in all.',
    ]);
    await bench.read(bench.source('/items', { tolerance: 1 }));
  });

  test('is told where no total tells', async () => {
    await shifted({}, { id: 10 });
    await bench.read(bench.source('/items'));
    expect(bench.warnings.join()).toContain('1 of 15 records came on two pages');
  });

  test('is another one where what is mapped differs', async () => {
    await shifted({ total: 15 }, { id: 10, name: 'elsewhere' });
    await bench.read(bench.source('/items'), { grains: [grain(['id', 'name'])] });
    expect(bench.warnings).toEqual([]);
  });
});

describe('a total', () => {
  const withTotals = (totals: readonly number[], all: number) =>
    bench.serve((url, response) => {
      const skip = Number(url.searchParams.get('skip') ?? 0);
      const items = records(skip + 1, Math.min(skip + 10, all));
      sendJson(response, { items, skip, limit: 10, total: totals[skip / 10] ?? totals.at(-1) });
    });

  test('that changes between pages stops the run', async () => {
    await withTotals([30, 29, 29], 30);
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-018',
      'the API said 30 records in all, and says 29 now.',
    ]);
  });

  test('may change by the declared tolerance', async () => {
    await withTotals([30, 31, 31], 31);
    await bench.read(bench.source('/items', { tolerance: 1 }));
    expect(await bench.values()).toEqual(ids(31));
  });

  test('that is not met stops the run', async () => {
    await withTotals([35], 33);
    const error = await refusal(bench.read(bench.source('/items')));
    expect(error.message).toBe('33 records came, but the API says 35 in all.');
  });

  test('that is passed stops the run', async () => {
    await withTotals([15], 30);
    const error = await refusal(bench.read(bench.source('/items')));
    expect(error.message).toBe('20 records came, though the API says 15 in all.');
  });

  test('is seen where the API does not say how to go on', async () => {
    await bench.serve((_, response) => sendJson(response, records(1, 25), { 'x-total-count': '80' }));
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-018',
      '25 records came, but the API says 80 in all.',
    ]);
    expect(error.next).toContain('Declare how the pages follow each other');
  });

  test('is held against what came where several pages are asked for at a time', async () => {
    await withTotals([40], 33);
    const error = await refusal(bench.read(bench.source('/items', { concurrency: 3 })));
    expect(error.message).toBe('33 records came, but the API says 40 in all.');
  });

  test('that means something else is passed over where the config says so', async () => {
    await bench.serve((_, response) => sendJson(response, { items: records(1, 7), total: 1200 }));
    await bench.read(bench.source('/items', { pagination: { kind: 'none', total: false } }));
    expect(await bench.values()).toEqual(ids(7));
  });

  test('is missed aloud where a list has as many records as a page would', async () => {
    await bench.serve((_, response) => sendJson(response, records(1, 100)));
    await bench.read(bench.source('/items'));
    expect(bench.warnings).toEqual([
      'shop: /items page 1: 100 records and no word of further pages. If that is all, declare pagination: none.',
    ]);
  });

  test('cannot be missed where the API says that there is more', async () => {
    await bench.serve((_, response) => sendJson(response, { data: records(1, 7), has_more: true }));
    const error = await refusal(bench.read(bench.source('/items')));
    expect(error.message).toBe('the answer says that there are more records, but not where.');
  });
});

describe('an answer with status 200', () => {
  const refused = async (body: unknown, more = {}, type = 'application/json') => {
    await bench.serve((_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    const error = await refusal(bench.read(bench.source('/items', more)));
    return [error.code, error.message];
  };

  test.each([
    [{ error: { code: 17, message: 'Rate limited' } }, 'Rate limited'],
    [{ items: [], errors: [{ message: 'Throttled' }] }, 'Throttled'],
    [{ items: [{ id: 1 }], error: 'partial result' }, 'partial result'],
    [{ ok: false, error: 'invalid_auth' }, 'invalid_auth'],
    [{ status: 'error', message: 'Try later' }, 'Try later'],
    [{ success: false, items: [] }, 'success: false'],
    [{ code: 401, message: 'token expired', items: [] }, 'code 401: token expired'],
    [{ statusCode: '503', items: [] }, 'statusCode 503'],
  ])('that says an error stops the run: %j', async (body, said) => {
    expect(await refused(body)).toEqual(['PAM-SRC-015', `the API answers 200, and says an error: ${said}.`]);
    expect(await refused(body, { records: 'items' })).toEqual([
      'PAM-SRC-015',
      `the API answers 200, and says an error: ${said}.`,
    ]);
  });

  test('that speaks of no errors is taken', async () => {
    await bench.serve((_, response) =>
      sendJson(response, {
        items: records(1, 2),
        error: null,
        errors: [],
        success: true,
        status: 'ok',
        code: 500,
      }),
    );
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(2));
  });

  test.each([
    ['<html><body>Sign in</body></html>', 'the answer is HTML or XML, not JSON.'],
    ['', 'the answer is empty.'],
    ['{"message":"hello"}', 'the answer holds no list of records.'],
    ['{"a":[],"b":[]}', 'the answer holds several lists: a, b.'],
    ['"items"', 'the answer holds no list of records.'],
    ['[{"id":1}', 'the document ends while one bracket is open, line 1, column 10.'],
  ])('that is no list stops the run: %s', async (body, message) => {
    expect(await refused(body)).toEqual(['PAM-SRC-017', message]);
  });

  test.each([
    [{ items: null }, 'there is null where the list of records should be.'],
    [{ items: { id: 1 } }, 'there is one object where the list of records should be.'],
    [{ other: [] }, 'there is nothing at the declared path items.'],
  ])('that has something else at the declared path stops the run: %j', async (body, message) => {
    expect(await refused(body, { records: 'items' })).toEqual(['PAM-SRC-017', message]);
  });

  test('that turns up in the middle, without its records, stops the run', async () => {
    await bench.serve((url, response) => {
      if (url.searchParams.get('skip') === '30') sendJson(response, { message: 'Something went wrong' });
      else sendSkipped(url, response, 'items', records(1, 90));
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.where]).toEqual(['PAM-SRC-017', 'shop: /items page 2']);
  });

  test('whose records are none is kept as torn, and counted', async () => {
    await bench.serve((_, response) => sendJson(response, [{ id: 1 }, null, 'x', { id: 4 }]));
    const result = await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(['1', '4']);
    expect(result.files[0]?.counted).toEqual([4]);
    expect((await bench.place.rows(result.torn)).map((row) => row._ordinal)).toEqual([2, 3]);
  });
});
