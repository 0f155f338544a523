import type { SourceFile } from '../bytes/files.js';
import type { SharedStrings } from './shared-strings.js';
import { textOfPart } from './xml-part.js';
import { damaged, type ZipArchive } from './zip-archive.js';

const ROW = /<(?:\w+:)?row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?row\s*>)/g;
const CELL = /<(?:\w+:)?c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c\s*>)/g;
const VALUE = /<(?:\w+:)?v\b[^>]*>([^<]+)/;
const ANY_VALUE = /<(?:\w+:)?v\b/;
const INLINE = /<(?:\w+:)?t\b[^>]*[^/]?>[^<]/;
const FORMULA = /<(?:\w+:)?f\b/;
const NUMBER = /(?:^|\s)r\s*=\s*["'](\d+)["']/;
const TYPE = /(?:^|\s)t\s*=\s*["'](\w+)["']/;
const END = /<\/(?:\w+:)?sheetData\s*>/;

/** No row of a sheet, with all its cells, is longer in XML. */
const LONGEST = 256 << 20;

/**
 * Counts the rows behind `after` in which at least one cell holds something. An account beside the scanner's: it
 * looks for patterns in the text of the sheet and knows nothing of tags within tags.
 */
export async function countRows(
  archive: ZipArchive,
  file: SourceFile,
  part: string,
  strings: SharedStrings,
  after: number,
): Promise<number> {
  let [rows, number, rest] = [0, 0, ''];
  for await (const text of textOfPart(archive, file, part)) {
    const input = rest + text;
    let done = 0;
    ROW.lastIndex = 0;
    for (let row = ROW.exec(input); row !== null; row = ROW.exec(input)) {
      number = Number(NUMBER.exec(row[1] ?? '')?.[1] ?? number + 1);
      if (number > after && row[2] !== undefined && anyCell(row[2], strings)) rows += 1;
      done = ROW.lastIndex;
    }
    rest = input.slice(done);
    // What follows the rows may be long, and is none of them.
    if (END.test(rest)) return rows;
    if (rest.length > LONGEST) throw damaged(file, `${part} has a row without an end`);
  }
  return rows;
}

function anyCell(row: string, strings: SharedStrings): boolean {
  for (const [, attributes = '', content] of row.matchAll(CELL)) {
    if (content === undefined || content === '') continue;
    const type = TYPE.exec(attributes)?.[1];
    const value = VALUE.exec(content)?.[1];
    if (value !== undefined && (type !== 's' || !strings.isEmpty(Number(value)))) return true;
    if (type === 'inlineStr' && INLINE.test(content)) return true;
    if (type !== 'str' && FORMULA.test(content) && !ANY_VALUE.test(content)) return true;
  }
  return false;
}
