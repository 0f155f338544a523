import type { SharedStrings } from './shared-strings.js';
import { attribute, BadXml, isTrueText, XmlScanner, type XmlSink } from './xml-scanner.js';

/** One cell as it is written. The same object stands for another cell later: keep nothing of it. */
export interface Cell {
  /** From 0. */
  column: number;
  /** `s` shared text, `inlineStr`, `str` text of a formula, `b`, `e` error, `d` ISO date, `n` or nothing a number. */
  type: string;
  style: number;
  /** What stands in it, or the number of the shared text. */
  text: string;
  formula: boolean;
  /** Whether a value is written at all, be it empty. */
  valued: boolean;
}

export interface SheetRow {
  /** As Excel numbers it, from 1. */
  number: number;
  hidden: boolean;
  cells: readonly Cell[];
  /** How many of `cells` belong to this row. */
  length: number;
}

const LAST_ROW = 1_048_576;
const LAST_COLUMN = 16_384;

/** The texts of a row of 16,384 cells are shorter in any sheet that a person has made. */
const LONGEST_ROW = 64 << 20;

/** Finds the rows in the XML of a sheet, chunk by chunk, and hands each to a sink; rows without cells too. */
export class SheetScanner implements XmlSink {
  private readonly xml = new XmlScanner(this);
  private readonly cells: Cell[] = [];
  private readonly row = { number: 0, hidden: false, cells: this.cells, length: 0 };
  private cell: Cell | undefined;
  private inData = false;
  /** Whether the text that comes is the value or an inline text of the cell. */
  private taking = false;
  private pronouncing = 0;
  private rowText = 0;

  /** `merged` gets the place of every block of merged cells, which stand behind all rows. */
  constructor(
    private readonly sink: (row: SheetRow) => void,
    private readonly merged?: (ref: string) => void,
  ) {}

  /** Errors: BadXml. */
  write(text: string): void {
    this.xml.write(text);
  }

  /** Errors: BadXml where the sheet ends too soon. */
  end(): void {
    this.xml.end();
  }

  open(name: string, attributes: string): void {
    switch (name) {
      case 'c':
        if (this.inData) this.openCell(attributes);
        return;
      case 'v':
        if (this.cell !== undefined) {
          this.cell.valued = true;
          this.taking = true;
        }
        return;
      case 'f':
        if (this.cell !== undefined) this.cell.formula = true;
        return;
      case 't':
        if (this.cell !== undefined) {
          this.cell.valued = true;
          this.taking = this.pronouncing === 0;
        }
        return;
      case 'rPh':
        this.pronouncing += 1;
        return;
      case 'row':
        if (this.inData) this.openRow(attributes);
        return;
      case 'mergeCell':
        this.merged?.(attribute(attributes, 'ref') ?? '');
        return;
      case 'sheetData':
        this.inData = true;
    }
  }

  text(text: string): void {
    if (!this.taking || this.cell === undefined) return;
    this.cell.text += text;
    this.rowText += text.length;
    if (this.rowText > LONGEST_ROW) throw new BadXml('one of its rows is longer than 64 MB');
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.taking = false;
        return;
      case 'c':
        this.cell = undefined;
        return;
      case 'rPh':
        this.pronouncing -= 1;
        return;
      case 'row':
        if (this.inData) this.sink(this.row);
        return;
      case 'sheetData':
        this.inData = false;
    }
  }

  private openRow(attributes: string): void {
    const told = attribute(attributes, 'r');
    const number = told === undefined ? this.row.number + 1 : Number(told);
    if (!(number > this.row.number && number <= LAST_ROW)) throw new BadXml('its rows are not in order');
    this.row.number = number;
    this.row.hidden = isTrueText(attribute(attributes, 'hidden'));
    this.row.length = 0;
    this.rowText = 0;
  }

  private openCell(attributes: string): void {
    const { row, cells } = this;
    const previous = row.length === 0 ? -1 : cells[row.length - 1]!.column;
    if (row.length === cells.length) cells.push({} as Cell);
    const cell = cells[row.length]!;
    cell.column = previous + 1;
    cell.type = '';
    cell.style = -1;
    cell.text = '';
    cell.formula = false;
    cell.valued = false;
    readAttributes(attributes, cell);
    if (!(cell.column > previous && cell.column < LAST_COLUMN))
      throw new BadXml('its cells are not in order');
    row.length += 1;
    this.cell = cell;
  }
}

/** By hand, because there are millions of them. */
function readAttributes(text: string, cell: Cell): void {
  let at = 0;
  for (;;) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return;
    let quote = equals + 1;
    while (text.charCodeAt(quote) <= 32) quote += 1;
    const end = text.indexOf(text[quote] as string, quote + 1);
    if (end < 0) return;
    const name = text.slice(at, equals).trim();
    if (name === 'r') cell.column = columnOf(text, quote + 1);
    else if (name === 's') cell.style = Number(text.slice(quote + 1, end));
    else if (name === 't') cell.type = text.slice(quote + 1, end);
    at = end + 1;
  }
}

/** `AB12` is column 27. */
export function columnOf(text: string, from = 0): number {
  let column = 0;
  for (let i = from; ; i += 1) {
    const letter = text.charCodeAt(i) & 0xdf;
    if (!(letter >= 65 && letter <= 90)) return column - 1;
    column = column * 26 + letter - 64;
  }
}

/** Whether a cell holds anything: a formula whose result nobody wrote does, one whose result is an empty text does not. */
export function holdsSomething(cell: Cell, strings: SharedStrings): boolean {
  if (cell.type === 's') return cell.text !== '' && !strings.isEmpty(Number(cell.text));
  return cell.text !== '' || lacksResult(cell);
}

export function lacksResult({ formula, valued, type }: Cell): boolean {
  return formula && !valued && type !== 'str';
}
