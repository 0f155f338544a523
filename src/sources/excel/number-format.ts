/** What the number in a cell stands for, as its format shows it. */
export type NumberKind = 'number' | 'day' | 'moment' | 'time' | 'duration';

const BUILT_IN: Record<number, NumberKind> = {
  14: 'day',
  15: 'day',
  16: 'day',
  17: 'day',
  18: 'time',
  19: 'time',
  20: 'time',
  21: 'time',
  22: 'moment',
  45: 'time',
  46: 'duration',
  47: 'time',
};

/** Formats 27 to 36 and 50 to 58 are dates in East Asian editions of Excel and nothing in others. */
export function builtInKind(id: number): NumberKind {
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'day';
  return BUILT_IN[id] ?? 'number';
}

/** Reads a format such as `dd/mm/yyyy hh:mm`, `[h]:mm` or `"KSh" #,##0.00`. */
export function kindOfFormat(code: string): NumberKind {
  // The first section is the one for positive numbers. Quoted texts, escaped characters and fillers say nothing.
  const bare = (code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';')[0] ?? '').toLowerCase();
  if (/\[(h+|m+|s+)\]/.test(bare)) return 'duration';
  const letters = bare
    .replace(/\[[^\]]*\]/g, '')
    .replace(/general/g, '')
    .replace(/am\/pm|a\/p/g, 'h');
  const hasTime = /[hs]/.test(letters);
  // An m beside hours or seconds is minutes; alone, or beside days and years, it is a month.
  const hasDay = /[ydb]/.test(letters) || (/m/.test(letters) && !hasTime);
  if (hasDay) return hasTime ? 'moment' : 'day';
  return hasTime ? 'time' : 'number';
}

/** The least digits of a whole number in a format of nothing but zeros: `00000` shows 100 as 00100. */
export function digitsOfFormat(code: string): number {
  return /^0{2,}$/.test(code) ? code.length : 0;
}
