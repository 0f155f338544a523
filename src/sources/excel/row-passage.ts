import { quoted, type TornLog } from '../torn-log.js';
import type { CellKind, CellReader } from './cell-reader.js';
import { ExactSum, type TotalRow } from './control-sums.js';
import { blockOf, leavesOut } from './merged-cells.js';
import { type DateTally, type MixedColumn, mistrust, newTally, tally } from './mixed-dates.js';
import type { SharedStrings } from './shared-strings.js';
import type { SheetPlan } from './sheet-plan.js';
import { type Cell, holdsSomething, type SheetRow } from './sheet-scanner.js';

type TornRule = 'nul' | 'structure' | 'formula' | 'mixed-dates';

/** Of a torn record no more is kept as text than this many characters. */
const KEPT = 1 << 18;

/** A record of more characters than this is torn: DuckDB would have to hold it whole, several times. */
export const LONGEST_RECORD = 2 << 20;

/** A row that is a record, or may yet turn out to be the row of totals. */
interface Candidate {
  number: number;
  hidden: boolean;
  kinds: CellKind[];
  texts: (string | null)[];
}

interface Fault {
  rule: TornRule;
  reason: string;
}

/**
 * Takes the rows of a sheet in order and makes CSV of those that are records: ordinal, row number, then the columns
 * wanted. Blank rows are passed over, torn ones go into their log, the row of totals is kept apart.
 */
export class RowPassage {
  /** Records so far, torn ones counted. */
  records = 0;
  hidden = 0;
  /** Per column wanted how many of its cells are errors such as #REF!, and the row of the first. */
  readonly errors = new Map<number, { count: number; first: number; text: string }>();
  /** Merged cells that leave records without a value: how many blocks, and the first. */
  readonly merged = { count: 0, first: '' };
  readonly tallies: ReadonlyMap<number, DateTally>;
  readonly sums: ReadonlyMap<string, ExactSum>;
  /** Rows that carry the label of the totals. */
  readonly totals: TotalRow[] = [];

  private readonly places: Int32Array;
  private held: Candidate | undefined;
  private out: string[] = [];
  private size = 0;

  constructor(
    private readonly plan: SheetPlan,
    private readonly reader: CellReader,
    private readonly strings: SharedStrings,
    private readonly mixed: ReadonlyMap<number, MixedColumn>,
    private readonly torn: TornLog,
  ) {
    this.places = new Int32Array(Math.max(0, ...plan.places) + 1).fill(-1);
    plan.places.forEach((column, i) => {
      this.places[column] = i;
    });
    this.tallies = new Map([...plan.dates.keys()].map((column) => [column, newTally()]));
    this.sums = new Map(plan.totals?.columns.map((name) => [name, new ExactSum()]));
  }

  take(row: SheetRow): void {
    if (row.number <= this.plan.header.lastRow) return;
    const candidate = this.read(row);
    if (candidate === undefined) return;
    const { totals } = this.plan;
    if (totals?.row === 'last') {
      if (this.held !== undefined) this.pass(this.held);
      this.held = candidate;
    } else if (totals !== undefined && this.isLabelled(row, totals.row)) this.keepTotals(candidate);
    else this.pass(candidate);
  }

  takeMerged(ref: string): void {
    const block = blockOf(ref);
    const { places, wanted, header } = this.plan;
    if (block === undefined || !leavesOut(block, places.slice(0, wanted), header.lastRow)) return;
    if (this.merged.count === 0) this.merged.first = ref;
    this.merged.count += 1;
  }

  end(): void {
    if (this.held !== undefined) this.keepTotals(this.held);
  }

  /** The CSV that is ready, once there is enough of it, or `all` of it. */
  ready(all: boolean): Buffer | undefined {
    if (this.size === 0 || (!all && this.size < 1 << 18)) return undefined;
    const bytes = Buffer.from(this.out.join(''));
    this.out = [];
    this.size = 0;
    return bytes;
  }

  /** Undefined for a row in which nothing stands. */
  private read({ number, hidden, cells, length }: SheetRow): Candidate | undefined {
    const { places, plan, reader, strings } = this;
    const candidate: Candidate = {
      number,
      hidden,
      kinds: new Array<CellKind>(plan.places.length).fill('empty'),
      texts: new Array<string | null>(plan.places.length).fill(null),
    };
    let any = false;
    for (let i = 0; i < length; i += 1) {
      const cell = cells[i] as Cell;
      any ||= holdsSomething(cell, strings);
      const place = cell.column < places.length ? places[cell.column]! : -1;
      if (place < 0) continue;
      const kind = reader.kindOf(cell);
      candidate.kinds[place] = kind;
      candidate.texts[place] = reader.textOf(cell, kind);
    }
    return any ? candidate : undefined;
  }

  private isLabelled({ cells, length }: SheetRow, label: string): boolean {
    for (let i = 0; i < length; i += 1) {
      const cell = cells[i] as Cell;
      const kind = this.reader.kindOf(cell);
      if (kind === 'text' && sameLabel(this.reader.textOf(cell, kind) ?? '', label)) return true;
    }
    return false;
  }

  private keepTotals({ number, kinds, texts }: Candidate): void {
    const columns = this.plan.totals?.columns ?? [];
    const cells = columns.map((name): [string, { kind: CellKind; text: string | null }] => {
      const place = this.plan.columns.indexOf(name);
      return [name, { kind: kinds[place] ?? 'empty', text: texts[place] ?? null }];
    });
    // One more than one is enough to know that there are several.
    if (this.totals.length < 2) this.totals.push({ number, cells: new Map(cells) });
  }

  private pass(candidate: Candidate): void {
    const { number, kinds, texts } = candidate;
    this.records += 1;
    if (candidate.hidden) this.hidden += 1;
    for (const [column, counts] of this.tallies) tally(counts, kinds[column]!, texts[column]!);
    for (const [name, sum] of this.sums) {
      const place = this.plan.columns.indexOf(name);
      sum.add(kinds[place]!, texts[place]!);
    }
    let line = `${this.records},${number}`;
    for (let i = 0; i < this.plan.wanted; i += 1) {
      const text = texts[i]!;
      if (kinds[i] === 'error') this.noteError(i, number, text ?? '');
      if (text === null) line += ',';
      else if (kinds[i] === 'number' && this.plan.commas[i]) line += `,"${text.replace('.', ',')}"`;
      else line += `,${quoted(text)}`;
    }
    const fault = this.faultOf(candidate, line);
    if (fault !== undefined) {
      this.torn.add(this.records, number, fault.rule, fault.reason, this.rawOf(texts).slice(0, KEPT));
      return;
    }
    this.out.push(line, '\n');
    this.size += line.length + 1;
  }

  private faultOf({ kinds, texts }: Candidate, line: string): Fault | undefined {
    const { columns, wanted } = this.plan;
    if (line.length > LONGEST_RECORD)
      return { rule: 'structure', reason: 'longer than 2 million characters' };
    for (let i = 0; i < wanted; i += 1) {
      if (kinds[i] === 'unresolved') {
        const reason = `"${columns[i]}" is a formula without a result; open the workbook in Excel and save it`;
        return { rule: 'formula', reason };
      }
      if (kinds[i] === 'text' && texts[i]?.includes('\0')) return { rule: 'nul', reason: 'a NUL character' };
    }
    for (const [column, mixed] of this.mixed) {
      const reason = mistrust(mixed, columns[column]!, kinds[column]!, texts[column]!);
      if (reason !== undefined) return { rule: 'mixed-dates', reason };
    }
    return undefined;
  }

  private noteError(column: number, row: number, text: string): void {
    const known = this.errors.get(column);
    if (known === undefined) this.errors.set(column, { count: 1, first: row, text });
    else known.count += 1;
  }

  private rawOf(texts: readonly (string | null)[]): string {
    const { columns, wanted } = this.plan;
    return JSON.stringify(Object.fromEntries(columns.slice(0, wanted).map((name, i) => [name, texts[i]])));
  }
}

function sameLabel(text: string, label: string): boolean {
  const plain = (some: string) => some.trim().replace(/\s+/g, ' ').replace(/ ?:$/, '').toLowerCase();
  return plain(text) === plain(label);
}
