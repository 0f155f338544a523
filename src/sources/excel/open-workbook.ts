import { open } from 'node:fs/promises';
import { PamojaError } from '../../kernel/errors.js';
import { type SourceFile, unreadable } from '../bytes/files.js';
import { SharedStrings } from './shared-strings.js';
import { readWorkbook, type Workbook } from './workbook.js';
import { locked, ZipArchive } from './zip-archive.js';

export interface OpenedWorkbook {
  file: SourceFile;
  archive: ZipArchive;
  workbook: Workbook;
  strings: SharedStrings;
}

/**
 * Opens a workbook for as long as `use` takes.
 * Errors: PAM-SRC-002 unreadable, PAM-SRC-005 empty, PAM-SRC-007 damaged, PAM-SRC-011 another kind of file, protected
 * by a password, or made to unpack without end.
 */
export async function withWorkbook<T>(
  file: SourceFile,
  use: (opened: OpenedWorkbook) => Promise<T>,
): Promise<T> {
  await refuseOthers(file);
  const archive = await ZipArchive.open(file);
  try {
    const workbook = await readWorkbook(archive, file);
    const strings = await SharedStrings.read(archive, file, workbook.sharedStrings);
    return await use({ file, archive, workbook, strings });
  } finally {
    await archive.close();
  }
}

const BEGINNING = 512;

async function refuseOthers(file: SourceFile): Promise<void> {
  const handle = await open(file.path).catch((cause: unknown) => {
    throw unreadable(file.where, cause);
  });
  try {
    const start = Buffer.alloc(BEGINNING);
    const { bytesRead } = await handle.read(start, 0, BEGINNING, 0).catch((cause: unknown) => {
      throw unreadable(file.where, cause);
    });
    if (bytesRead === 0) {
      throw new PamojaError('PAM-SRC-005', 'the file is empty.', {
        where: file.where,
        next: 'Export it again.',
      });
    }
    if (start.toString('latin1', 0, 2) === 'PK') return;
    if (start.readUInt32BE(0) !== 0xd0cf11e0) throw otherKind(file, start.subarray(0, bytesRead));
    // A workbook with a password is kept in the envelope of the old formats; its list of contents tells which it is.
    const sector = 1 << Math.min(start.readUInt16LE(30), 12);
    const list = Buffer.alloc(4096);
    await handle.read(list, 0, list.length, (start.readUInt32LE(48) + 1) * sector);
    if (list.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw locked(file);
    throw refused(
      file,
      'an old Excel workbook (.xls)',
      'Open it in Excel and save it as an Excel workbook (.xlsx).',
    );
  } finally {
    await handle.close();
  }
}

function otherKind(file: SourceFile, start: Buffer): PamojaError {
  if (/(^|\/)~\$[^/]*$/.test(file.name)) {
    return refused(
      file,
      'the mark that Excel leaves while a workbook is open',
      'Close the workbook, or name it itself.',
    );
  }
  const text = start
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase();
  if (text.startsWith('<?xml') || text.startsWith('<workbook')) {
    return refused(file, 'an XML text', 'Open it in Excel and save it as an Excel workbook (.xlsx).');
  }
  if (text.startsWith('<')) {
    return refused(
      file,
      'a web page (HTML) that is named as a workbook',
      'Open it in Excel and save it as an Excel workbook (.xlsx), or export it as CSV.',
    );
  }
  const plain = !start.includes(0) && !start.toString('utf8').slice(0, -1).includes('\uFFFD');
  if (plain) return refused(file, 'plain text', 'If it is CSV, say so: type: csv.');
  return refused(file, 'not an Excel workbook (.xlsx)', 'Correct the type of the source, or its path.');
}

function refused(file: SourceFile, what: string, next: string): PamojaError {
  return new PamojaError('PAM-SRC-011', `the file is ${what}.`, { where: file.where, next });
}
