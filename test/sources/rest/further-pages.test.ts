import { describe, expect, test } from 'vitest';
import { refusal } from '../json/reading-json.js';
import { sendJson } from './api-server.js';
import { ids, openBench, records } from './reading-apis.js';

/* Ways in which APIs say that a page is not all. What is not understood stops the run: nothing is taken for the whole. */

const bench = openBench();
const ALL = records(1, 95);

/** Ten records a page, from the parameter `page`. */
const tens = (url: URL, name = 'page') => {
  const number = Number(url.searchParams.get(name) ?? 1);
  return { number, items: ALL.slice((number - 1) * 10, number * 10), more: number < 10 };
};

describe('an empty page in the middle', () => {
  const hole = (url: URL) => (tens(url).number === 3 ? [] : tens(url).items);
  const others = ALL.filter(({ id }) => id < 21 || id > 30).map(({ id }) => String(id));

  test.each([
    ['the number of pages', (url: URL) => ({ page: tens(url).number, total_pages: 10 })],
    ['that there are more', (url: URL) => ({ page: tens(url).number, limit: 10, has_more: tens(url).more })],
  ])('ends nothing where the API tells %s', async (_, facts) => {
    await bench.serve((url, response) => sendJson(response, { items: hole(url), ...facts(url) }));
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(others);
  });

  test('is refused where the next page follows from the number of records', async () => {
    await bench.serve((url, response) => {
      const skip = Number(url.searchParams.get('skip') ?? 0);
      const items = skip === 20 ? [] : ALL.slice(skip, skip + 10);
      sendJson(response, { items, skip, limit: 10, has_more: skip < 85 });
    });
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual([
      'PAM-SRC-018',
      'the answer says that there are more records, but not where.',
    ]);
  });
});

describe('the next page', () => {
  test.each([
    ['a number', (url: URL) => ({ next_page: tens(url).more ? tens(url).number + 1 : null })],
    ['an address without a host', (url: URL) => ({ nextRecordsUrl: next(url) })],
    [
      'an address in an object',
      (url: URL) => ({ paging: { next: next(url) === null ? null : { link: next(url) } } }),
    ],
    [
      'a link among links',
      (url: URL) => ({ links: next(url) === null ? [] : [{ rel: 'next', href: next(url) }] }),
    ],
    [
      'an offset that is a mark',
      (url: URL) => (tens(url, 'offset').more ? { offset: `${tens(url, 'offset').number + 1}` } : {}),
      'itr',
    ],
  ])('may be %s', async (_, facts, mark = '') => {
    await bench.serve((url, response) => {
      const plain = new URL(url.href.replace(`offset=${mark}`, 'offset='));
      const { items } = tens(plain, mark === '' ? 'page' : 'offset');
      const told = facts(plain) as { offset?: string };
      sendJson(response, { items, ...told, ...(told.offset && { offset: `${mark}${told.offset}` }) });
    });
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(95));
  });

  test.each([{ truncated: false }, { done: true }, { more: false }, { last: true }])(
    'is asked for where its address stands beside %j, which speaks of the answer alone',
    async (vague) => {
      await bench.serve((url, response) =>
        sendJson(
          response,
          { items: tens(url).items, ...vague, ...(url.pathname === '/items' && { next: next(url) }) },
          url.pathname === '/items' || next(url) === null ? {} : { link: `<${next(url)}>; rel="next"` },
        ),
      );
      for (const path of ['/items', '/linked']) {
        await bench.read(bench.source(path));
        expect(await bench.values()).toEqual(ids(95));
      }
    },
  );

  test('is not asked for by a mark that stays, where the answer says that there is no more', async () => {
    await bench.serve((_, response) =>
      sendJson(response, { items: records(1, 7), has_more: false, cursor: 'for-the-next-time' }),
    );
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(7));
  });

  test('counts from where a redirect led', async () => {
    await bench.serve((url, response) => {
      if (url.pathname === '/items') response.writeHead(302, { location: '/v2/list/items?page=1' }).end();
      else if (url.pathname !== '/v2/list/items') response.writeHead(404).end();
      else
        sendJson(response, {
          items: tens(url).items,
          next: tens(url).more ? `?page=${tens(url).number + 1}` : null,
        });
    });
    await bench.read(bench.source('/items'));
    expect(await bench.values()).toEqual(ids(95));
  });

  test.each([
    [{ next: 'tok2' }, 'the answer has a "next", but does not say how to ask for it.'],
    [{ info: { more_records: true } }, 'the answer says that there are more records, but not where.'],
    [{ isLast: false }, 'the answer says that there are more records, but not where.'],
    [{ done: false }, 'the answer says that there are more records, but not where.'],
    [{ is_truncated: true, marker: 'x' }, 'the answer says that there are more records, but not where.'],
    [{ count: 95 }, '7 records came, but the API says 95 in all.'],
    [{ totalSize: 95 }, '7 records came, but the API says 95 in all.'],
  ])('that is told by %j alone stops the run', async (facts, message) => {
    await bench.serve((_, response) => sendJson(response, { items: records(1, 7), ...facts }));
    const error = await refusal(bench.read(bench.source('/items')));
    expect([error.code, error.message]).toEqual(['PAM-SRC-018', message]);
  });

  test('that a header counts stops the run, bytes aside', async () => {
    const range = { 'content-range': 'items 0-6/95' };
    await bench.serve((url, response) =>
      sendJson(
        response,
        { items: records(1, 7) },
        url.pathname === '/bytes' ? { 'content-range': 'bytes 0-6/95' } : range,
      ),
    );
    expect((await refusal(bench.read(bench.source('/items')))).message).toBe(
      '7 records came, but the API says 95 in all.',
    );
    await bench.read(bench.source('/bytes'));
    expect(await bench.values()).toEqual(ids(7));
  });

  test('that nobody wants is left alone', async () => {
    await bench.serve((_, response) =>
      sendJson(response, { items: records(1, 7), next: 'tok2', isLast: false }),
    );
    await bench.read(bench.source('/items', { pagination: 'none' }));
    expect(await bench.values()).toEqual(ids(7));
  });

  test.each([
    [{ count: 7 }],
    [{ next: null }],
    [{ next: false }],
    [{ next_page: 0 }],
    [{ done: true }],
    [{ links: [] }],
    [{ links: { next: { href: null } } }],
    [{ next: {} }],
  ])('is not looked for where %j says that this is all', async (facts) => {
    await bench.serve((_, response) => sendJson(response, { items: records(1, 7), ...facts }));
    await bench.read(bench.source('/items'));
    expect(bench.warnings).toEqual([]);
    expect(bench.api.asked).toHaveLength(1);
  });
});

test('a page that has a number is asked for by it', async () => {
  await bench.serve((url, response) => {
    const { number, items, more } = tens(url, 'pageNumber');
    sendJson(response, {
      items,
      pageNumber: number,
      pageSize: 10,
      nextPage: more ? number + 1 : null,
      totalPages: 10,
    });
  });
  await bench.read(bench.source('/items'));
  expect(await bench.values()).toEqual(ids(95));
});

describe('what the configuration says of the answer', () => {
  test('may stand in the first answer alone', async () => {
    await bench.serve((url, response) => {
      const { number, items } = tens(url);
      sendJson(response, { items, ...(number === 1 && { meta: { all: 95 } }) });
    });
    const pagination = { kind: 'page', param: 'page', total: 'meta.all' } as const;
    await bench.read(bench.source('/items', { pagination }));
    expect(await bench.values()).toEqual(ids(95));
  });

  test('must be there for the total', async () => {
    await bench.serve((_, response) => sendJson(response, { items: records(1, 7), count: 7 }));
    const pagination = { kind: 'page', param: 'page', total: 'data.count' } as const;
    const error = await refusal(bench.read(bench.source('/items', { pagination })));
    expect(error.toString()).toBe(
      'PAM-SRC-018 shop: /items page 1: the answer has no number at data.count, where the total should be. Correct sources.shop.pagination.total.',
    );
  });

  test('is missed aloud for the next page', async () => {
    await bench.serve((_, response) => sendJson(response, { items: records(1, 7), meta: { mark2: 'x' } }));
    const pagination = { kind: 'cursor', param: 'after', next: 'meta.mark' } as const;
    await bench.read(bench.source('/items', { pagination }));
    expect(bench.warnings).toEqual([
      'shop: 7 records, and no answer has meta.mark, which names the next page.',
    ]);
  });
});

/** The address of the page behind this one, without its host. */
function next(url: URL): string | null {
  const { number, more } = tens(url);
  return more ? `${url.pathname}?page=${number + 1}` : null;
}
