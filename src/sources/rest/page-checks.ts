import { createHash } from 'node:crypto';
import { PamojaError } from '../../kernel/errors.js';
import type { PageRead } from './pager.js';

const MOST_PAGES = 100_000;
const MOST_EMPTY = 20;

/** Numbers of records at which many APIs cut a list that nobody asked to be paged. */
const USUAL_SIZES = new Set([10, 12, 15, 16, 20, 24, 25, 30, 36, 40, 48, 50, 60, 75, 80, 90, 96]);

/** Watches the pages of one source go by. Nothing is kept but a hash a page. */
export class PageChecks {
  private readonly asked = new Map<string, number>();
  private readonly bodies = new Map<string, number>();
  private readonly edges = new Map<string, number>();
  private empty = 0;
  private total: number | undefined;

  /** `tolerance` is by how many records the total may change. */
  constructor(private readonly tolerance: number) {}

  /** Errors: PAM-SRC-018 where a page is asked for again, or there is no end of them. */
  ask(url: URL, number: number, where: string): void {
    const before = this.note(this.asked, url.href, number);
    if (before !== undefined) {
      throw refused(where, `the next page is said to be page ${before} again`, CIRCLE);
    }
    if (number > MOST_PAGES) throw refused(where, `there is no end after ${MOST_PAGES} pages`, CIRCLE);
  }

  /** Errors: PAM-SRC-018 where a page repeats an earlier one, or the total changes or is passed. */
  take(page: PageRead, records: Buffer): void {
    const { where, number, facts } = page;
    if (page.records > 0) {
      const before = this.note(this.bodies, records, number);
      if (before !== undefined) throw refused(where, `the records of page ${before} come again`, CIRCLE);
      this.empty = 0;
    } else {
      this.empty += 1;
      if (this.empty > MOST_EMPTY)
        throw refused(where, `${this.empty} empty pages follow each other`, CIRCLE);
    }
    this.watchTotal(page);
    if (facts.total !== undefined && page.received > facts.total + this.tolerance) {
      const what = `${page.received} records came, though the API says ${facts.total} in all`;
      throw refused(where, what, TOTAL);
    }
  }

  /**
   * `edges` tells the first and last record of a page by their keys; undefined where they have none.
   * Errors: PAM-SRC-018 where an earlier page had the same.
   */
  compareEdges(edges: string | undefined, { where, number }: { where: string; number: number }): void {
    if (edges === undefined) return;
    const before = this.note(this.edges, edges, number);
    if (before === undefined) return;
    throw refused(where, `it begins and ends with the same records as page ${before}`, CIRCLE);
  }

  /** Behind the last page. Errors: PAM-SRC-018 where other than the total came. Says what looks like a list cut short. */
  end(page: PageRead, kind: string | undefined, declared: boolean): string | undefined {
    const { facts, received, where } = page;
    const total = facts.total ?? this.total;
    if (total !== undefined && Math.abs(received - total) > this.tolerance) {
      const none = kind === 'none' && received < total;
      throw refused(
        where,
        `${received} records came, but the API says ${total} in all`,
        none ? 'Declare how the pages follow each other: pagination: { kind: page, param: page }.' : TOTAL,
      );
    }
    if (total !== undefined || kind !== 'none' || declared) return undefined;
    if (!USUAL_SIZES.has(received) && (received === 0 || received % 100 !== 0)) return undefined;
    return `${where}: ${received} records and no word of further pages. If that is all, declare pagination: none.`;
  }

  /**
   * `again` is how many records came on a page that had come on another one: as many of others were passed over, unless
   * they are more than the total says. Errors: PAM-SRC-018 where they are. Says it where no total tells.
   */
  compareRecords(again: number, records: number, where: string): string | undefined {
    if (again === 0) return undefined;
    const what = `${again} of ${records} records came on two pages`;
    if (this.total === undefined)
      return `${where}: ${what}, so the list changed while it was read, or has no order of its own; others may have been passed over.`;
    if (Math.abs(records - again - this.total) <= this.tolerance) return undefined;
    throw refused(where, `${what}, so others were passed over: the API says ${this.total} in all`, ORDER);
  }

  private watchTotal({ facts, where }: PageRead): void {
    if (facts.total === undefined) return;
    if (this.total !== undefined && Math.abs(facts.total - this.total) > this.tolerance) {
      throw refused(
        where,
        `the API said ${this.total} records in all, and says ${facts.total} now`,
        'Records changed meanwhile, so some may have been passed over. Run again, or declare a tolerance.',
      );
    }
    this.total ??= facts.total;
  }

  private note(seen: Map<string, number>, what: string | Buffer, number: number): number | undefined {
    const hash = createHash('sha256').update(what).digest('base64');
    const before = seen.get(hash);
    if (before === undefined) seen.set(hash, number);
    return before;
  }
}

const CIRCLE =
  'The API seems not to know the parameter. Declare how the pages follow each other: pagination: { kind: page, param: page }.';
const ORDER =
  'Run again in case records changed meanwhile, or ask for them in the order of their key, by params; if each may come on several pages, declare pagination: { kind: …, total: false }.';
const TOTAL =
  'Run again in case records changed meanwhile; if the number means something else, declare pagination: { kind: …, total: false }.';

function refused(where: string, what: string, next: string): PamojaError {
  return new PamojaError('PAM-SRC-018', `${what}.`, { where, next });
}
