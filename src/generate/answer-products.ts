import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { PRODUCTS_API } from './project-config.js';
import type { RecordPages } from './record-pages.js';

const USUAL_LIMIT = 30;
const MOST_LIMIT = 1000;

/** Answers requests for pages of products. Trouble comes once in every pass over them, and always at the same pages. */
export function answerProducts(pages: RecordPages): RequestListener {
  const trouble = new Trouble();
  return (request, response) => {
    answer(pages, trouble, request, response).catch(() => {
      if (!response.headersSent) say(response, 500, { message: 'The list cannot be read.' });
      else response.destroy();
    });
  };
}

/** What goes wrong on the way: a 429 at the second page, a 500 at the third, or at the last where there are fewer. */
class Trouble {
  private given = new Set<429 | 500>();

  /** What goes wrong with a page that is asked for, if anything. */
  at(page: number, last: number): 429 | 500 | undefined {
    const due = ([429, 500] as const).find(
      (status, i) => page === Math.min(i + 1, last) && !this.given.has(status),
    );
    if (due !== undefined) this.given.add(due);
    return due;
  }

  /** At the first page a pass begins, and behind the last one. */
  beginPass(): void {
    this.given = new Set();
  }
}

async function answer(
  pages: RecordPages,
  trouble: Trouble,
  { url, method, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = new URL(url ?? '/', 'http://127.0.0.1');
  if (asked.pathname !== PRODUCTS_API)
    return say(response, 404, { message: `There is only ${PRODUCTS_API}.` });
  if (method !== 'GET' && method !== 'HEAD')
    return say(response, 405, { message: 'This list can only be read.' });
  const limit = Math.min(wholeNumber(asked.searchParams.get('limit'), USUAL_LIMIT), MOST_LIMIT);
  const skip = wholeNumber(asked.searchParams.get('skip'), 0);
  if (!(limit > 0) || Number.isNaN(skip))
    return say(response, 400, { message: 'limit and skip are whole numbers.' });
  const last = Math.max(0, Math.ceil(pages.total / limit) - 1);
  const page = Math.floor(skip / limit);
  const wrong = trouble.at(page, last);
  if (wrong === 429) return say(response, 429, { message: 'Too many requests.' }, { 'retry-after': '1' });
  if (wrong === 500) return say(response, 500, { message: 'Something went wrong.' });
  if (page === 0 || page === last) trouble.beginPass();
  const body = Buffer.concat([
    Buffer.from('{"products":['),
    await pages.read(skip, limit),
    Buffer.from(`],"total":${pages.total},"skip":${skip},"limit":${limit}}`),
  ]);
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  if (names(headers['if-none-match'], tag)) {
    response.writeHead(304, { etag: tag }).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    etag: tag,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function names(tags: string | undefined, tag: string): boolean {
  return (tags ?? '').split(',').some((each) => ['*', tag].includes(each.trim().replace(/^W\//, '')));
}

/** The number that was asked for; NaN where it is none. */
function wholeNumber(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
}

function say(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
