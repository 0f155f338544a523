import { PamojaError } from '../../kernel/errors.js';
import type { Pagination } from '../../model/api-config.js';
import type { PageFacts } from './read-page-facts.js';

/** A page that was read. */
export interface PageRead {
  /** What was asked for. */
  url: URL;
  /** Where it came from in the end, behind redirects: links count from there. */
  from: URL;
  where: string;
  /** From 1, in the order of asking. */
  number: number;
  records: number;
  /** Records of this page and all before it. */
  received: number;
  facts: PageFacts;
}

type Kind = Pagination['kind'];

/** Knows which page comes next: as declared, or as the first answer lets it recognise. */
export class Pager {
  kind: Kind | undefined;
  private readonly declared: Partial<Pagination>;
  private param: string;
  private firstNumber: number;

  /**
   * `base` has the parameters of every request; `resolve` makes an address of a link, or refuses it.
   */
  constructor(
    pagination: Kind | Pagination | undefined,
    private readonly base: URL,
    private readonly resolve: (link: string, from: URL, where: string) => URL,
  ) {
    this.declared = typeof pagination === 'string' ? { kind: pagination } : (pagination ?? {});
    this.kind = this.declared.kind;
    this.param =
      this.declared.param ?? { page: 'page', offset: 'offset', cursor: '' }[String(this.kind)] ?? '';
    this.firstNumber = this.declared.first ?? (this.kind === 'page' ? 1 : 0);
  }

  first(): URL {
    const url = new URL(this.base);
    if (this.kind === 'page' || this.kind === 'offset') this.number(url, this.firstNumber);
    return this.sized(url);
  }

  /** The address of the next page; nothing where this was the last. Errors: PAM-SRC-018 where they do not fit. */
  next(page: PageRead): URL | undefined {
    const { facts } = page;
    this.kind ??= this.recognise(page);
    this.refuseOther(page);
    if (facts.more === false) return undefined;
    const next = this.following(page);
    if (next !== undefined || this.declared.kind === 'none') return next;
    if (facts.more === true)
      throw unclear(page.where, 'the answer says that there are more records, but not where');
    if (this.kind === 'none' && facts.unclear !== undefined)
      throw unclear(page.where, `the answer has a "${facts.unclear}", but does not say how to ask for it`);
    return undefined;
  }

  /** The addresses of all pages behind the first, where they follow from the total. */
  plan({ records, facts, received }: PageRead): { count: number; url(index: number): URL } | undefined {
    const { total } = facts;
    if ((this.kind !== 'offset' && this.kind !== 'page') || total === undefined || records === 0)
      return undefined;
    const step = this.kind === 'page' ? 1 : records;
    return {
      count: Math.ceil(Math.max(0, total - received) / records),
      url: (index) => this.sized(this.number(new URL(this.base), this.firstNumber + (index + 1) * step)),
    };
  }

  private following(page: PageRead): URL | undefined {
    const { facts, records, received } = page;
    switch (this.kind) {
      case 'link':
        return typeof facts.link === 'string' ? this.resolve(facts.link, page.from, page.where) : undefined;
      case 'cursor': {
        const { cursor } = facts;
        if (cursor === undefined || cursor.value === null) return undefined;
        const url = new URL(this.base);
        url.searchParams.set(this.param === '' ? cursorParam(cursor.name) : this.param, cursor.value);
        return this.sized(url);
      }
      case 'offset':
        if (records === 0 || (facts.total !== undefined && received >= facts.total)) return undefined;
        return this.sized(this.number(new URL(this.base), this.firstNumber + received));
      case 'page': {
        // A page may be empty, where the answer counts the pages or says that there are more.
        const goesOn = facts.more === true || facts.pages !== undefined;
        if ((records === 0 && !goesOn) || (facts.total !== undefined && received >= facts.total))
          return undefined;
        if (facts.pages !== undefined && page.number >= facts.pages) return undefined;
        return this.sized(this.number(new URL(this.base), this.firstNumber + page.number));
      }
      default:
        return undefined;
    }
  }

  private recognise({ facts }: PageRead): Kind {
    if (typeof facts.link === 'string') return 'link';
    if (typeof facts.cursor?.value === 'string') return 'cursor';
    if (facts.offset !== undefined && (facts.total ?? facts.size) !== undefined) {
      this.param = facts.offset.name;
      this.firstNumber = facts.offset.value;
      return 'offset';
    }
    const { page } = facts;
    const many = (facts.pages ?? 1) > 1;
    if (many || (page !== undefined && (facts.total ?? facts.size) !== undefined)) {
      this.param = page === undefined || /current|^number$/i.test(page.name) ? 'page' : page.name;
      this.firstNumber = page?.value ?? 1;
      return 'page';
    }
    return 'none';
  }

  /** An API that ignores the parameter gives the first page again; where it says so, that is seen at once. */
  private refuseOther({ facts, url, where }: PageRead): void {
    const echo = this.kind === 'offset' ? facts.offset : this.kind === 'page' ? facts.page : undefined;
    const asked = url.searchParams.get(this.param);
    if (echo === undefined || asked === null || Number(asked) === echo.value) return;
    throw unclear(
      where,
      `${this.param}=${asked} was asked for, and the answer says ${echo.name} ${echo.value}`,
    );
  }

  private number(url: URL, value: number): URL {
    url.searchParams.set(this.param, String(value));
    return url;
  }

  private sized(url: URL): URL {
    const { size, sizeParam } = this.declared;
    const name = sizeParam ?? (this.kind === 'page' ? 'per_page' : 'limit');
    if (size !== undefined) url.searchParams.set(name, String(size));
    return url;
  }
}

/** `next_page_token` is sent as `page_token`, `endCursor` as `after`. */
function cursorParam(name: string): string {
  if (/^end_?cursor$/i.test(name)) return 'after';
  const rest = name.replace(/^next_?/i, '');
  return rest === '' || rest === name ? name : rest[0]!.toLowerCase() + rest.slice(1);
}

export function unclear(where: string, what: string): PamojaError {
  return new PamojaError('PAM-SRC-018', `${what}.`, {
    where,
    next: 'Declare how the pages follow each other: pagination: { kind: page, param: page }; or pagination: none, if that is all.',
  });
}
