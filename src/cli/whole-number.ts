import { PamojaError } from '../kernel/errors.js';

/** A number given on the command line, also as 1,000,000. Errors: PAM-CLI-001 where it is none. */
export function wholeNumber(value: unknown, flag: string, least = 0): number | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  const digits = /^\d{1,3}([,_]\d{3})+$/.test(text) ? text.replace(/[,_]/g, '') : text;
  const number = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new PamojaError('PAM-CLI-001', `${flag} is ${text}; it is a whole number from ${least}.`, {
    next: 'See: pamoja --help',
  });
}
