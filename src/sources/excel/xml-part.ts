import type { SourceFile } from '../bytes/files.js';
import { BadXml, XmlScanner, type XmlSink } from './xml-scanner.js';
import { damaged, type ZipArchive } from './zip-archive.js';

/** The text of a part of a workbook, chunk by chunk. Errors: those of ZipArchive.part, PAM-SRC-007 no text in UTF-8. */
export async function* textOfPart(
  archive: ZipArchive,
  file: SourceFile,
  name: string,
  most?: number,
): AsyncGenerator<string, void, undefined> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  try {
    for await (const chunk of archive.part(name, most)) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      yield decoder.decode(chunk, { stream: true });
    }
    const rest = decoder?.decode() ?? '';
    if (rest !== '') yield rest;
  } catch (error) {
    if (error instanceof TypeError) throw damaged(file, `${name} is not text`, error);
    throw error;
  }
}

function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/**
 * Hands a small part of a workbook to a sink, whole.
 * Errors: PAM-SRC-007 where it is not sound XML; those of textOfPart.
 */
export async function readPart(
  archive: ZipArchive,
  file: SourceFile,
  name: string,
  sink: XmlSink,
  most: number,
): Promise<void> {
  const scanner = new XmlScanner(sink);
  for await (const text of textOfPart(archive, file, name, most))
    wellFormed(file, name, () => scanner.write(text));
  wellFormed(file, name, () => scanner.end());
}

/** Errors: PAM-SRC-007 for what the scanner refuses. */
export function wellFormed(file: SourceFile, name: string, scan: () => void): void {
  try {
    scan();
  } catch (error) {
    if (error instanceof BadXml) throw damaged(file, `in ${name}, ${error.message}`, error);
    throw error;
  }
}
