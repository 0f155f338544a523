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
}

export interface Named {
  name: string;
  value: number;
}

const TOTAL = ['total', 'totalcount', 'totalresults', 'totalitems', 'totalrecords', 'totalelements'];
const PAGES = ['totalpages', 'pagecount', 'lastpage', 'numpages', 'pages'];
const LINKS = ['next', 'nextlink', 'nexturl', 'nextpageurl', 'nextpage', 'odatanextlink'];
const CURSORS = [
  'nextcursor',
  'nextpagetoken',
  'nexttoken',
  'nextpageinfo',
  'endcursor',
  'continuation',
  'cursor',
];
const MORE = ['hasmore', 'hasnext', 'hasnextpage', 'more'];
const TOTAL_HEADERS = ['x-total-count', 'x-total', 'x-wp-total', 'total-count', 'x-pagination-total-count'];
const PAGES_HEADERS = ['x-total-pages', 'x-wp-totalpages', 'x-pagination-page-count'];

/** Reads what stands around the records and in the headers; declared paths come before what is recognised. */
export function readPageFacts(
  envelope: Envelope,
  headers: Readonly<Record<string, string>>,
  declared: Pagination | undefined,
  source: string,
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
          countBesideNext(envelope) ??
          header(TOTAL_HEADERS));
  const more = memberNamed(envelope, MORE)?.value;
  const next = declared?.next === undefined ? undefined : (at(declared.next) ?? null);
  return {
    total,
    pages: wholeNumber(memberNamed(envelope, PAGES)?.value) ?? header(PAGES_HEADERS),
    page: numberNamed(envelope, ['currentpage', 'page', 'pagenumber', 'number']),
    offset: numberNamed(envelope, ['skip', 'offset']),
    size: numberNamed(envelope, ['limit', 'perpage', 'pagesize', 'size']),
    link: next === undefined ? (linkInHeader(headers.link) ?? linkIn(envelope)) : asLink(next),
    cursor: next === undefined ? cursorIn(envelope) : asCursor(next, declared?.param ?? 'cursor'),
    more: typeof more === 'boolean' ? more : undefined,
  };
}

/** `count` is the number in all only where the address of the next page stands beside it; elsewhere that of the page. */
function countBesideNext(envelope: Envelope): number | undefined {
  const count = memberNamed(envelope, ['count']);
  return count !== undefined && 'next' in count.place && 'previous' in count.place
    ? wholeNumber(count.value)
    : undefined;
}

/** The target with `rel="next"` in a `Link` header (RFC 8288). */
export function linkInHeader(text: string | undefined): string | undefined {
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
  const value = found?.value;
  return asLink(typeof value === 'object' && value !== null && 'href' in value ? value.href : value);
}

function asLink(value: unknown): string | null | undefined {
  if (value === null || value === '') return null;
  return typeof value === 'string' && /^(https?:|\/|\?)/i.test(value) ? value : undefined;
}

function cursorIn(envelope: Envelope): PageFacts['cursor'] {
  const found = memberNamed(envelope, CURSORS);
  return found === undefined ? undefined : asCursor(found.value, found.name);
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
