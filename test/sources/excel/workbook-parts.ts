import { crc32, deflateRawSync } from 'node:zlib';

/** Makes a ZIP archive of texts, as Excel packs its parts. */
export function zipOf(parts: Record<string, string | Buffer>, stored = false): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content as string);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(stored ? 0 : 8, 4);
    fixed.writeUInt32LE(crc32(bytes), 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(bytes.length, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fixed, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fixed, place, Buffer.from(name)]));
    bodies.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, list, Buffer.from('PK\x05\x06'), end]);
}

export interface SheetText {
  name: string;
  /** The `<row>` elements. */
  rows: string;
  state?: string;
  /** What follows the rows: merged cells. */
  tail?: string;
}

export interface WorkbookText {
  sheets: SheetText[];
  /** `<si>` elements. */
  strings?: string;
  date1904?: boolean;
  /** Own number formats by id, from 164. */
  formats?: Record<number, string>;
  /** For each style the id of its format. */
  styles?: number[];
  /** Prefix of every name in the sheets, as some programs write it. */
  prefix?: string;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The parts of a workbook, to be changed before they are packed. */
export function partsOf(book: WorkbookText): Record<string, string> {
  const { sheets, strings, date1904 = false, formats = {}, styles = [0], prefix = '' } = book;
  const list = sheets.map(
    ({ name, state = 'visible' }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}" state="${state}" r:id="rId${i + 1}"/>`,
  );
  const links = sheets.map(
    (_, i) =>
      `<Relationship Id="rId${i + 1}" Type="${RELS}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  );
  const own = Object.entries(formats).map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`);
  const tag = (name: string) => (prefix === '' ? name : `${prefix}:${name}`);
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships><Relationship Id="r" Type="${RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${MAIN}" xmlns:r="${RELS}"><workbookPr date1904="${Number(date1904)}"/><sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${links.join('')}<Relationship Id="rS" Type="${RELS}/styles" Target="styles.xml"/><Relationship Id="rT" Type="${RELS}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet><numFmts>${own.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${styles.map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs></styleSheet>`,
  };
  sheets.forEach(({ rows, tail = '' }, i) => {
    const xmlns = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `<?xml version="1.0" encoding="UTF-8"?>\n<${tag('worksheet')} ${xmlns}="${MAIN}"><${tag('sheetData')}>${rows}</${tag('sheetData')}>${tail}</${tag('worksheet')}>`;
  });
  if (strings !== undefined) parts['xl/sharedStrings.xml'] = `<sst>${strings}</sst>`;
  return parts;
}

export function workbook(book: WorkbookText): Buffer {
  return zipOf(partsOf(book));
}

/** A cell as Excel writes it: `A1` with a number, a text, or what else is given. */
export type CellText =
  | string
  | number
  | null
  | { t?: string; s?: number; v?: string | number; f?: string; is?: string };

/** Rows of cells from A on; a text is written inline. `from` is the number of the first. */
export function rowsOf(rows: (CellText[] | null)[], from = 1): string {
  return rows
    .map((cells, i) =>
      cells === null
        ? ''
        : `<row r="${from + i}">${cells.map((cell, j) => cellOf(cell, j, from + i)).join('')}</row>`,
    )
    .join('');
}

function cellOf(cell: CellText, column: number, row: number): string {
  if (cell === null) return '';
  const ref = `r="${String.fromCharCode(65 + column)}${row}"`;
  if (typeof cell === 'number') return `<c ${ref}><v>${cell}</v></c>`;
  if (typeof cell === 'string')
    return `<c ${ref} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  const { t, s, v, f, is } = cell;
  const attributes = `${s === undefined ? '' : ` s="${s}"`}${t === undefined ? '' : ` t="${t}"`}`;
  const formula = f === undefined ? '' : `<f>${escaped(f)}</f>`;
  const value = v === undefined ? '' : `<v>${v}</v>`;
  return `<c ${ref}${attributes}>${formula}${value}${is === undefined ? '' : `<is>${is}</is>`}</c>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
