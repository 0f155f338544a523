/** What a month is called, whole and shortened, in English, German, French, Swahili, Spanish and Portuguese, from January. */
export const MONTH_WORDS: readonly (readonly string[])[] = [
  'january jan januar jänner jän janvier janv januari enero ene janeiro',
  'february feb februar feber février févr fév februari febrero fevereiro fev',
  'march mar märz mär mrz mars machi mac marzo março',
  'april apr avril avr aprili abril abr',
  'may mai mei mayo maio',
  'june jun juni juin junio junho',
  'july jul juli juillet juil julai julio julho',
  'august aug août agosti ago agosto',
  'september sept sep septembre septemba septiembre setiembre setembro set',
  'october oct oktober okt octobre oktoba octubre outubro out',
  'november nov novembre novemba noviembre novembro',
  'december dec dezember dez décembre déc desemba des diciembre dic dezembro',
].map(written);

/** What the days of the week are called in the same languages; which it is the date says itself. */
export const WEEKDAY_WORDS: readonly string[] = [
  'monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun',
  'montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so',
  'lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim',
  'jumatatu jumanne jumatano alhamisi ijumaa jumamosi jumapili',
  'lunes lun martes mar miércoles mié jueves jue viernes vie sábado sáb domingo dom',
  'segunda-feira segunda seg terça-feira terça ter quarta-feira quarta qua quinta-feira quinta qui sexta-feira sexta sex',
].flatMap(written);

/** What may stand behind the number of a day, as a pattern: `3rd`, `1er`, `1º`. */
export const ORDINALS = 'st|nd|rd|th|er|[ºª°]';

/** Words in their order, also as they are written without accents. */
function written(words: string): string[] {
  const all = words.split(' ').flatMap((word) => {
    const bare = word.normalize('NFD').replace(/\p{M}/gu, '');
    return bare === word ? [word] : [word, bare, ...(word.includes('ä') ? [word.replace('ä', 'ae')] : [])];
  });
  return [...new Set(all)];
}

/** Words as a pattern that takes any of them, the longest first. */
export function anyWord(words: readonly string[]): string {
  return [...new Set(words)].sort((a, b) => b.length - a.length).join('|');
}
