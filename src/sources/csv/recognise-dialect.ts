import { PamojaError } from '../../kernel/errors.js';
import type { Source } from '../../model/config.js';
import type { Dialect } from './dialect.js';
import { RecordScanner } from './record-scanner.js';

type Declared = Pick<Source, 'name' | 'delimiter' | 'quote' | 'escape' | 'columns'>;

/** What may stand between values where nobody says so. */
export const DELIMITERS = [',', ';', '\t', '|'];

/** How many records are looked at to recognise the delimiter. */
const ENOUGH = 100;

/**
 * The dialect that a source declares, its delimiter recognised in the first lines where it does not.
 * Errors: PAM-CFG-003 where something declared is not one ASCII character, or two of them are the same.
 */
export function dialectOf(source: Declared, sample: Uint8Array): Dialect {
  const quote = character(source, 'quote') ?? '"';
  const escaper = character(source, 'escape') || quote;
  const declared = character(source, 'delimiter');
  if (declared === '') throw refused(source, 'delimiter', 'is empty');
  if (declared !== undefined && (declared === quote || declared === escaper)) {
    throw refused(source, 'delimiter', 'is the same as the quote or escape');
  }
  return { delimiter: declared ?? recognised(source, sample, quote, escaper), quote, escape: escaper };
}

function character(source: Declared, key: 'delimiter' | 'quote' | 'escape'): string | undefined {
  const given = source[key];
  if (given === undefined) return undefined;
  // YAML without double quotes leaves `\t` as two characters.
  const text = given === '\\t' || given.toLowerCase() === 'tab' ? '\t' : given;
  if (text.length > 1 || /[^\x01-\x09\x0b\x0c\x0e-\x7f]/.test(text)) {
    throw refused(source, key, 'is not one ASCII character');
  }
  return text;
}

function refused(source: Declared, key: string, why: string): PamojaError {
  return new PamojaError('PAM-CFG-003', `the ${key} ${why}.`, {
    where: `sources.${source.name}.${key}`,
    next: 'Give one character, such as "," or ";" or "\\t".',
  });
}

/** The candidate that cuts most records into as many fields as the first; of equals, the one that cuts more. */
function recognised(source: Declared, sample: Uint8Array, quote: string, escaper: string): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS.filter((c) => c !== quote && c !== escaper)) {
    const counts: number[] = [];
    const scanner = new RecordScanner({ delimiter, quote, escape: escaper }, ({ fields }) => {
      if (counts.length < ENOUGH) counts.push(fields);
    });
    scanner.scan(sample);
    if (counts.length === 0) scanner.end();
    const expected = source.columns?.length ?? counts[0] ?? 1;
    if (expected < 2) continue;
    const share = counts.filter((fields) => fields === expected).length / counts.length;
    const score = share + Math.min(expected, 1000) / 10_000;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
