/** Rules by which a record is refused, as books and reports name them; those of equations have their names behind a colon. */
export const REJECT_RULES = [
  ...([
    'structure',
    'nul',
    'bytes',
    'json',
    'formula',
    'mixed-dates',
    'key',
    'rounded',
    'totals',
    'required',
    'type',
    'masked',
  ] as const),
  ...(['range', 'length', 'pattern', 'allowed', 'lookup', 'unique', 'currency', 'conflict'] as const),
  ...(['equation', 'reference', 'ambiguous', 'cascade'] as const),
] as const;

export type RejectRule = (typeof REJECT_RULES)[number];
