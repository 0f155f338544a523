/** What the first cell of a row of totals says, and nothing beside it; as RE2 and JavaScript read it, small and large letters alike. */
export const TOTALS =
  '^[\\s:*=.-]*(jumla ?/ ?)?((grand|sub|overall|net|gross)[ -]?)?(totals?|sum|summe|gesamt|gesamtsumme|gesamtbetrag|zwischensumme|endsumme|insgesamt|total g[eé]n[eé]ral|sous-total|somme|suma|suma total|jumla|jumla kuu)( (for|of) .{1,80})?[\\s:*=.-]*$';

const FORM = new RegExp(TOTALS, 'i');

/** Whether a cell says `Total`, `Grand total:`, `Summe` or the like. */
export function saysTotal(text: string | null | undefined): boolean {
  return text !== null && text !== undefined && FORM.test(text);
}
