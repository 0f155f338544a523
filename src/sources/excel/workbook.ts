import { PamojaError } from '../../kernel/errors.js';
import type { SourceFile } from '../bytes/files.js';
import { builtInKind, digitsOfFormat, kindOfFormat, type NumberKind } from './number-format.js';
import { readPart } from './xml-part.js';
import { attribute, isTrueText } from './xml-scanner.js';
import { damaged, type ZipArchive } from './zip-archive.js';

export interface Sheet {
  name: string;
  hidden: boolean;
  /** Name of the part that holds its rows. */
  part: string;
}

/** What a workbook says of itself, apart from its rows. */
export interface Workbook {
  sheets: Sheet[];
  from1904: boolean;
  /** What the numbers in cells of a style stand for. */
  kinds: NumberKind[];
  /** For each style the digits that a whole number has at least, leading zeros counted; 0 where none are shown. */
  digits: number[];
  /** Name of the part that holds the texts which cells share. */
  sharedStrings: string | undefined;
}

const MOST = 64 << 20;

interface Link {
  type: string;
  target: string;
}

/** Errors: PAM-SRC-007 where a part is missing or damaged, PAM-SRC-011 where it is no workbook of this kind. */
export async function readWorkbook(archive: ZipArchive, file: SourceFile): Promise<Workbook> {
  refuseOtherKinds(archive, file);
  const root = await linksOf(archive, file, '');
  const main = [...root.values()].find((link) => link.type === 'officeDocument')?.target;
  if (main === undefined || !archive.has(main)) throw damaged(file, 'it names no workbook');
  const links = await linksOf(archive, file, main);
  const named: { name: string; hidden: boolean; link: string }[] = [];
  let from1904 = false;
  await readPart(
    archive,
    file,
    main,
    {
      open(name, attributes) {
        if (name === 'workbookPr') from1904 = isTrueText(attribute(attributes, 'date1904'));
        if (name !== 'sheet') return;
        const state = attribute(attributes, 'state') ?? 'visible';
        named.push({
          name: attribute(attributes, 'name') ?? '',
          hidden: state !== 'visible',
          link: attribute(attributes, 'id', true) ?? '',
        });
      },
      text() {},
      close() {},
    },
    MOST,
  );
  const sheets = named.flatMap(({ name, hidden, link }): Sheet[] => {
    const found = links.get(link);
    // A chart on a sheet of its own has no rows.
    return found?.type === 'worksheet' ? [{ name, hidden, part: found.target }] : [];
  });
  const partOf = (type: string) =>
    [...links.values()].find((link) => link.type === type && archive.has(link.target))?.target;
  const styles = partOf('styles');
  return {
    sheets,
    from1904,
    ...(styles === undefined ? { kinds: [], digits: [] } : await readStyles(archive, file, styles)),
    sharedStrings: partOf('sharedStrings'),
  };
}

function refuseOtherKinds(archive: ZipArchive, file: SourceFile): void {
  const kinds: [part: string, what: string][] = [
    ['xl/workbook.bin', 'a binary workbook (.xlsb)'],
    ['content.xml', 'an OpenDocument spreadsheet (.ods)'],
    ['word/document.xml', 'a Word document'],
    ['index/document.iwa', 'a Numbers spreadsheet'],
  ];
  const kind = kinds.find(([part]) => archive.has(part))?.[1];
  if (kind === undefined && archive.has('[Content_Types].xml')) return;
  throw new PamojaError('PAM-SRC-011', `the file is ${kind ?? 'a ZIP archive without a workbook'}.`, {
    where: file.where,
    next:
      kind === undefined
        ? 'Unpack it, and name what is in it.'
        : 'Open it and save it as an Excel workbook (.xlsx).',
  });
}

/** What a part refers to, by the id of the reference. */
async function linksOf(archive: ZipArchive, file: SourceFile, part: string): Promise<Map<string, Link>> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const name = `${folder}_rels/${part.slice(slash)}.rels`;
  const links = new Map<string, Link>();
  if (!archive.has(name)) return links;
  await readPart(
    archive,
    file,
    name,
    {
      open(tag, attributes) {
        if (tag !== 'Relationship' || attribute(attributes, 'TargetMode') === 'External') return;
        const type = attribute(attributes, 'Type') ?? '';
        links.set(attribute(attributes, 'Id') ?? '', {
          type: type.slice(type.lastIndexOf('/') + 1),
          target: resolved(folder, attribute(attributes, 'Target') ?? ''),
        });
      },
      text() {},
      close() {},
    },
    MOST,
  );
  return links;
}

function resolved(folder: string, target: string): string {
  const path: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') path.pop();
    else if (step !== '' && step !== '.') path.push(step);
  }
  return path.join('/');
}

async function readStyles(
  archive: ZipArchive,
  file: SourceFile,
  part: string,
): Promise<Pick<Workbook, 'kinds' | 'digits'>> {
  const own = new Map<number, string>();
  const kinds: NumberKind[] = [];
  const digits: number[] = [];
  let inCells = false;
  await readPart(
    archive,
    file,
    part,
    {
      open(name, attributes) {
        if (name === 'cellXfs') inCells = true;
        if (name === 'numFmt') {
          own.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '');
        }
        if (name !== 'xf' || !inCells) return;
        const id = Number(attribute(attributes, 'numFmtId') ?? 0);
        const code = own.get(id);
        kinds.push(code === undefined ? builtInKind(id) : kindOfFormat(code));
        digits.push(code === undefined ? 0 : digitsOfFormat(code));
      },
      text() {},
      close(name) {
        if (name === 'cellXfs') inCells = false;
      },
    },
    MOST,
  );
  return { kinds, digits };
}
