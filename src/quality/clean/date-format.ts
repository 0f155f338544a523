import { PamojaError } from '../../kernel/errors.js';

/** A declared strptime format, and the regular expression that a text has to match before DuckDB reads it. */
export interface DateFormat {
  format: string;
  pattern: string;
  /** The text carries its own zone or offset. */
  zoned: boolean;
}

// DuckDB takes `24` for the year 24 where %Y is declared, so each part says how it has to look.
const PARTS: Record<string, string> = {
  Y: '[1-9]\\d{3}',
  y: '\\d{2}',
  m: '\\d{1,2}',
  d: '\\d{1,2}',
  j: '\\d{1,3}',
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
  f: '\\d{1,6}',
  g: '\\d{1,3}',
  p: '[AaPp][Mm]',
  b: '\\pL+',
  B: '\\pL+',
  a: '\\pL+',
  A: '\\pL+',
  z: '[+-]\\d{2}(?::?\\d{2})?',
  Z: '[A-Za-z][A-Za-z0-9_/+-]*',
  '%': '%',
};

/** Understands `%d/%m/%Y`. Errors: PAM-CFG-003 for a part that is not known, and for a format without a year. */
export function dateFormat(written: string, path: string): DateFormat {
  // Cleaning leaves single spaces in a text, so the format has no others either.
  const format = written.trim().replace(/\s+/g, ' ').replaceAll('%-', '%');
  const kinds: string[] = [];
  const pattern = format.replace(/%(.?)|[^%]+/gs, (piece, kind: string | undefined) => {
    if (kind === undefined) return piece.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
    const part = PARTS[kind];
    if (part === undefined) {
      throw new PamojaError(
        'PAM-CFG-003',
        `The format "${written}" has the part "%${kind}", which is not known.`,
        {
          where: path,
          next: `Known are: ${Object.keys(PARTS)
            .map((each) => `%${each}`)
            .join(' ')}.`,
        },
      );
    }
    kinds.push(kind);
    return part;
  });
  if (!kinds.includes('Y') && !kinds.includes('y')) {
    throw new PamojaError('PAM-CFG-003', `The format "${written}" names no year.`, {
      where: path,
      next: 'Put %Y (four digits) or %y (two digits) into it.',
    });
  }
  return { format, pattern, zoned: kinds.includes('z') || kinds.includes('Z') };
}
