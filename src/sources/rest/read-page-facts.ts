import type { Pagination } from '../../model/api-config.js';
import { parsePath } from '../json/json-path.js';
import { type Envelope, memberNamed, valueAt } from './envelope.js';

/** What an answer says of where it stands among the others. */
export interface PageFacts {
  /** Records in all. */
  total: number | undefined;
  /** Pages in all. */
  pages: number | undefined;
  /** The number of this page, and how it is called. */
  page: Named | undefined;
  /** How many records stand before this page, and how that is called. */
  offset: Named | undefined;
  /** Records a page. */
  size: Named | undefined;
  /** The address of the next page: `null` says that there is none. */
  link: string | null | undefined;
  /** The mark of the next page, and how it is called: `null` says that there is none. */
  cursor: { name: string; value: string | null } | undefined;
  /** Whether there are more. */
  more: boolean | undefined;
  /** Whether the declared place of the next page is in the answer at all. */
  told: boolean;
  /** The name of a member that speaks of a next page in a way that nobody told us to follow. */
  unclear: string | undefined;
}

export interface Named {
  name: string;
  value: number;
}

const TOTAL = [
  'total',
  'totalcount',
  'totalresults',
  'totalitems',
  'totalrecords',
  'totalelements',
  'totalsize',
];
const PAGES = ['totalpages', 'pagecount', 'lastpage', 'numpages', 'pages'];
const PAGE = ['currentpage', 'page', 'pagenumber', 'number'];
const LINKS = [
  'next',
  'nextlink',
  'nexturl',
  'nextpageurl',
  'nextpage',
  'nextpagelink',
  'nextrecordsurl',
  'odatanextlink',
];
const SAYING_LINKS = LINKS.filter((name) => name !== 'next');
const CURSORS = [
  'nextcursor',
  'nextpagetoken',
  'nexttoken',
  'nextpageinfo',
  'endcursor',
  'continuation',
  'cursor',
];
const MORE = ['hasmore', 'hasnext', 'hasnextpage', 'morerecords', 'hasmoreitems', 'hasmoreresults'];
const LAST = ['islast', 'islastpage'];
/** They may speak of the answer alone: that it is not cut off, that the work is done. */
const VAGUE_MORE = ['more', 'truncated', 'istruncated'];
const VAGUE_LAST = ['lastpage', 'last', 'done'];
const TOTAL_HEADERS = ['x-total-count', 'x-total', 'x-wp-total', 'total-count', 'x-pagination-total-count'];
const PAGES_HEADERS = ['x-total-pages', 'x-wp-totalpages', 'x-pagination-page-count'];

/**
 * Reads what stands around the records and in the headers; declared paths come before what is recognised. `records` is
 * how many the first page holds, undefined for the others.
 */
export function readPageFacts(
  envelope: Envelope,
  headers: Readonly<Record<string, string>>,
  declared: Pagination | undefined,
  source: string,
  records: number | undefined,
): PageFacts {
  const where = `sources.${source}.pagination`;
  const at = (path: string) => valueAt(envelope.root, parsePath(path, where));
  const header = (names: readonly string[]) =>
    wholeNumber(names.map((name) => headers[name]).find((value) => value !== undefined));
  const total =
    declared?.total === false
      ? undefined
      : declared?.total !== undefined
        ? wholeNumber(at(declared.total))
        : (wholeNumber(memberNamed(envelope, TOTAL)?.value) ??
          countOfAll(envelope, records) ??
          header(TOTAL_HEADERS) ??
          totalInRange(headers['content-range']));
  const found = declared?.next === undefined ? undefined : at(declared.next);
  const next = declared?.next === undefined ? undefined : (found ?? null);
  const link = next === undefined ? (linkInHeader(headers.link) ?? linkIn(envelope)) : asLink(next);
  const cursor = next === undefined ? cursorIn(envelope) : asCursor(next, declared?.param ?? 'cursor');
  const goesOn = typeof link === 'string' || typeof cursor?.value === 'string';
  return {
    total,
    pages: wholeNumber(memberNamed(envelope, PAGES)?.value) ?? header(PAGES_HEADERS),
    page: numberNamed(envelope, PAGE),
    offset: numberNamed(envelope, ['skip', 'offset', 'startat']),
    size: numberNamed(envelope, ['limit', 'perpage', 'pagesize', 'size', 'maxresults']),
    link,
    cursor,
    more: saysMore(envelope, MORE, LAST) ?? (goesOn ? undefined : saysMore(envelope, VAGUE_MORE, VAGUE_LAST)),
    told: found !== undefined,
    unclear: unclearNext(envelope),
  };
}

/**
 * `count` is the number in all where the address of the next page stands beside it, or where the first page holds fewer;
 * elsewhere that of the page.
 */
function countOfAll(envelope: Envelope, records: number | undefined): number | undefined {
  const found = memberNamed(envelope, ['count']);
  const count = wholeNumber(found?.value);
  if (found === undefined || count === undefined) return undefined;
  const besideNext = 'next' in found.place && 'previous' in found.place;
  return besideNext || count > (records ?? count) ? count : undefined;
}

/** `Content-Range: items 0-24/319` (RFC 9110) counts records, unless it counts bytes. */
function totalInRange(text: string | undefined): number | undefined {
  return wholeNumber(/^\s*(?!bytes\b)[\w-]+\s+[\d*-]+\/(\d+)\s*$/i.exec(text ?? '')?.[1]);
}

/** Whether members that say that there is more, or that this is the last, say so; the first that is yes or no. */
function saysMore(envelope: Envelope, more: readonly string[], last: readonly string[]): boolean | undefined {
  const said = (names: readonly string[]) =>
    names.map((name) => memberNamed(envelope, [name])?.value).find((value) => typeof value === 'boolean');
  const isLast = said(last);
  return said(more) ?? (isLast === undefined ? undefined : !isLast);
}

/** A `next` that is no address, and does not say that there is none: by which parameter it is sent nobody knows. */
function unclearNext(envelope: Envelope): string | undefined {
  const found = memberNamed(envelope, LINKS);
  if (found === undefined || found.value === false || found.value === 0) return undefined;
  return linkIn(envelope) === undefined ? found.name : undefined;
}

/** The target with `rel="next"` in a `Link` header (RFC 8288). */
function linkInHeader(text: string | undefined): string | undefined {
  for (const [, target, params] of (text ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[^\s;,=]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(params ?? '');
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return target;
  }
  return undefined;
}

function linkIn(envelope: Envelope): string | null | undefined {
  const found = memberNamed(envelope, LINKS);
  if (found !== undefined) return asLink(addressIn(found.value));
  // `links: [{ rel: next, href: … }]`
  const links = memberNamed(envelope, ['links', 'link'])?.value;
  const next = Array.isArray(links) ? links.find((link) => link?.rel === 'next') : undefined;
  return next === undefined ? undefined : asLink(addressIn(next));
}

function addressIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const within = value as Record<string, unknown>;
  const name = ['href', 'url', 'link'].find((each) => each in within);
  if (name !== undefined) return within[name];
  return Object.keys(within).length === 0 ? null : value;
}

function asLink(value: unknown): string | null | undefined {
  if (value === null || value === '') return null;
  return typeof value === 'string' && /^(https?:|\/|[\w./-]*\?\w+=)/i.test(value) ? value : undefined;
}

function cursorIn(envelope: Envelope): PageFacts['cursor'] {
  const found = memberNamed(envelope, CURSORS);
  if (found !== undefined) return asCursor(found.value, found.name);
  // `next_page: 3` is sent as `page`; what is called `next` alone does not say how.
  const next = memberNamed(envelope, SAYING_LINKS);
  // Where the page has a number of its own, that is what is sent.
  const numbered = memberNamed(envelope, [...PAGE, ...PAGES]);
  if (next !== undefined && numbered === undefined && asLink(next.value) === undefined)
    return asCursor(next.value || null, next.name);
  const offset = memberNamed(envelope, ['offset']);
  return typeof offset?.value === 'string' && wholeNumber(offset.value) === undefined
    ? asCursor(offset.value, offset.name)
    : undefined;
}

function asCursor(value: unknown, name: string): PageFacts['cursor'] {
  if (value === null || value === '') return { name, value: null };
  if (typeof value === 'string' || typeof value === 'number') return { name, value: String(value) };
  return undefined;
}

function numberNamed(envelope: Envelope, names: readonly string[]): Named | undefined {
  for (const wanted of names) {
    const found = memberNamed(envelope, [wanted]);
    const value = wholeNumber(found?.value);
    if (found !== undefined && value !== undefined) return { name: found.name, value };
  }
  return undefined;
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
